//! Systems and devices in sentences: whose they are, and words that only look like them.

use super::{facts, show};

fn system(text: &str, language: &str) -> String {
    show(facts(text, language).os.as_ref())
}

/// All rows that read otherwise than wanted, so that one run shows what a rule broke.
fn check<'a>(
    rows: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>,
    read: impl Fn(&str, &str) -> String,
) {
    let wrong: Vec<String> = rows
        .into_iter()
        .map(|(language, text, wanted)| (text, wanted, read(text, language)))
        .filter(|(_, wanted, got)| wanted != got)
        .map(|(text, wanted, got)| format!("{got:?} in place of {wanted:?}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_system_of_whoever_writes_is_found() {
    let rows = [
        ("en", "The export hangs, i am running it on windows.", "Windows"),
        ("en", "After the latest windows update the board stays grey.", "Windows"),
        ("en", "The Windows client closes as soon as I sign in.", "Windows"),
        ("en", "My new Windows laptop does not show the calendar.", "Windows"),
        ("en", "The planner on win10 version 2004 has no scroll bar.", "Windows 10 2004"),
        ("en", "Windows 10 Home 1909, the board is blank.", "Windows 10 1909"),
        ("en", "Our reception PC still has windows XP and the page is empty there.", "Windows XP"),
        ("en", "I can sign in with the android app but not in the mac app.", "macOS"),
        ("en", "Your program for MAC eats all memory.", "macOS"),
        ("en", "The fan of my mac runs at full speed.", "macOS"),
        ("en", "The settings folder (Mac) is empty, I tried to delete it.", "macOS"),
        ("en", "I have a MAC running System 10.13.6", "macOS 10.13.6"),
        ("en", "I opened it on iOS this morning (worked fine) and now it fails on my mac", "macOS"),
        (
            "en",
            "It syncs on my Android phone, which worked at once, but Windows 11 shows nothing.",
            "Windows 11",
        ),
        ("en", "It worked fine until yesterday on my Windows 10 PC.", "Windows 10"),
        ("en", "The report used to work on Windows 11, now it is empty.", "Windows 11"),
        ("en", "On Windows 11 I should be able to log in with a passkey, but nothing happens.", "Windows 11"),
        ("en", "My MacBook has Sonoma and the sidebar is gone.", "macOS 14"),
        ("en", "The new server runs Debian 12, my own PC has Windows 11 and shows nothing.", "Windows 11"),
        ("en", "My wife's iPad has iPadOS 17; mine is a Windows 11 tablet and it crashes.", "Windows 11"),
        ("en", "My Android is 13 and the app closes.", "Android 13"),
        ("en", "I am running Linux Mint 21 and when I tried to print, linux mint froze.", "Linux Mint 21"),
        ("en", "Yesterday I upgraded my Windows 10 to Windows 11 and now it is slow.", "Windows 11"),
        ("en", "It crashes on android. It doesn't crash on windows.", "Android"),
        ("zh", "用windows打开就闪退", "Windows"),
        ("zh", "同事用苹果电脑登录没问题，我是麒麟系统 V10，一直登录不上", "麒麟 10"),
        ("zh", "客户端在windows下登录一直失败", "Windows"),
        ("zh", "我是mac系统，导出没反应", "macOS"),
        ("zh", "昨天还正常，今天 Windows 11 上打不开了", "Windows 11"),
        ("zh", "Windows 11 上之前一直正常，更新后白屏", "Windows 11"),
        ("zh", "服务器是 CentOS 7，我自己的电脑 Windows 10 打不开页面", "Windows 10"),
        ("zh", "银河麒麟系统上安装包打不开", "麒麟"),
        ("zh", "客户端在统信UOS上无法启动，windows 上正常", "统信UOS"),
        ("zh", "鸿蒙手机上收不到推送", "HarmonyOS"),
        ("de", "Unter windows stürzt die App ab, auf dem Mac meiner Frau läuft sie.", "Windows"),
        ("de", "Bis gestern funktionierte es unter Windows 11.", "Windows 11"),
        ("fr", "Sous windows la page reste blanche, sur mon Android tout va bien.", "Windows"),
        ("es", "Mi equipo tiene windows XP y la página sale vacía", "Windows XP"),
        ("pt", "Uso o programa no mac e ele trava", "macOS"),
        ("ja", "昨日までWindows 11で使えていましたが、今日は開けません", "Windows 11"),
    ];
    check(rows, system);
}

#[test]
fn what_is_no_system_of_theirs_is_none() {
    let rows = [
        ("en", "Are you using Windows 7?"),
        ("en", "Which version of macOS are you on?"),
        ("en", "Please open two windows next to each other and close all windows again."),
        ("en", "The mac address of the scanner is shown wrongly."),
        ("en", "Die Mac-Adresse fehlt im Bericht"),
        ("en", "The Windows Live sign-in page was replaced."),
        ("en", "The app only supports Android as far as I can see."),
        ("en", "I want to buy a PC with Windows 11 next year."),
        ("en", "I am not able to reproduce it on any Windows 10 machine."),
        ("en", "We are Sequoia Capital and would like a quote."),
        ("en", "Our office in Lake Tahoe needs ten seats."),
        ("en", "Blue Shirt and a red hat, please."),
        ("en", "It works on my Mac."),
        ("en", "I don't have a Windows 11 machine to test it."),
        ("fr", "Est-ce que l'application existe pour Linux ?"),
        ("zh", "目前只支持安卓系统吧"),
        ("zh", "请问支持鸿蒙系统吗？"),
        ("zh", "MAC地址一栏显示不对"),
        ("zh", "请问您用的是 Windows 11 吗？"),
        ("zh", "苹果和香蕉的库存数量不对"),
        ("es", "La dirección mac del equipo no aparece"),
    ];
    check(rows.map(|(language, text)| (language, text, "")), system);
}

#[test]
fn words_that_are_also_devices_need_a_model() {
    let rows = [
        ("es", "Va un poco lento desde ayer", ""),
        ("es", "Vivo y trabajo en Lima, hace 3 años que vivo 3 días en Cusco", ""),
        ("en", "Latitude and longitude are swapped on the map", ""),
        ("en", "One pixel is missing at the edge of the chart", ""),
        ("en", "We are Nokia and would like a quote", ""),
        ("zh", "我们公司卖红米和黑米，库存不对", ""),
        ("en", "My vivo Y22 shows a blank list", "vivo Y22"),
        ("en", "On a Pixel 8 the button is cut off", "Pixel 8"),
        ("en", "My Dell Latitude 5420 freezes", "Dell Latitude 5420"),
        ("zh", "红米K60 收不到通知", "红米K60"),
        ("zh", "一加 12 打不开", "一加 12"),
    ];
    check(rows, |text, language| facts(text, language).device.unwrap_or_default());
}
