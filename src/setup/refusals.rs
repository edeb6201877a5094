//! The table of refusals: the words, whose they are, what they mean, what to do. Pure.
//!
//! Evidence: the words are as users quote them from the servers in public reports (2018 to 2026) and, for the codes in
//! brackets, RFC 5530. Server words reach this table without addresses (see `imap` and `smtp`).

use super::refusal::{Cause, Refusal};

const fn row(
    pattern: &'static str,
    provider: &'static str,
    cause: Cause,
    means: &'static str,
    todo: &'static str,
) -> Refusal {
    Refusal { pattern, provider, only_there: false, cause, means, todo }
}

const fn own_row(
    pattern: &'static str,
    provider: &'static str,
    cause: Cause,
    means: &'static str,
    todo: &'static str,
) -> Refusal {
    Refusal { only_there: true, ..row(pattern, provider, cause, means, todo) }
}

const GOOGLE_APP: &str = "Make an app password at myaccount.google.com/apppasswords (2-Step Verification must be on) and \
                          use it in place of the account's password.";
const MICROSOFT_OAUTH: &str = "Microsoft takes no passwords here any more, only OAuth 2.0, which a later version of maildesk \
                               will speak. Until then give the desk a mailbox elsewhere, and redirect the address to it.";
const WAIT: &str = "Wait half an hour before the next try (each one prolongs the lock), then log in once with the web page, and \
                    see whether the provider asks for something there.";
const CERTIFICATE: &str = "Check that the host's name is the one in its certificate. Where a company signs its own, name its \
                           root: ca_file (init: --ca-file).";
const CODE_CN: &str = "Make an authorization code (授权码) in the settings of the web page, and use it in place of the password.";
const OWN_SENDER: &str = "The relay lets this login send only as its own address. Log in to SMTP as the mailbox itself, or have \
                          the provider allow the address as an alias (\"send as\").";

/// The first row that fits counts, so what is specific stands above what is general.
pub(super) static REFUSALS: &[Refusal] = &[
    // Google.
    row(
        "application-specific password required",
        "Google",
        Cause::AppPassword,
        "Google wants an app password, not the account's own.",
        GOOGLE_APP,
    ),
    row(
        "not enabled for imap use",
        "Google",
        Cause::ImapOff,
        "IMAP is switched off for this account.",
        "Gmail > Settings > Forwarding and POP/IMAP: enable IMAP; in Workspace the administrator must allow it.",
    ),
    row(
        "imap access is disabled",
        "Google",
        Cause::ImapOff,
        "IMAP is switched off for this account or its domain.",
        "Admin console > Apps > Google Workspace > Gmail > End user access: allow IMAP for all mail clients.",
    ),
    row(
        "log in via your web browser",
        "Google",
        Cause::WebLogin,
        "The provider wants a login in a web browser first.",
        "Log in once at the web page from this machine or network, confirm what it asks, then try again; with Google, use an \
         app password.",
    ),
    row(
        "username and password not accepted",
        "Google",
        Cause::AppPassword,
        "Google refuses the password; the account's own one always is.",
        GOOGLE_APP,
    ),
    own_row(
        "invalid credentials",
        "Google",
        Cause::AppPassword,
        "Google refuses the password; the account's own one always is.",
        GOOGLE_APP,
    ),
    // Microsoft.
    row(
        "basic authentication is disabled",
        "Microsoft",
        Cause::BasicAuthOff,
        "Login by password (basic authentication) is switched off.",
        MICROSOFT_OAUTH,
    ),
    row(
        "smtpclientauthentication is disabled",
        "Microsoft",
        Cause::SmtpOff,
        "Authenticated SMTP is switched off for this mailbox or the whole tenant.",
        "Microsoft 365 admin center > Users > Active users > the mailbox > Mail > Manage email apps: switch on Authenticated \
         SMTP (see aka.ms/smtp_auth_disabled).",
    ),
    row(
        "security defaults policy",
        "Microsoft",
        Cause::BasicAuthOff,
        "The organisation's security defaults forbid login by password.",
        "Microsoft Entra ID > Properties > Manage security defaults: they must be off for Authenticated SMTP.",
    ),
    row(
        "authenticated but not connected",
        "Microsoft",
        Cause::ImapOff,
        "The password is right, and IMAP is switched off for this mailbox.",
        "Microsoft 365 admin center > Users > Active users > the mailbox > Mail > Manage email apps: switch on IMAP.",
    ),
    row(
        "sendasdenied",
        "Microsoft",
        Cause::Sender,
        "This login may not send as the support address.",
        "Exchange admin center > the mailbox > Delegation: grant Send as to the user who logs in, or log in as the mailbox.",
    ),
    row(
        "client does not have permissions to send as this sender",
        "Microsoft",
        Cause::Sender,
        "This login may not send as the support address.",
        "Exchange admin center > the mailbox > Delegation: grant Send as to the user who logs in, or log in as the mailbox.",
    ),
    own_row(
        "login failed.",
        "Microsoft",
        Cause::BasicAuthOff,
        "Exchange Online refuses every password over IMAP.",
        MICROSOFT_OAUTH,
    ),
    // NetEase.
    row(
        "unsafe login",
        "NetEase",
        Cause::UnsafeLogin,
        "NetEase calls this an unsafe login: it does not trust the program or the network, although maildesk names itself (ID).",
        "In the web page's settings, switch IMAP/SMTP off and on again and use a fresh authorization code (授权码); confirm the \
         login if the page or a text message asks. If it stays, write to kefu@188.com from the mailbox.",
    ),
    row(
        "user has no permission",
        "NetEase",
        Cause::SmtpOff,
        "The IMAP/SMTP service is not switched on for this account.",
        "Webmail > Settings > POP3/SMTP/IMAP: switch on IMAP/SMTP.",
    ),
    row(
        "mail from must equal authorized user",
        "NetEase",
        Cause::Sender,
        "The relay takes only the login's own address as sender.",
        OWN_SENDER,
    ),
    row(
        "login error or password error",
        "NetEase",
        Cause::AppPassword,
        "NetEase wants an authorization code.",
        CODE_CN,
    ),
    row(
        "login error password error",
        "NetEase",
        Cause::AppPassword,
        "NetEase wants an authorization code.",
        CODE_CN,
    ),
    own_row(
        "authentication failed",
        "NetEase",
        Cause::AppPassword,
        "NetEase wants an authorization code.",
        CODE_CN,
    ),
    // Tencent.
    row(
        "authorization code",
        "QQ",
        Cause::AppPassword,
        "QQ wants an authorization code, not the password.",
        CODE_CN,
    ),
    row(
        "authorized code",
        "QQ",
        Cause::AppPassword,
        "QQ wants an authorization code, not the password.",
        CODE_CN,
    ),
    row(
        "account is abnormal, service is not open",
        "Tencent",
        Cause::ImapOff,
        "Tencent has one sentence for all: IMAP switched off, a wrong password, the password of the web page where a client \
         password is wanted, or too many logins.",
        "exmail.qq.com > Settings > Client (QQ: Settings > Account): switch on IMAP/SMTP, make a client password or \
         authorization code (客户端专用密码, 授权码), and wait half an hour before the next try.",
    ),
    row(
        "service is not open",
        "Tencent",
        Cause::ImapOff,
        "IMAP/SMTP is not switched on for this account, or the password is wrong.",
        "exmail.qq.com > Settings > Client (QQ: Settings > Account): switch on IMAP/SMTP and use the client password.",
    ),
    row(
        "mail from address must be same as authorization user",
        "Tencent",
        Cause::Sender,
        "The relay takes only the login's own address as sender.",
        OWN_SENDER,
    ),
    // Aliyun: the list of codes in its help centre.
    row(
        "authentication failure[1]",
        "Aliyun",
        Cause::Throttled,
        "Too many logins failed; Aliyun has locked the account for a while.",
        WAIT,
    ),
    row(
        "uc_login_source_not_allowed",
        "Aliyun",
        Cause::ImapOff,
        "This protocol is switched off for the account.",
        "The administrator of qiye.aliyun.com must allow third-party clients (三方客户端).",
    ),
    row(
        "uc_client_non_ssl",
        "Aliyun",
        Cause::Protection,
        "Aliyun takes logins over TLS only.",
        "Use tls = \"implicit\", port 993 for IMAP and 465 for SMTP.",
    ),
    own_row(
        "authentication failure",
        "Aliyun",
        Cause::AppPassword,
        "Aliyun refuses the password.",
        "Make a third-party client password (三方客户端安全密码) in the webmail's account security, and use it.",
    ),
    row(
        "doesn't conform with authentication",
        "Aliyun",
        Cause::Sender,
        "The relay takes only the login's own address as sender.",
        OWN_SENDER,
    ),
    own_row(
        "is non-local account",
        "Aliyun",
        Cause::Sender,
        "The sender is no account of this relay.",
        OWN_SENDER,
    ),
    // Yahoo, Apple, Fastmail, Zoho.
    row("#auth005", "Yahoo", Cause::Throttled, "Yahoo has locked the login after too many failures.", WAIT),
    row(
        "yet to enable imap",
        "Zoho",
        Cause::ImapOff,
        "IMAP is switched off for this account.",
        "Zoho Mail settings > Mail accounts > IMAP: switch it on; the administrator must allow it.",
    ),
    row("relaying disallowed", "Zoho", Cause::Sender, "The relay does not take this sender.", OWN_SENDER),
    row(
        "application password",
        "",
        Cause::AppPassword,
        "The provider wants an application password, not the account's own.",
        "Make one in the account's security settings, and use it in place of the password.",
    ),
    row(
        "app password",
        "",
        Cause::AppPassword,
        "The provider wants an application password, not the account's own.",
        "Make one in the account's security settings, and use it in place of the password.",
    ),
    row(
        "app-specific password",
        "",
        Cause::AppPassword,
        "The provider wants an application password, not the account's own.",
        "Make one in the account's security settings, and use it in place of the password.",
    ),
    // Anybody's.
    row(
        "web login required",
        "",
        Cause::WebLogin,
        "The provider wants a login in a web browser first.",
        "Log in once at the web page from this machine or network, confirm what it asks, then try again.",
    ),
    row(
        "imap is disabled",
        "",
        Cause::ImapOff,
        "IMAP is switched off for this account.",
        "Switch it on in the mailbox's settings, or have the administrator allow it.",
    ),
    row(
        "not enabled for imap",
        "",
        Cause::ImapOff,
        "IMAP is switched off for this account.",
        "Switch it on in the mailbox's settings, or have the administrator allow it.",
    ),
    row(
        "too many",
        "",
        Cause::Throttled,
        "The account is locked or throttled: too many logins or connections.",
        WAIT,
    ),
    row("locked", "", Cause::Throttled, "The account is locked.", WAIT),
    row("temporarily blocked", "", Cause::Throttled, "The account is blocked for a while.", WAIT),
    row("frequency limited", "", Cause::Throttled, "The account is throttled: too many logins.", WAIT),
    row("rate limit", "", Cause::Throttled, "The server throttles this login or address.", WAIT),
    row(
        "maximum number of connections",
        "",
        Cause::Throttled,
        "Too many programs are logged in at once.",
        "Close some of them (phones, mail programs, another maildesk), then try again.",
    ),
    row("[limit]", "", Cause::Throttled, "A limit of the server is reached (RFC 5530).", WAIT),
    row(
        "[unavailable]",
        "",
        Cause::Network,
        "The server cannot check logins at this moment (RFC 5530).",
        "Try again in a few minutes.",
    ),
    row("[throttled]", "", Cause::Throttled, "The server throttles this login.", WAIT),
    row(
        "[expired]",
        "",
        Cause::Password,
        "The password has expired (RFC 5530).",
        "Set a new one at the provider, and use it.",
    ),
    row(
        "[contactadmin]",
        "",
        Cause::Password,
        "The account needs the mail server's administrator (RFC 5530).",
        "Ask them whether it is active and may use IMAP.",
    ),
    row(
        "[privacyrequired]",
        "",
        Cause::Protection,
        "The server wants TLS (RFC 5530).",
        "Use tls = \"implicit\" or \"starttls\".",
    ),
    row(
        "no login by password",
        "",
        Cause::BasicAuthOff,
        "Login by password is switched off on this server (LOGINDISABLED).",
        "Check port and tls: many servers allow it only over TLS. A server that takes OAuth 2.0 alone needs a later version of \
         maildesk.",
    ),
    row(
        "offers neither auth plain nor auth login",
        "",
        Cause::BasicAuthOff,
        "The SMTP server offers no login by password here.",
        "Check port and tls: submission is 465 with implicit TLS or 587 with STARTTLS; port 25 takes no logins.",
    ),
    row(
        "not owned by user",
        "",
        Cause::Sender,
        "This login may not send as the support address.",
        OWN_SENDER,
    ),
    row("sender address rejected", "", Cause::Sender, "The relay does not take this sender.", OWN_SENDER),
    row("sender rejected", "", Cause::Sender, "The relay does not take this sender.", OWN_SENDER),
    row("not allowed to send", "", Cause::Sender, "This login may not send.", OWN_SENDER),
    row(
        "certificate is not trusted",
        "",
        Cause::Certificate,
        "The server's certificate is not trusted, so no password was sent.",
        CERTIFICATE,
    ),
    row(
        "starttls",
        "",
        Cause::Protection,
        "The server does not offer STARTTLS at this port, so no password was sent.",
        "Try implicit TLS: port 993 for IMAP, 465 for SMTP.",
    ),
    row(
        "preauth",
        "",
        Cause::Protection,
        "The server behaves as if somebody stood between; no password was sent.",
        "Check host and port; ask the mail server's administrator.",
    ),
    row(
        "name was not resolved",
        "",
        Cause::Network,
        "The server's name is not in the DNS.",
        "Check the spelling of the host, and that this machine resolves names.",
    ),
    row(
        "connection refused",
        "",
        Cause::Network,
        "Nothing listens at this host and port.",
        "Check host and port; a firewall may block the way out.",
    ),
    row(
        "in time",
        "",
        Cause::Network,
        "The server did not answer in time.",
        "Check host and port; a firewall may block the way out.",
    ),
    row(
        "handshake failed",
        "",
        Cause::Protection,
        "The two sides found no common way to speak TLS.",
        "Check port and tls: \"implicit\" is for 993 and 465, \"starttls\" for 143 and 587.",
    ),
    row(
        "cannot be reached",
        "",
        Cause::Network,
        "The server cannot be reached.",
        "Check host, port and tls; a firewall may block the way out.",
    ),
    row(
        "authenticationfailed",
        "",
        Cause::Password,
        "User name or password is wrong.",
        "Check the user name (mostly the whole address). If the account has two-factor login, make an application password.",
    ),
    row(
        "authentication failed",
        "",
        Cause::Password,
        "User name or password is wrong.",
        "Check the user name (mostly the whole address). If the account has two-factor login, make an application password.",
    ),
    row(
        "refuses the login",
        "",
        Cause::Password,
        "User name or password is wrong.",
        "Check the user name (mostly the whole address). If the account has two-factor login, make an application password.",
    ),
];
