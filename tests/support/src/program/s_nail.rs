//! s-nail, from standard input. By itself it puts the quote first and the new text below.

use std::{io, path::Path};

use super::{Place, Writer, run, said};
use crate::{dovecot::Dovecot, house::House, postfix::Postfix};

pub(super) fn answer(
    house: &House,
    home: &Path,
    writer: &Writer<'_>,
    number: usize,
    text: &str,
) -> io::Result<String> {
    let (ip, password) = (house.dovecot.ip(), house.dovecot.password(writer.address));
    let login = writer.address.replace('@', "%40");
    let mut settings: Vec<String> = [
        "v15-compat",
        "smtp-use-starttls",
        "smtp-auth=plain",
        "tls-verify=ignore",
        "ttycharset=utf-8",
        "sendcharsets=utf-8",
        "indentprefix=> ",
        "sendwait",
        "hostname=desk.test",
        "imap-auth=login",
        "editalong=no",
        "DEAD=/dev/null",
        "reply-to-honour",
    ]
    .map(str::to_owned)
    .into();
    settings.push(format!("mta=smtp://{login}:{password}@{ip}:{}", Postfix::SUBMISSION));
    settings.push(format!("tls-ca-file={}", house.ca_file().display()));
    settings.push(format!("from={} <{}>", writer.name, writer.address));
    if let Some(lines) = writer.signature {
        settings.push(format!("message-inject-tail=\\n-- \\n{}\\n", lines.replace('\n', "\\n")));
    }
    // `~Q` quotes where the text stands; the setting quotes before it.
    let quote = match writer.place {
        Place::Above => "\n~Q\n",
        Place::Below => {
            settings.push("quote".to_owned());
            "\n"
        }
    };
    let inbox = format!("imap://{login}:{password}@{ip}:{}/INBOX", Dovecot::IMAP);
    let mut command = vec!["s-nail", "-:/", "-#"];
    command.extend(settings.iter().flat_map(|s| ["-S", s.as_str()]));
    command.extend(["-f", inbox.as_str()]);
    let typed = format!("reply {number}\n\n{text}\n{quote}~.\nexit\n");
    run(home, &command, &typed).map(|output| said(&output))
}
