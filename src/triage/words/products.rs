//! Names of browsers, systems, devices and other software, as people write them. Data only.

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Browser,
    System,
    /// The words found begin the device's name; the model follows.
    Device,
    /// A maker, which names a device only together with a model or a word such as 手机.
    Maker,
    /// Software of others: whatever version follows is its own.
    Other,
}

/// How sure a name is by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// In any letter case, anywhere.
    Always,
    /// Only with a capital letter or with a version.
    Capital,
    /// Only with a version or beside a word for its kind.
    Version,
    /// Only in a text that speaks of Apple's computers, or behind a word for what runs.
    Beside,
}

/// One product.
#[derive(Debug)]
pub struct Name {
    pub name: &'static str,
    pub kind: Kind,
    pub sure: Sure,
    /// A version that the name implies (`macOS Sonoma` is 14).
    pub version: &'static str,
    pub words: &'static [&'static str],
}

const fn browser(name: &'static str, sure: Sure, words: &'static [&'static str]) -> Name {
    Name { name, kind: Kind::Browser, sure, version: "", words }
}
const fn system(name: &'static str, sure: Sure, words: &'static [&'static str]) -> Name {
    Name { name, kind: Kind::System, sure, version: "", words }
}
const fn named(name: &'static str, version: &'static str, words: &'static [&'static str]) -> Name {
    Name { name, kind: Kind::System, sure: Sure::Beside, version, words }
}
const fn device(words: &'static [&'static str]) -> Name {
    Name { name: "", kind: Kind::Device, sure: Sure::Always, version: "", words }
}
const fn maker(words: &'static [&'static str]) -> Name {
    Name { name: "", kind: Kind::Maker, sure: Sure::Always, version: "", words }
}
const fn other(words: &'static [&'static str]) -> Name {
    Name { name: "", kind: Kind::Other, sure: Sure::Always, version: "", words }
}

/// Words before a system in small letters: `on windows`, `unter windows`.
#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const RUNS: &[&str] = &["on", "under", "using", "running", "runs", "run", "reinstall", "reinstalled", "reinstalling", "unter", "auf", "sous", "sur", "bajo", "con", "com", "mit", "avec", "tiene", "tengo", "uso", "utilizo", "tenho"];
/// More of them, before `mac`, which is no plural.
#[rustfmt::skip] // As above.
pub const MAC_BEFORE: &[&str] = &["my", "a", "the", "for", "of", "in", "from", "this", "our", "use", "old", "new", "mein", "meinem", "meinen", "einem", "am", "im", "mon", "un", "mi", "el", "meu", "um", "no"];
/// Words behind a system that make it one.
#[rustfmt::skip] // As above.
pub const MACHINES: &[&str] = &["update", "updates", "pc", "pcs", "laptop", "notebook", "computer", "computers", "machine", "machines", "desktop", "user", "users", "client", "app", "version", "os", "system", "platform", "edition", "installation", "rechner", "nutzer"];
/// Words before `windows` that are those of a browser or a house.
#[rustfmt::skip] // As above.
pub const SEVERAL: &[&str] = &["the", "all", "new", "open", "multiple", "several", "other", "these", "two"];
/// Makers whose names are words of Spanish, Portuguese and English.
pub const ALSO_WORDS: &[&str] = &["vivo", "poco", "honor"];

use Sure::{Always, Capital, Version};

#[rustfmt::skip] // A word a line would make a table that nobody can look over.
pub const NAMES: &[Name] = &[
    browser("Chrome", Always, &["google chrome", "chrome", "谷歌浏览器", "谷歌瀏覽器", "谷歌chrome", "谷歌 chrome", "グーグルクローム", "クローム"]),
    browser("Chromium", Always, &["chromium"]),
    browser("Firefox", Always, &["mozilla firefox", "firefox", "火狐浏览器", "火狐瀏覽器", "火狐", "ファイアフォックス", "fire fox"]),
    browser("Edge", Capital, &["edge"]),
    browser("Edge", Always, &["microsoft edge", "ms edge", "msedge", "edge浏览器", "edge 浏览器", "edge瀏覽器", "微软edge", "微软 edge", "エッジ"]),
    browser("Safari", Capital, &["safari"]),
    browser("Safari", Always, &["apple safari", "safari浏览器", "safari 浏览器", "苹果浏览器", "サファリ"]),
    browser("IE", Always, &["internet explorer", "msie", "ie11", "ie 11", "ie10", "ie9", "ie8", "ie浏览器", "ie 浏览器"]),
    browser("IE", Version, &["ie"]),
    browser("Opera", Capital, &["opera"]),
    browser("Opera", Always, &["opera gx", "opera mini", "opera mobile", "opera浏览器"]),
    browser("Brave", Version, &["brave"]),
    browser("Brave", Always, &["brave browser"]),
    browser("Vivaldi", Always, &["vivaldi"]),
    browser("Arc", Version, &["arc"]),
    browser("Arc", Always, &["arc browser", "arc浏览器"]),
    browser("SeaMonkey", Always, &["seamonkey", "sea monkey"]),
    browser("Waterfox", Always, &["waterfox"]),
    browser("LibreWolf", Always, &["librewolf"]),
    browser("Pale Moon", Always, &["pale moon", "palemoon"]),
    browser("Tor Browser", Always, &["tor browser"]),
    browser("DuckDuckGo", Always, &["duckduckgo browser", "duckduckgo"]),
    browser("Samsung Internet", Always, &["samsung internet", "samsung browser", "三星浏览器"]),
    browser("Yandex Browser", Always, &["yandex browser", "yandex.browser", "яндекс.браузер"]),
    browser("Whale", Version, &["naver whale", "whale"]),
    browser("Zen", Version, &["zen browser"]),
    browser("Atlas", Version, &["chatgpt atlas"]),
    browser("Comet", Version, &["comet browser", "perplexity comet"]),
    browser("360安全浏览器", Always, &["360安全浏览器", "360 安全浏览器", "360浏览器", "360 浏览器", "360瀏覽器", "360 secure browser", "360 browser", "360se"]),
    browser("360极速浏览器", Always, &["360极速浏览器", "360 极速浏览器", "360极速", "360 speed browser", "360极速浏览器x"]),
    browser("QQ浏览器", Always, &["qq浏览器", "qq 浏览器", "qq瀏覽器", "qq browser", "qqbrowser"]),
    browser("搜狗浏览器", Always, &["搜狗高速浏览器", "搜狗浏览器", "sogou browser", "sogou explorer"]),
    browser("UC浏览器", Always, &["uc浏览器", "uc 浏览器", "uc browser", "ucbrowser"]),
    browser("猎豹浏览器", Always, &["猎豹浏览器", "猎豹安全浏览器", "liebao"]),
    browser("2345浏览器", Always, &["2345浏览器", "2345加速浏览器", "2345 浏览器"]),
    browser("百度浏览器", Always, &["百度浏览器", "baidu browser"]),
    browser("夸克", Always, &["夸克浏览器", "夸克", "quark browser"]),
    browser("傲游浏览器", Always, &["傲游浏览器", "傲游", "maxthon"]),
    browser("红莲花浏览器", Always, &["红莲花浏览器", "红莲花"]),
    browser("奇安信浏览器", Always, &["奇安信可信浏览器", "奇安信浏览器"]),
    browser("联想浏览器", Always, &["联想浏览器"]),
    browser("华为浏览器", Always, &["华为浏览器", "huawei browser", "huaweibrowser"]),
    browser("小米浏览器", Always, &["小米浏览器", "mi browser", "miuibrowser"]),
    browser("vivo浏览器", Always, &["vivo浏览器", "vivo 浏览器", "vivobrowser"]),
    browser("OPPO浏览器", Always, &["oppo浏览器", "oppo 浏览器", "heytap browser", "heytapbrowser"]),
    browser("微信内置浏览器", Always, &["微信内置浏览器", "微信浏览器", "wechat browser", "wechat webview"]),
    // Systems.
    system("Windows", Capital, &["windows", "win10", "win11", "win7", "win8", "win8.1", "win 10", "win 11", "win 7", "win 8"]),
    system("Windows", Always, &["microsoft windows", "ms windows", "windows系统", "windows 系统", "windows电脑", "windows 电脑", "windows pc", "视窗系统"]),
    system("Windows Server", Always, &["windows server", "win server"]),
    system("macOS", Always, &["macos", "mac os x", "mac os", "os x", "osx", "mac系统", "mac 系统", "苹果系统", "mac osx", "macosx"]),
    system("macOS", Capital, &["mac"]),
    named("macOS", "26", &["macos tahoe", "tahoe"]),
    named("macOS", "15", &["macos sequoia", "mac os sequoia", "sequoia"]),
    named("macOS", "14", &["macos sonoma", "mac os sonoma", "sonoma"]),
    named("macOS", "13", &["macos ventura", "mac os ventura", "ventura"]),
    named("macOS", "12", &["macos monterey", "mac os monterey", "monterey"]),
    named("macOS", "11", &["macos big sur", "mac os big sur", "big sur"]),
    named("macOS", "10.15", &["macos catalina", "mac os catalina", "os x catalina", "catalina"]),
    named("macOS", "10.14", &["macos mojave", "mac os mojave", "mojave"]),
    named("macOS", "10.13", &["macos high sierra", "high sierra"]),
    named("macOS", "10.12", &["macos sierra"]),
    named("macOS", "10.11", &["os x el capitan", "el capitan"]),
    named("macOS", "10.10", &["os x yosemite"]),
    system("iOS", Always, &["ios", "iphone os", "苹果ios"]),
    system("iPadOS", Always, &["ipados", "ipad os"]),
    system("Android", Always, &["android", "安卓系统", "安卓", "アンドロイド"]),
    system("HarmonyOS", Always, &["harmonyos next", "harmonyos", "harmony os", "openharmony", "鸿蒙系统", "鸿蒙os", "鸿蒙", "鴻蒙", "纯血鸿蒙"]),
    system("ChromeOS", Always, &["chromeos", "chrome os", "chrome osflex", "chromebook os"]),
    system("Ubuntu", Always, &["ubuntu linux", "ubuntu", "kubuntu", "xubuntu", "lubuntu", "乌班图"]),
    system("Debian", Always, &["debian gnu/linux", "debian linux", "debian"]),
    system("Fedora", Always, &["fedora linux", "fedora workstation", "fedora"]),
    system("Linux Mint", Always, &["linux mint", "linuxmint", "mint linux"]),
    system("Arch Linux", Always, &["arch linux", "archlinux"]),
    system("Manjaro", Always, &["manjaro linux", "manjaro"]),
    system("openSUSE", Always, &["opensuse tumbleweed", "opensuse leap", "opensuse", "suse linux"]),
    system("CentOS", Always, &["centos stream", "centos"]),
    system("Red Hat", Always, &["red hat enterprise linux", "rhel"]),
    system("Red Hat", Capital, &["red hat"]),
    system("Windows Phone", Always, &["windows phone", "windows mobile"]),
    system("Rocky Linux", Always, &["rocky linux", "almalinux"]),
    system("Pop!_OS", Always, &["pop!_os", "pop os", "pop_os"]),
    system("Gentoo", Always, &["gentoo linux", "gentoo"]),
    system("NixOS", Always, &["nixos"]),
    system("Zorin OS", Always, &["zorin os", "zorin"]),
    system("elementary OS", Always, &["elementary os"]),
    system("Kali", Always, &["kali linux"]),
    system("FreeBSD", Always, &["freebsd"]),
    system("统信UOS", Always, &["统信uos", "统信 uos", "统信操作系统", "统信系统", "统信", "uos", "uniontech os"]),
    system("麒麟", Always, &["银河麒麟桌面操作系统", "银河麒麟", "麒麟操作系统", "麒麟系统", "kylinos", "kylin os", "kylin"]),
    system("deepin", Always, &["deepin", "深度系统"]),
    system("openEuler", Always, &["openeuler", "欧拉系统"]),
    system("Linux", Always, &["gnu/linux", "linux系统", "linux"]),
    // Skins that makers put on Android: their number is not Android's.
    other(&["miui", "hyperos", "澎湃os", "澎湃 os", "coloros", "originos", "magicos", "magic os", "emui", "one ui", "oneui", "flyme", "oxygenos"]),
    // Devices; the model follows.
    device(&["iphone", "苹果手机", "アイフォン"]),
    device(&["ipad pro", "ipad air", "ipad mini", "ipad", "ipod touch"]),
    device(&["macbook pro", "macbook air", "macbook", "imac", "mac mini", "mac studio", "mac pro", "苹果笔记本"]),
    device(&["samsung galaxy", "galaxy tab", "galaxy s", "galaxy a", "galaxy z", "galaxy note", "galaxy fold", "galaxy flip", "三星galaxy", "三星 galaxy"]),
    device(&["google pixel", "pixel fold"]),
    device(&["surface pro", "surface laptop", "surface go", "surface book", "microsoft surface"]),
    device(&["thinkpad", "lenovo thinkpad", "联想thinkpad", "联想 thinkpad", "thinkbook", "ideapad", "yoga slim", "联想小新", "联想 小新"]),
    device(&["dell xps", "dell latitude", "dell inspiron", "dell precision", "dell optiplex", "戴尔xps"]),
    device(&["hp elitebook", "hp probook", "hp spectre", "hp pavilion", "hp envy", "elitebook", "probook", "hp zbook"]),
    device(&["chromebook", "raspberry pi", "steam deck", "fire hd", "kindle fire", "meta quest", "framework laptop"]),
    device(&["huawei mate", "huawei p", "huawei nova", "huawei matepad", "huawei matebook", "华为mate", "华为 mate", "华为p", "华为 p", "华为nova", "华为 nova", "华为pura", "华为 pura", "华为matepad", "华为 matepad", "华为matebook", "matepad", "matebook", "mate x"]),
    device(&["redmi note", "redmi k", "红米note", "红米 note", "红米k", "红米手机", "小米平板"]),
    device(&["oppo find", "oppo reno", "iqoo", "honor magic", "荣耀magic", "荣耀 magic", "荣耀v", "荣耀x", "荣耀畅玩", "nova flip"]),
    device(&["sony xperia", "xperia", "motorola moto", "moto g", "moto edge", "nothing phone", "fairphone", "zenfone", "asus zenbook", "zenbook", "asus rog", "rog phone", "lg gram", "xperia"]),
    maker(&["xiaomi", "小米", "huawei", "华为", "華為", "samsung", "三星", "oppo", "vivo", "honor", "荣耀", "榮耀", "realme", "真我", "魅族", "meizu", "motorola", "lenovo", "联想", "dell", "戴尔", "hp", "惠普", "asus", "华硕", "acer", "宏碁", "sony", "lg", "nubia", "努比亚", "中兴", "zte", "pixel", "latitude", "redmi", "红米", "poco", "一加", "oneplus", "nokia", "小新"]),
    // Software of others.
    other(&["ms excel", "microsoft excel", "excel", "microsoft word", "ms word", "powerpoint", "microsoft office", "ms office", "office 365", "microsoft 365", "office", "outlook", "microsoft teams", "ms teams", "teams", "ms project", "microsoft project", "sharepoint", "onedrive", "power bi", "visio", "wps office", "wps", "金山文档", "腾讯文档", "石墨文档"]),
    other(&["jira", "confluence", "slack", "zoom", "trello", "asana", "notion", "monday.com", "clickup", "salesforce", "hubspot", "servicenow", "zapier", "github", "gitlab", "bitbucket", "jenkins", "sap s/4hana", "s/4hana", "sap", "oracle", "netsuite", "workday", "figma", "autocad", "revit", "navisworks", "primavera", "adobe acrobat", "acrobat reader", "acrobat", "adobe reader", "photoshop"]),
    other(&["node.js", "nodejs", "node", "python", "java", "jdk", "jre", "php", ".net framework", ".net core", ".net", "ruby", "golang", "docker", "kubernetes", "k8s", "nginx", "apache", "tomcat", "iis", "mysql", "mariadb", "postgresql", "postgres", "sql server", "mongodb", "redis", "elasticsearch", "php-fpm", "openssl", "curl", "postman", "electron", "webview", "v8", "npm", "git"]),
    other(&["okta", "azure ad", "entra id", "adfs", "ad fs", "keycloak", "onelogin", "auth0", "citrix", "vmware", "hyper-v", "parallels", "virtualbox", "kaspersky", "norton", "mcafee", "avast", "malwarebytes", "bitdefender", "eset", "zscaler", "ublock origin", "ublock", "adblock plus", "adblock", "ghostery", "privacy badger", "1password", "lastpass", "bitwarden", "thunderbird", "foxmail", "gmail", "grammarly", "flash player", "adobe flash"]),
    other(&["windows defender", "windows hello", "windows explorer", "windows media", "windows live", "windows terminal", "windows ink", "windows firewall", "windows account", "windows key", "windows menu", "window menu", "windows subsystem for linux", "wsl", "mac address", "mac addresses", "mac-adresse", "mac-adressen", "mac 地址", "mac地址", "mac filter", "adresse mac", "dirección mac", "endereço mac", "macアドレス", "mac アドレス", "chrome extension", "chrome extensions", "chrome web store", "chrome store", "google workspace", "google sheets", "google calendar", "google drive", "google meet", "apple calendar", "apple id", "icloud", "android auto", "android studio", "edge case", "edge cases"]),
    other(&["企业微信", "微信", "wechat", "支付宝", "qq", "钉钉", "飞书", "腾讯会议", "用友", "金蝶", "泛微", "致远", "明道云", "禅道", "tapd", "teambition", "worktile", "pingcode", "等保", "iso", "tls", "ssl", "http", "https", "oauth", "saml", "soap", "ldap", "smtp", "imap", "pop3", "ipv", "usb", "wifi", "bluetooth", "rfc", "sha", "utf", "ssl vpn", "vpn"]),
];
