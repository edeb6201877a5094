//! What servers say when they refuse, what it means and what to do. Pure: the look-up; the rows stand in `refusals`. It must
//! not know which connection the words came from.

use super::{provider::Provider, refusals::REFUSALS};

/// What a refusal is about. One word each for tests, JSON and people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    AppPassword,
    ImapOff,
    SmtpOff,
    UnsafeLogin,
    Throttled,
    BasicAuthOff,
    WebLogin,
    Certificate,
    Sender,
    Password,
    Network,
    Protection,
}

/// One row.
#[derive(Debug)]
pub struct Refusal {
    /// Found in the server's words, in lower case.
    pub(super) pattern: &'static str,
    /// Whose words they are (the beginning of its name); empty: anybody's.
    pub(super) provider: &'static str,
    /// The words are ordinary ones, and mean this only at that provider.
    pub(super) only_there: bool,
    pub cause: Cause,
    pub means: &'static str,
    pub todo: &'static str,
}

/// The row for these words: one of this provider before one of anybody's.
#[must_use]
pub fn explain(words: &str, provider: Option<&Provider>) -> Option<&'static Refusal> {
    let words = words.to_lowercase();
    let fits = |row: &&Refusal| words.contains(row.pattern);
    let own = provider.and_then(|p| {
        REFUSALS.iter().filter(fits).find(|row| !row.provider.is_empty() && p.name.starts_with(row.provider))
    });
    own.or_else(|| REFUSALS.iter().filter(|row| !row.only_there).find(fits))
}

#[cfg(test)]
mod tests {
    use super::super::provider;
    use super::*;

    /// Words as servers say them, by whom, and what they mean.
    #[test]
    fn the_usual_refusals_are_understood() {
        use Cause::*;
        let table: &[(&str, &str, Cause)] = &[
            (
                "gmail.com",
                "[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
                AppPassword,
            ),
            (
                "gmail.com",
                "5.7.9 Application-specific password required. For more information, go to",
                AppPassword,
            ),
            ("gmail.com", "[AUTHENTICATIONFAILED] Invalid credentials (Failure)", AppPassword),
            ("gmail.com", "5.7.8 Username and Password not accepted. For more information", AppPassword),
            (
                "gmail.com",
                "Your account is not enabled for IMAP use. Please visit your Gmail settings page",
                ImapOff,
            ),
            ("gmail.com", "5.7.14 Please log in via your web browser and then try again.", WebLogin),
            ("", "[WEBALERT https://x.test] Web login required.", WebLogin),
            (
                "outlook.com",
                "5.7.139 Authentication unsuccessful, basic authentication is disabled. [AM0PR01]",
                BasicAuthOff,
            ),
            (
                "",
                "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
                SmtpOff,
            ),
            (
                "",
                "5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy",
                BasicAuthOff,
            ),
            ("", "User is authenticated but not connected.", ImapOff),
            ("", "5.7.60 SMTP; Client does not have permissions to send as this sender", Sender),
            (
                "163.com",
                "the folder \"INBOX\" cannot be opened: SELECT Unsafe Login. Please contact (address) for help",
                UnsafeLogin,
            ),
            ("163.com", "LOGIN Login error or password error", AppPassword),
            ("163.com", "550 User has no permission", SmtpOff),
            ("163.com", "Error: authentication failed", AppPassword),
            ("", "Mail from must equal authorized user", Sender),
            (
                "qq.com",
                "Login Fail. Please enter your authorization code to login. More information in http://service.mail.qq.com",
                AppPassword,
            ),
            (
                "",
                "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or system is busy.",
                ImapOff,
            ),
            ("qq.com", "mail from address must be same as authorization user.", Sender),
            ("aliyun.com", "Authentication failure[0]", AppPassword),
            ("aliyun.com", "Authentication failure[1]", Throttled),
            ("", "mail from account doesn't conform with authentication (Auth Account:<address>)", Sender),
            ("yahoo.com", "5.7.0 (#AUTH005) Too many bad auth attempts.", Throttled),
            ("", "You are yet to enable IMAP for your account. Please contact your administrator", ImapOff),
            ("", "[UNAVAILABLE] Temporary authentication failure.", Network),
            (
                "",
                "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
                Throttled,
            ),
            ("", "Account is temporarily locked", Throttled),
            (
                "",
                "x:143: the server offers no login by password that can carry this user name and password",
                BasicAuthOff,
            ),
            ("", "5.7.1 <address> Sender address rejected: not owned by user <address>", Sender),
            (
                "",
                "x:993: its certificate is not trusted: UnknownIssuer; if it is right, name its root in ca_file",
                Certificate,
            ),
            ("", "[AUTHENTICATIONFAILED] Authentication failed.", Password),
        ];
        for (domain, words, cause) in table {
            let found = explain(words, provider::by_domain(domain));
            assert_eq!(found.map(|row| row.cause), Some(*cause), "{domain}: {words}");
        }
        assert!(explain("something that nobody has ever said", None).is_none());
    }

    #[test]
    fn every_row_can_be_found_and_says_what_to_do() {
        for row in REFUSALS {
            assert_eq!(row.pattern, row.pattern.to_lowercase());
            assert!(row.means.ends_with('.') && row.todo.ends_with('.'), "{}", row.pattern);
            let own = provider::PROVIDERS.iter().find(|p| p.name.starts_with(row.provider));
            assert!(own.is_some(), "{} is no provider", row.provider);
            let found = explain(row.pattern, own.filter(|_| !row.provider.is_empty()));
            assert!(found.is_some_and(|f| f.cause == row.cause), "{} is hidden by a row above", row.pattern);
        }
    }
}
