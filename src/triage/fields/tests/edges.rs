//! Lines that look like facts and are none, and marks that nobody sees.

use super::{facts, line};

#[test]
fn what_stands_at_the_edges() {
    let rows = [
        // What follows a login may be its password.
        ("en", "Login: admin / Welcome1!", " |  |  |  | admin |  |  | "),
        ("en", "\u{202a}Username\u{202c}:\u{200f} lina.ch\u{200e}", " |  |  |  | lina.ch |  |  | "),
        ("en", "Bro\u{ad}wser: Chrome 126\u{200b}", "Chrome 126 |  |  |  |  |  |  | "),
        ("zh", "用户：反馈登录不上，提示密码错误", " |  |  |  |  |  | 密码错误 | "),
        ("zh", "公司：我们公司换了名字", " |  |  |  |  |  |  | "),
        ("en", "Company: we changed our name", " |  |  |  |  |  |  | "),
        ("en", "Error: none", " |  |  |  |  |  |  | "),
        ("en", "The task \"Error handling\" is gone.", " |  |  |  |  |  |  | "),
        ("en", "Have you tried clearing the cache? asked your bot.", " |  |  |  |  |  |  | "),
        ("zh", "升级到最新版本后打不开", " |  |  |  |  |  |  | "),
        ("zh", "升级到最新版本后仍然打不开", " |  |  |  |  |  |  | 升级到最新版本后仍然打不开"),
        ("zh", "重启过电脑，换过网络", " |  |  |  |  |  |  | 重启过电脑; 换过网络"),
        (
            "de",
            "Der Export hält immer an („Verbindung unterbrochen“).",
            " |  |  |  |  |  | Verbindung unterbrochen | ",
        ),
        // Whose machine it is.
        (
            "en",
            "Our boss uses Safari on her iPhone. I use Chrome 140 on Windows 10.",
            "Chrome 140 | Windows 10 |  |  |  |  |  | ",
        ),
        ("zh", "我用的是 iPad，同事用的是 安卓平板", " |  | iPad |  |  |  |  | "),
        ("en", "My colleague cannot open it on Windows 10.", " | Windows 10 |  |  |  |  |  | "),
        ("en", "Tom Hill\nCEO of Blue Whale Inc.", " |  |  |  |  | Blue Whale Inc |  | "),
        ("en", "Username: ________\nBrowser: [please fill in]\nOS: <your system>\n", " |  |  |  |  |  |  | "),
    ];
    let wrong: Vec<String> = rows
        .into_iter()
        .map(|(language, text, wanted)| (text, wanted, line(&facts(text, language))))
        .filter(|(_, wanted, got)| wanted != got)
        .map(|(text, wanted, got)| format!("{got:?} in place of {wanted:?}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
