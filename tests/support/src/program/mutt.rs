//! mutt, in the terminal that script(1) gives it; its editor is a shell script that adds the text.

use std::{fs, io, os::unix::fs::PermissionsExt, path::Path};

use super::{Place, Writer, run, said};
use crate::{dovecot::Dovecot, house::House, postfix::Postfix};

pub(super) fn answer(
    house: &House,
    home: &Path,
    writer: &Writer<'_>,
    number: usize,
    text: &str,
) -> io::Result<String> {
    fs::write(home.join("text"), format!("{text}\n\n"))?;
    let add = match writer.place {
        Place::Above => "cat text \"$1\"",
        // Between the quote and the signature.
        Place::Below => "sed '/^-- $/,$d' \"$1\"; cat text; sed -n '/^-- $/,$p' \"$1\"",
    };
    // TLS is switched on before it sends: while reading, it would ask about the unknown root.
    let settings = format!(
        "set ssl_starttls=no ssl_force_tls=no\n\
         push \"{number}<enter><reply><enter-command>set ssl_starttls=yes ssl_force_tls=yes<enter><send-message><quit>\""
    );
    let edit = format!("{{ {add}; }} > \"$1.new\" && mv \"$1.new\" \"$1\"");
    start(house, home, writer, &edit, &settings, "")
}

/// A browser that is told to use mutt starts it so. It forgets keys that were typed ahead of its editor, and a hook types
/// behind it.
pub(super) fn tap(house: &House, home: &Path, writer: &Writer<'_>, link: &str) -> io::Result<String> {
    let settings = "set ssl_starttls=yes ssl_force_tls=yes autoedit=yes edit_headers=yes\n\
        send2-hook . \"push <send-message>\"";
    start(house, home, writer, "true", settings, &format!("'{link}'"))
}

/// `edit` is what its editor does.
fn start(
    house: &House,
    home: &Path,
    writer: &Writer<'_>,
    edit: &str,
    settings: &str,
    arguments: &str,
) -> io::Result<String> {
    let editor = home.join("editor");
    fs::write(&editor, format!("#!/bin/sh\n{edit}\n"))?;
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755))?;
    let rc = home.join("muttrc");
    fs::write(&rc, format!("{}{settings}\n", muttrc(house, home, writer)?))?;
    let shell = format!("mutt -F {} {arguments}", rc.display());
    run(home, &["script", "-qec", &shell, "/dev/null"], "").map(|output| said(&output))
}

/// Everything but TLS and keys.
fn muttrc(house: &House, home: &Path, writer: &Writer<'_>) -> io::Result<String> {
    let (ip, ca, editor) = (house.dovecot.ip(), house.ca_file(), home.join("editor"));
    let (imap, submission, password) =
        (Dovecot::IMAP, Postfix::SUBMISSION, house.dovecot.password(writer.address));
    let (ca, editor, home_shown) = (ca.display(), editor.display(), home.display());
    let (address, name, login) = (writer.address, writer.name, writer.address.replace('@', "%40"));
    let signature = match writer.signature {
        Some(lines) => {
            fs::write(home.join("signature"), format!("{lines}\n"))?;
            let on_top = if writer.place == Place::Above { "yes" } else { "no" };
            format!("set signature={home_shown}/signature sig_on_top={on_top}")
        }
        None => "unset signature".to_owned(),
    };
    Ok(format!(
        "set folder=imap://{login}:{password}@{ip}:{imap}/ spoolfile=+INBOX imap_pass={password}
set certificate_file={ca} ssl_ca_certificates_file={ca} ssl_verify_host=no
set smtp_url=smtp://{address}@{ip}:{submission}/ smtp_pass={password} smtp_authenticators=plain
set from={address} realname=\"{name}\" use_from=yes hostname=desk.test record=\"\" editor={editor} tmpdir={home_shown}
set fast_reply=yes include=yes abort_unmodified=no copy=no delete=no mark_old=no quit=yes charset=utf-8 send_charset=utf-8
set reply_to=yes wait_key=no header_cache=\"\" message_cachedir=\"\" mbox=\"\" edit_headers=no sort=mailbox-order
{signature}
"
    ))
}
