//! The large providers: where their servers are, and what must be switched on there before a desk can log in. Pure: a table
//! and its look-up; it must not know DNS, files or connections.
//!
//! Sources: the providers' own help pages for mail programs, read in 2026; the marks in MX names are those that customers'
//! domains point to.

use crate::config::Tls;

/// A server's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
}

/// A provider of mailboxes.
#[derive(Debug)]
pub struct Provider {
    pub name: &'static str,
    /// Domains of its own addresses.
    domains: &'static [&'static str],
    /// MX names of its customers' domains; with a dot in front: what they end in.
    mx: &'static [&'static str],
    imap: (&'static str, u16, Tls),
    smtp: (&'static str, u16, Tls),
    /// What must be switched on, a line each; shown before the first login.
    pub switch_on: &'static [&'static str],
    /// What its customers' SPF record includes; empty where it publishes none.
    pub spf_include: &'static str,
    /// DKIM selectors that its customers usually publish.
    pub dkim_selectors: &'static [&'static str],
    /// Mails a minute and a day that it lets an ordinary account send; 0: not known.
    pub per_minute: u32,
    pub per_day: u32,
    /// The name in its `Authentication-Results`, where it is the same for all customers.
    pub authserv_id: Option<&'static str>,
}

impl Provider {
    /// Its IMAP server.
    #[must_use]
    pub fn imap(&self) -> Place {
        let (host, port, tls) = self.imap;
        Place { host: host.to_owned(), port, tls }
    }

    /// Its SMTP server.
    #[must_use]
    pub fn smtp(&self) -> Place {
        let (host, port, tls) = self.smtp;
        Place { host: host.to_owned(), port, tls }
    }

    /// Whether this is one of its servers.
    #[must_use]
    pub fn serves(&self, host: &str) -> bool {
        host.eq_ignore_ascii_case(self.imap.0) || host.eq_ignore_ascii_case(self.smtp.0)
    }
}

/// The provider of an address's domain itself.
#[must_use]
pub fn by_domain(domain: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|p| p.domains.iter().any(|known| known.eq_ignore_ascii_case(domain)))
}

/// The provider that a domain's mail is delivered to.
#[must_use]
pub fn by_mx(exchange: &str) -> Option<&'static Provider> {
    let exchange = exchange.trim_end_matches('.').to_ascii_lowercase();
    let is = |known: &str| if known.starts_with('.') { exchange.ends_with(known) } else { exchange == known };
    PROVIDERS.iter().find(|p| p.mx.iter().any(|known| is(known)))
}

/// The provider whose server this is.
#[must_use]
pub fn by_host(host: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|p| p.serves(host))
}

const APP_PASSWORD_CN: &str =
    "Mail programs log in with an authorization code (授权码), not with the password of the web page.";

/// An address's own domain is looked up before MX names, so an order among the rows does not matter.
pub static PROVIDERS: &[Provider] = &[
    Provider {
        name: "Microsoft 365",
        domains: &[],
        mx: &[".mail.protection.outlook.com", ".mx.microsoft", ".mail.protection.partner.outlook.cn"],
        imap: ("outlook.office365.com", 993, Tls::Implicit),
        smtp: ("smtp.office365.com", 587, Tls::StartTls),
        switch_on: &[
            "Exchange Online takes no passwords over IMAP any more, only OAuth 2.0, which a later version of maildesk will \
             speak. Until then give the desk a mailbox elsewhere (a rule of Exchange can redirect support@ to it).",
            "Microsoft 365 admin center > Users > Active users > the mailbox > Mail > Manage email apps: switch on IMAP and \
             Authenticated SMTP.",
            "Microsoft Entra ID > Properties: security defaults must be off for Authenticated SMTP.",
        ],
        spf_include: "spf.protection.outlook.com",
        dkim_selectors: &["selector1", "selector2"],
        per_minute: 30,
        per_day: 10_000,
        authserv_id: None,
    },
    Provider {
        name: "Outlook.com",
        domains: &["outlook.com", "hotmail.com", "live.com", "msn.com"],
        mx: &[".olc.protection.outlook.com"],
        imap: ("outlook.office365.com", 993, Tls::Implicit),
        smtp: ("smtp-mail.outlook.com", 587, Tls::StartTls),
        switch_on: &[
            "Outlook.com takes no passwords from mail programs any more, only OAuth 2.0, which a later version of maildesk \
             will speak. Until then give the desk a mailbox elsewhere.",
        ],
        spf_include: "spf.protection.outlook.com",
        dkim_selectors: &["selector1"],
        per_minute: 30,
        per_day: 300,
        authserv_id: None,
    },
    Provider {
        name: "Google",
        domains: &["gmail.com", "googlemail.com"],
        mx: &[".google.com", ".googlemail.com"],
        imap: ("imap.gmail.com", 993, Tls::Implicit),
        smtp: ("smtp.gmail.com", 465, Tls::Implicit),
        switch_on: &[
            "Google account > Security: switch on 2-Step Verification, then make an app password for maildesk \
             (myaccount.google.com/apppasswords). The account's own password is refused.",
            "Google Workspace: Admin console > Apps > Google Workspace > Gmail > End user access must allow IMAP for all \
             mail clients.",
        ],
        spf_include: "_spf.google.com",
        dkim_selectors: &["google"],
        per_minute: 0,
        per_day: 500,
        authserv_id: Some("mx.google.com"),
    },
    Provider {
        name: "Tencent Exmail (腾讯企业邮箱)",
        domains: &["exmail.qq.com"],
        mx: &["mxbiz1.qq.com", "mxbiz2.qq.com"],
        imap: ("imap.exmail.qq.com", 993, Tls::Implicit),
        smtp: ("smtp.exmail.qq.com", 465, Tls::Implicit),
        switch_on: &[
            "exmail.qq.com > Settings > Client (设置 > 客户端设置): switch on IMAP/SMTP.",
            "Where secure login (安全登录) is on, make a client password (客户端专用密码) there; the password of the web page is \
             refused.",
            "The administrator can forbid mail programs for the whole company (管理后台 > 安全管理).",
        ],
        spf_include: "spf.mail.qq.com",
        dkim_selectors: &["default", "s201512"],
        per_minute: 10,
        per_day: 1_000,
        authserv_id: None,
    },
    Provider {
        name: "QQ Mail",
        domains: &["qq.com", "vip.qq.com", "foxmail.com"],
        mx: &["mx1.qq.com", "mx2.qq.com", "mx3.qq.com"],
        imap: ("imap.qq.com", 993, Tls::Implicit),
        smtp: ("smtp.qq.com", 465, Tls::Implicit),
        switch_on: &[
            "mail.qq.com > Settings > Account (设置 > 账号与安全): switch on IMAP/SMTP and have an authorization code made.",
            APP_PASSWORD_CN,
        ],
        spf_include: "spf.mail.qq.com",
        dkim_selectors: &["s201512"],
        per_minute: 10,
        per_day: 500,
        authserv_id: None,
    },
    Provider {
        name: "Aliyun Mail (阿里企业邮箱)",
        domains: &["aliyun.com"],
        mx: &[".mxhichina.com", ".qiye.aliyun.com"],
        imap: ("imap.qiye.aliyun.com", 993, Tls::Implicit),
        smtp: ("smtp.qiye.aliyun.com", 465, Tls::Implicit),
        switch_on: &[
            "qiye.aliyun.com, administrator: allow third-party clients (三方客户端), which is off for new customers.",
            "Webmail > Settings > Account security: make a third-party client password (三方客户端安全密码) where it is demanded; \
             the password of the web page is refused then.",
        ],
        spf_include: "spf.qiye.aliyun.com",
        dkim_selectors: &["default"],
        per_minute: 0,
        per_day: 500,
        authserv_id: None,
    },
    Provider {
        name: "NetEase 163",
        domains: &["163.com"],
        mx: &["163mx01.mxmail.netease.com", "163mx02.mxmail.netease.com", "163mx03.mxmail.netease.com"],
        imap: ("imap.163.com", 993, Tls::Implicit),
        smtp: ("smtp.163.com", 465, Tls::Implicit),
        switch_on: NETEASE_PERSONAL,
        spf_include: "spf.163.com",
        dkim_selectors: &["s110527"],
        per_minute: 10,
        per_day: 200,
        authserv_id: None,
    },
    Provider {
        name: "NetEase 126",
        domains: &["126.com"],
        mx: &["126mx01.mxmail.netease.com", "126mx02.mxmail.netease.com", "126mx03.mxmail.netease.com"],
        imap: ("imap.126.com", 993, Tls::Implicit),
        smtp: ("smtp.126.com", 465, Tls::Implicit),
        switch_on: NETEASE_PERSONAL,
        spf_include: "spf.163.com",
        dkim_selectors: &["s110527"],
        per_minute: 10,
        per_day: 200,
        authserv_id: None,
    },
    Provider {
        name: "NetEase yeah.net",
        domains: &["yeah.net"],
        mx: &["yeahmx01.mxmail.netease.com", "yeahmx00.mxmail.netease.com"],
        imap: ("imap.yeah.net", 993, Tls::Implicit),
        smtp: ("smtp.yeah.net", 465, Tls::Implicit),
        switch_on: NETEASE_PERSONAL,
        spf_include: "spf.163.com",
        dkim_selectors: &["s110527"],
        per_minute: 10,
        per_day: 200,
        authserv_id: None,
    },
    Provider {
        name: "NetEase VIP",
        domains: &["vip.163.com"],
        mx: &["vipmx01.mxmail.netease.com"],
        imap: ("imap.vip.163.com", 993, Tls::Implicit),
        smtp: ("smtp.vip.163.com", 465, Tls::Implicit),
        switch_on: NETEASE_PERSONAL,
        spf_include: "spf.163.com",
        dkim_selectors: &[],
        per_minute: 0,
        per_day: 0,
        authserv_id: None,
    },
    Provider {
        name: "NetEase 188",
        domains: &["188.com"],
        mx: &[],
        imap: ("imap.188.com", 993, Tls::Implicit),
        smtp: ("smtp.188.com", 465, Tls::Implicit),
        switch_on: NETEASE_PERSONAL,
        spf_include: "spf.163.com",
        dkim_selectors: &[],
        per_minute: 0,
        per_day: 0,
        authserv_id: None,
    },
    Provider {
        name: "NetEase for companies (网易企业邮箱)",
        domains: &[],
        mx: &[
            "qiye163mx01.mxmail.netease.com",
            "qiye163mx02.mxmail.netease.com",
            "mx.ym.163.com",
            ".qiye.163.com",
        ],
        imap: ("imap.qiye.163.com", 993, Tls::Implicit),
        smtp: ("smtp.qiye.163.com", 465, Tls::Implicit),
        switch_on: &[
            "qiye.163.com > Settings > POP/SMTP/IMAP (设置 > 客户端设置): switch on IMAP and SMTP; the administrator must allow \
             it for the company.",
            "Where the client authorization code (客户端授权密码) is on, log in with it.",
        ],
        spf_include: "spf.qiye.163.com",
        dkim_selectors: &["default"],
        per_minute: 0,
        per_day: 1_000,
        authserv_id: None,
    },
    Provider {
        name: "iCloud",
        domains: &["icloud.com", "me.com", "mac.com"],
        mx: &[".mail.icloud.com"],
        imap: ("imap.mail.me.com", 993, Tls::Implicit),
        smtp: ("smtp.mail.me.com", 587, Tls::StartTls),
        switch_on: &[
            "account.apple.com > Sign-In and Security > App-Specific Passwords: make one for maildesk. The password of the \
             Apple account is refused.",
        ],
        spf_include: "icloud.com",
        dkim_selectors: &["sig1", "1a1hai"],
        per_minute: 0,
        per_day: 1_000,
        authserv_id: None,
    },
    Provider {
        name: "Yahoo",
        domains: &["yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com"],
        mx: &[".yahoodns.net"],
        imap: ("imap.mail.yahoo.com", 993, Tls::Implicit),
        smtp: ("smtp.mail.yahoo.com", 465, Tls::Implicit),
        switch_on: &[
            "Yahoo account > Security > Generate app password: make one for maildesk. The account's password is refused.",
        ],
        spf_include: "_spf.mail.yahoo.com",
        dkim_selectors: &["s2048"],
        per_minute: 0,
        per_day: 500,
        authserv_id: None,
    },
    Provider {
        name: "Fastmail",
        domains: &["fastmail.com", "fastmail.fm"],
        mx: &[".messagingengine.com"],
        imap: ("imap.fastmail.com", 993, Tls::Implicit),
        smtp: ("smtp.fastmail.com", 465, Tls::Implicit),
        switch_on: &[
            "Settings > Privacy & Security > Manage app passwords: make one with access to IMAP and SMTP. The account's \
             password is refused.",
        ],
        spf_include: "spf.messagingengine.com",
        dkim_selectors: &["fm1", "fm2", "fm3"],
        per_minute: 0,
        per_day: 4_000,
        authserv_id: None,
    },
    Provider {
        name: "Zoho",
        domains: &["zoho.com", "zohomail.com"],
        mx: &[".zoho.com"],
        imap: ("imappro.zoho.com", 993, Tls::Implicit),
        smtp: ("smtppro.zoho.com", 465, Tls::Implicit),
        switch_on: ZOHO,
        spf_include: "zohomail.com",
        dkim_selectors: &["zmail", "zoho"],
        per_minute: 0,
        per_day: 500,
        authserv_id: None,
    },
    Provider {
        name: "Zoho Europe",
        domains: &["zohomail.eu"],
        mx: &[".zoho.eu"],
        imap: ("imappro.zoho.eu", 993, Tls::Implicit),
        smtp: ("smtppro.zoho.eu", 465, Tls::Implicit),
        switch_on: ZOHO,
        spf_include: "zohomail.eu",
        dkim_selectors: &["zmail", "zoho"],
        per_minute: 0,
        per_day: 500,
        authserv_id: None,
    },
];

const NETEASE_PERSONAL: &[&str] = &[
    "Webmail > Settings > POP3/SMTP/IMAP (设置 > POP3/SMTP/IMAP): switch on IMAP/SMTP and have an authorization code made.",
    APP_PASSWORD_CN,
];

const ZOHO: &[&str] = &[
    "Mail settings > Mail accounts > IMAP: switch on IMAP access; the administrator must allow it for the organisation.",
    "With two-factor login: accounts.zoho.com > Security > App passwords, and log in with one.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_are_found_by_address_by_mx_and_by_server() {
        let name = |found: Option<&Provider>| found.map(|p| p.name);
        for (domain, expected) in [
            ("gmail.com", "Google"),
            ("QQ.com", "QQ Mail"),
            ("163.com", "NetEase 163"),
            ("126.com", "NetEase 126"),
            ("hotmail.com", "Outlook.com"),
            ("icloud.com", "iCloud"),
        ] {
            assert_eq!(name(by_domain(domain)), Some(expected), "{domain}");
        }
        for (exchange, expected) in [
            ("acme-com.mail.protection.outlook.com.", "Microsoft 365"),
            ("acme-com.k-v1.mx.microsoft", "Microsoft 365"),
            ("ASPMX.L.GOOGLE.COM", "Google"),
            ("aspmx2.googlemail.com", "Google"),
            ("smtp.google.com.", "Google"),
            ("mxbiz1.qq.com", "Tencent Exmail (腾讯企业邮箱)"),
            ("mxn.mxhichina.com", "Aliyun Mail (阿里企业邮箱)"),
            ("qiye163mx01.mxmail.netease.com", "NetEase for companies (网易企业邮箱)"),
            ("in1-smtp.messagingengine.com", "Fastmail"),
            ("mx2.zoho.eu", "Zoho Europe"),
        ] {
            assert_eq!(name(by_mx(exchange)), Some(expected), "{exchange}");
        }
        assert_eq!(name(by_host("smtp.gmail.com")), Some("Google"));
        for stranger in ["mx.acme.example", "evilgoogle.com", "notqq.com"] {
            assert_eq!(name(by_mx(stranger)), None, "{stranger}");
        }
        assert_eq!(name(by_domain("acme.example")), None);
    }

    /// SPEC section 3: what must be switched on is said first at these five.
    #[test]
    fn every_provider_says_what_must_be_switched_on() {
        for provider in PROVIDERS {
            assert!(!provider.switch_on.is_empty(), "{}", provider.name);
            assert!(provider.imap().port == 993, "{}", provider.name);
        }
    }
}
