//! Files that a mail links to instead of carrying them: the oversized attachments of web mailers and shares of storage
//! providers. Evidence like any other file, but never fetched.
//!
//! Invariants: linear; at most [`FILES_MAX`] links; a text without a known link costs one search for `://`.

use memchr::memmem;

use crate::mail::{CloudFile, params};

const FILES_MAX: usize = 100;
/// Links looked at in one text.
const LINKS_MAX: usize = 5_000;
const URL_BYTES_MAX: usize = 2_000;
/// Lines above and below a link that may speak of its file.
const LINES_AROUND: usize = 4;

/// Host (or its ending, behind a dot) and how the path of a shared file begins or what it holds; rows of one provider stand
/// together, in the order: Chinese web mailers, Chinese storage, the others.
const PROVIDERS: [(&str, &[&str]); 52] = [
    // QQ Mail and Exmail 超大附件, old and new
    ("mail.qq.com", &["/cgi-bin/ftn", "/ftn/", "/cgi-bin/exs_ftn"]),
    ("exmail.qq.com", &["/cgi-bin/ftn", "/ftn/"]),
    // NetEase 云附件, 超大附件 (163, 126, yeah.net, Mail Master, 企业邮)
    ("u.163.com", &["/"]),
    ("fs.163.com", &["/fs/"]),
    ("mail.163.com", &["/large-attachment-download", "/cloud-attachment-download"]),
    ("mail.126.com", &["/large-attachment-download", "/cloud-attachment-download"]),
    ("mail.yeah.net", &["/large-attachment-download", "/cloud-attachment-download"]),
    ("dashi.163.com", &["/html/cloud-attachment-download"]),
    ("qiye.163.com", &["bigattach", "large-attachment", "cloud-attachment"]),
    ("qiyefile.qiye.163.com", &["/"]),
    // Aliyun 超大附件
    ("qiye.aliyun.com", &["BigAttach", "openLinks", "netdisk"]),
    ("mail.aliyun.com", &["BigAttach", "openLinks", "netdisk"]),
    ("mail.mxhichina.com", &["BigAttach", "openLinks", "netdisk"]),
    // China Mobile 139, Sina, Sohu, China Telecom 189
    ("mail.10086.cn", &["/s?func=", "largeattach", "sharefile", "/m2012/html/largeattach"]),
    ("mail.sina.com.cn", &["/filecenter/"]),
    ("mail.sohu.com", &["/bapp/", "bigattach"]),
    ("webmail30.189.cn", &["bigattach", "/w2/share"]),
    // Storage in China
    ("pan.baidu.com", &["/s/", "/share/"]),
    ("yun.baidu.com", &["/s/", "/share/"]),
    ("jianguoyun.com", &["/p/"]),
    ("share.weiyun.com", &["/"]),
    ("aliyundrive.com", &["/s/"]),
    ("alipan.com", &["/s/"]),
    ("pan.quark.cn", &["/s/"]),
    ("123pan.com", &["/s/"]),
    ("cloud.189.cn", &["/t/", "/web/share"]),
    ("caiyun.139.com", &["/m/i", "/w/i", "/link"]),
    ("yun.139.com", &["/shareweb", "/link", "/w/i"]),
    ("115.com", &["/s/"]),
    ("cowtransfer.com", &["/s/"]),
    ("wenshushu.cn", &["/f/", "/k/"]),
    ("kdocs.cn", &["/l/", "/p/"]),
    ("alidocs.dingtalk.com", &["/i/"]),
    ("feishu.cn", &["/file/", "/drive/"]),
    ("larksuite.com", &["/file/", "/drive/"]),
    // Google, Microsoft, Apple
    ("drive.google.com", &["/file/", "/open", "/uc", "/drive/folders/"]),
    ("docs.google.com", &["/document/d/", "/spreadsheets/d/", "/presentation/d/", "/file/d/", "/uc"]),
    ("1drv.ms", &["/"]),
    (
        "onedrive.live.com",
        &["/?", "/redir", "/embed", "/download", "/view.aspx", "/edit.aspx", "/:", "/personal/"],
    ),
    ("sharepoint.com", &["/:", "/personal/", "/sites/", "guestaccess", "/_layouts/"]),
    ("sharepoint.cn", &["/:", "/personal/", "/sites/", "guestaccess"]),
    ("icloud.com", &["/attachment/", "/iclouddrive/"]),
    // The others
    ("dropbox.com", &["/s/", "/scl/", "/sh/", "/t/", "/l/"]),
    ("we.tl", &["/t-", "/b-", "/"]),
    ("wetransfer.com", &["/downloads/"]),
    ("box.com", &["/s/", "/v/", "/file/"]),
    ("mega.nz", &["/file/", "/folder/", "/#"]),
    ("disk.yandex.ru", &["/d/", "/i/"]),
    ("yadi.sk", &["/d/", "/i/"]),
    ("cloud.mail.ru", &["/public/", "/stock/", "/attaches/"]),
    ("bigfile.mail.naver.com", &["/"]),
    ("drive.proton.me", &["/urls/"]),
];

/// Finds the shared files that a text links to.
#[must_use]
pub fn find(text: &str) -> Vec<CloudFile> {
    let bytes = text.as_bytes();
    let mut files: Vec<CloudFile> = Vec::new();
    let mut read_until = 0;
    for at in memmem::find_iter(bytes, b"://").take(LINKS_MAX) {
        // A link inside a link is a parameter of it.
        if at < read_until {
            continue;
        }
        let Some((from, url)) = url_at(text, at) else { continue };
        read_until = from + url.len();
        if url.len() > URL_BYTES_MAX || !is_shared(url) {
            continue;
        }
        if files.iter().any(|f| f.url == url) {
            continue;
        }
        let around = Around::of(text, from, from + url.len());
        files.push(CloudFile {
            name: name_in_url(url).or_else(|| around.name()),
            size: size_in_url(url).or_else(|| around.size()),
            expires: around.expires(),
            url: url.to_owned(),
        });
        if files.len() >= FILES_MAX {
            break;
        }
    }
    files
}

/// Where the URL begins whose `://` stands at `at`, and the URL.
fn url_at(text: &str, at: usize) -> Option<(usize, &str)> {
    let before = text.get(..at)?;
    let scheme = ["https", "http"].into_iter().find(|s| before.ends_with(s))?;
    let from = at - scheme.len();
    let rest = text.get(from..)?;
    let is_end = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '/' | '.' | '-' | '_' | '%' | '=' | '&' | '?' | ':' => false,
        c => c.is_whitespace() || c.is_control() || "<>\"'`|\\^（）()【】「」《》，。；、！？：".contains(c),
    };
    let end = rest.find(is_end).unwrap_or(rest.len());
    Some((from, rest.get(..end)?.trim_end_matches(['.', ',', ';', '!', ']', '}', '*', '_'])))
}

fn host_and_path(url: &str) -> Option<(&str, &str)> {
    let rest = url.split_once("://")?.1;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end)?;
    Some((host.split(':').next().unwrap_or(host), path))
}

fn is_shared(url: &str) -> bool {
    let Some((host, path)) = host_and_path(url) else { return false };
    let host = host.to_ascii_lowercase();
    let is_host = |known: &str| {
        host.strip_suffix(known).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    let fits = |paths: &[&str]| {
        paths.iter().any(|p| {
            if *p == "/" {
                path.len() > 1
            } else {
                path.starts_with(p) || !p.starts_with("/s") && path.contains(p)
            }
        })
    };
    PROVIDERS.iter().any(|(known, paths)| is_host(known) && fits(paths))
}

/// A parameter of the URL's query or fragment, percent-decoded.
fn query(url: &str, names: &[&str]) -> Option<String> {
    let (_, query) = url.split_once(['?', '#'])?;
    query.split(['&', '?', '#']).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = String::from_utf8(params::percent(value.as_bytes())).ok()?;
        (names.contains(&name) && !value.is_empty()).then(|| value.replace('+', " "))
    })
}

/// Mail Drop, NetEase and others name the file in the URL, Dropbox and SharePoint at the end of its path.
fn name_in_url(url: &str) -> Option<String> {
    let named = query(url, &["f", "file", "filename", "fileName", "fname"]);
    named.filter(|name| file_name(name).is_some()).or_else(|| {
        let (_, path) = host_and_path(url)?;
        let last = path.split(['?', '#']).next()?.rsplit('/').next()?;
        let last = String::from_utf8(params::percent(last.as_bytes())).ok()?;
        let is_page =
            ["html", "htm", "php", "aspx", "jsp", "do"].iter().any(|e| last.ends_with(&format!(".{e}")));
        file_name(&last).filter(|name| *name == last && !is_page).map(str::to_owned)
    })
}

fn size_in_url(url: &str) -> Option<String> {
    query(url, &["sz", "fileSize", "filesize"]).filter(|s| s.bytes().all(|b| b.is_ascii_digit()))
}

/// The lines around a link.
struct Around<'a> {
    /// The link's own line before it, then the lines above, nearest first.
    above: Vec<&'a str>,
    /// Behind the link, and the next line.
    below: Vec<&'a str>,
}

impl<'a> Around<'a> {
    fn of(text: &'a str, from: usize, end: usize) -> Self {
        let above = text.get(..from).unwrap_or_default().rsplit('\n').take(LINES_AROUND + 1);
        let below = text.get(end..).unwrap_or_default().split('\n').take(LINES_AROUND + 1);
        // A line longer than this is prose or an attack, and no name.
        let short = |line: &&str| line.len() <= 600;
        // What stands above another link belongs to that one.
        let own =
            above.enumerate().take_while(|(i, line)| *i == 0 || !line.contains("://")).map(|(_, line)| line);
        let mut own: Vec<&str> = own.filter(short).collect();
        if let Some(first) = own.first_mut() {
            *first = first.rsplit_once("://").map_or(*first, |(_, behind)| behind);
        }
        let below = below.take_while(|line| !line.contains("://")).filter(short).collect();
        Self { above: own, below }
    }

    fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.above.iter().chain(&self.below).copied()
    }

    fn name(&self) -> Option<String> {
        self.lines().find_map(file_name).map(str::to_owned)
    }

    fn size(&self) -> Option<String> {
        self.lines().find_map(size)
    }

    fn expires(&self) -> Option<String> {
        self.lines().find_map(expiry)
    }
}

/// A file's name in a line: up to a short ending, from the beginning or behind a label or bullet.
fn file_name(line: &str) -> Option<&str> {
    let mut found = None;
    for (dot, _) in line.match_indices('.') {
        let behind = line.get(dot + 1..)?;
        let len = behind.bytes().take(6).take_while(u8::is_ascii_alphanumeric).count();
        let after = behind.get(len..)?.chars().next();
        let ends = after.is_none_or(|c| c.is_whitespace() || "()（）[]【】<>,，;；|\"”」》".contains(c));
        // `1.2GB` is a size, `a.7z` a name.
        let ending = behind.get(..len)?.to_ascii_lowercase();
        let has_letter =
            ending.starts_with(|c: char| c.is_ascii_alphabetic()) || matches!(ending.as_str(), "7z" | "3gp");
        if (1..=5).contains(&len) && ends && has_letter {
            found = line.get(..dot + 1 + len);
            break;
        }
    }
    let name = found?;
    let begin = name.rfind(['：', ':', '\t', '|', '<', '>', '《', '“', '"', '【', '*', '•']);
    let name = begin.map_or(name, |at| name.get(at..).unwrap_or_default());
    let name = name
        .trim_start_matches(['：', ':', '\t', '|', '<', '>', '《', '“', '"', '【', '*', '•', '-', '[', ' ']);
    let name = name.trim();
    let is_name = name.len() > 2
        && name.len() <= 255
        && !name.starts_with('.')
        && !name.contains(['@', '/'])
        // Prose that ends in an abbreviation or a host.
        && name.split_whitespace().count() <= 8
        && !name.starts_with("www.");
    is_name.then_some(name)
}

/// `250.5M`, `12 MB`, `1,5 Go`: a number and a unit that stand alone.
fn size(line: &str) -> Option<String> {
    const UNITS: [&str; 14] =
        ["GB", "MB", "KB", "TB", "Go", "Mo", "Ko", "GiB", "MiB", "KiB", "G", "M", "K", "字节"];
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let tail = rest.get(at..)?;
        let end = tail.find(|c| !is_number(c)).unwrap_or(tail.len());
        let (number, behind) = tail.split_at_checked(end)?;
        let unit = behind.trim_start_matches([' ', '\u{a0}']);
        let alone = |u: &&&str| {
            unit.get(..u.len()).is_some_and(|head| head.eq_ignore_ascii_case(u))
                && !unit.get(u.len()..).unwrap_or_default().starts_with(|c: char| c.is_ascii_alphanumeric())
        };
        let starts_alone =
            !rest.get(..at)?.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
        if let Some(unit) = UNITS.iter().find(alone).filter(|_| starts_alone) {
            return Some(format!("{}{}", number.trim_end_matches([',', '.']), unit));
        }
        rest = behind;
    }
    None
}

/// Words for the end of a share's life, lower case: those behind their date, and those before it.
const EXPIRES_BEHIND: [&str; 5] = ["到期", "过期", "過期", "失效", "まで"];
const EXPIRES_BEFORE: [&str; 17] = [
    "有效期至",
    "有效期限",
    "有效期",
    "到期时间",
    "过期时间",
    "失效时间",
    "有効期限",
    "만료",
    "expires on",
    "expires",
    "expiration date",
    "available until",
    "valid until",
    "gültig bis",
    "verfügbar bis",
    "expire le",
    "действительна до",
];

fn expiry(line: &str) -> Option<String> {
    let has_digit = |s: &&str| s.bytes().any(|b| b.is_ascii_digit()) && s.len() <= 80;
    let cut = |s: &str, ends: &[char]| s.split(ends).next().unwrap_or_default().trim().len();
    let before = EXPIRES_BEFORE.iter().find_map(|word| {
        let at = find_folded(line, word)?;
        let rest = line.get(at + word.len()..)?.trim_start_matches([':', '：', ' ', '\u{a0}', '至', '到']);
        let len = cut(rest, &[')', '）', '，', '。', ';', '；', '<', '|']);
        rest.get(..len).filter(has_digit)
    });
    let behind = || {
        EXPIRES_BEHIND.iter().find_map(|word| {
            let head = line.get(..line.find(word)?)?;
            let from = head.rfind(['(', '（', ',', '，', '：', ';', '；']).unwrap_or(0);
            let date = head.get(from..)?.trim_start_matches(['(', '（', ',', '，', '：', ';', '；', ' ']);
            Some(date.trim()).filter(has_digit)
        })
    };
    before.or_else(behind).map(str::to_owned)
}

/// Position of a lower-case word in a line, whatever the line's letter case; only where folding moves no byte.
fn find_folded(line: &str, word: &str) -> Option<usize> {
    let folded = line.to_lowercase();
    let at = folded.find(word)?;
    (folded.len() == line.len() && line.is_char_boundary(at)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (String, String, String) {
        let files = find(text);
        assert_eq!(files.len(), 1, "{text}: {files:?}");
        let file = files[0].clone();
        (file.name.unwrap_or_default(), file.size.unwrap_or_default(), file.expires.unwrap_or_default())
    }

    #[test]
    fn oversized_attachments_of_web_mailers() {
        for (text, name, size, expires) in [
            (
                "从QQ邮箱发来的超大附件\n\n系统 日志.zip (250.5M, 2026年03月15日 10:20 到期)进入下载页面：https://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=0a1b&code=c2",
                "系统 日志.zip",
                "250.5M",
                "2026年03月15日 10:20",
            ),
            (
                "dump.rar\n文件大小：1.2GB\n有效期至：2026-03-20\n下载 <https://wx.mail.qq.com/ftn/download?func=3&key=ab&code=12>",
                "dump.rar",
                "1.2GB",
                "2026-03-20",
            ),
            (
                "从网易163邮箱发来的云附件\n录屏.mp4 (103.44M, 2026年3月30日 17:51 到期)\n下载\n<https://mail.163.com/large-attachment-download/index.html?p=X-NETEASE-HUGE-ATTACHMENT&file=abc>",
                "录屏.mp4",
                "103.44M",
                "2026年3月30日 17:51",
            ),
            (
                "超大附件\nbackup.tar (2.1GB) <https://qiye.aliyun.com/alimail/openLinks/downloadMimeMetaDiskBigAttach?id=netdiskid%3Ax>",
                "backup.tar",
                "2.1GB",
                "",
            ),
            (
                "Click to Download <https://www.icloud.com/attachment/?u=https%3A%2F%2Fcvws.example%2F&uk=x&f=IMG%204711.MOV&sz=73400320>\nIMG 4711.MOV\n70 MB\nAvailable until Mar 30, 2026",
                "IMG 4711.MOV",
                "73400320",
                "Mar 30, 2026",
            ),
        ] {
            assert_eq!(one(text), (name.into(), size.into(), expires.into()), "{text}");
        }
    }

    #[test]
    fn shares_of_storage_providers() {
        for (text, name) in [
            ("trace.har\n<https://drive.google.com/file/d/1AbC/view?usp=drive_web>", "trace.har"),
            ("see https://www.dropbox.com/scl/fi/x1/error%20log.txt?rlkey=k&dl=0.", "error log.txt"),
            (
                "[Report.xlsx]<https://acme-my.sharepoint.com/:x:/g/personal/ann_acme_example/EaB?e=1>",
                "Report.xlsx",
            ),
            ("通过百度网盘分享的文件：数据.zip\n链接：https://pan.baidu.com/s/1abc 提取码：k3d9", "数据.zip"),
            ("https://www.jianguoyun.com/p/DbC1", ""),
            ("https://we.tl/t-AbCdEf", ""),
            ("https://1drv.ms/u/s!Abc", ""),
            ("https://onedrive.live.com/?cid=1&id=2", ""),
            ("文件 https://pan.quark.cn/s/ab12", ""),
        ] {
            assert_eq!(one(text).0, name, "{text}");
        }
        let two = "a.zip (1M)\nhttps://pan.baidu.com/s/1a\nb.zip (2M)\nhttps://pan.baidu.com/s/1b\nhttps://pan.baidu.com/s/1b";
        let files = find(two);
        let shown: Vec<_> = files.iter().map(|f| (f.name.as_deref(), f.size.as_deref())).collect();
        assert_eq!(shown, [(Some("a.zip"), Some("1M")), (Some("b.zip"), Some("2M"))]);
    }

    #[test]
    fn other_links_are_no_files() {
        for text in [
            "https://mail.qq.com/",
            "https://notdropbox.com/s/x",
            "https://www.dropbox.com/pricing",
            "https://drive.google.com.evil.example/file/d/x",
            "https://www.icloud.com/",
            "https://onedrive.live.com/about",
            "://",
            "http://",
            "see https://desk.example/s/1",
        ] {
            assert!(find(text).is_empty(), "{text}");
        }
        assert_eq!(find(&"https://we.tl/t-a ".repeat(100_000)).len(), 1);
        assert!(find(&"https://we.tl/t-a".repeat(100_000)).is_empty());
    }
}
