//! A real Postfix 3.7 beside a [`Dovecot`]: an MX for mail from outside, and submission with a login over STARTTLS and over
//! implicit TLS, whose mails carry the proof that [`PolicyServer`] writes. All domains are delivered to Dovecot by LMTP.
//!
//! Traps: a config file younger than two seconds makes Postfix wait, so the files are back-dated; `postfix check` would make
//! the queue directories but sleeps, so they are made here; `inet_interfaces` cannot hold a leased address that Postfix did
//! not see at start, so the addresses stand in `master.cf`; `master` insists on root and leads its own session.
//!
//! An `Authentication-Results` under our own name that comes from outside is removed (RFC 8601 section 5), by a cleanup
//! service that only the MX port uses; the one that the policy service writes stands above Postfix's own Received line.

use std::{
    fs, io,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use crate::{
    dovecot::Dovecot,
    opendkim::OpenDkim,
    policy::PolicyServer,
    process::{Group, group_id, user_ids, wait_for_greeting},
    rspamd::Rspamd,
};

/// A running server. Dropped: killed and removed.
#[derive(Debug)]
pub struct Postfix {
    process: Option<Group>,
    folder: TempDir,
}

/// What differs between one Postfix and another.
#[derive(Debug, Clone, Copy)]
pub struct PostfixOptions<'a> {
    /// Domains whose mail goes to Dovecot.
    pub domains: &'a [&'a str],
    /// The name under which it writes and removes `Authentication-Results`.
    pub authserv_id: &'a str,
    /// Whether forged ones from outside are removed at the border.
    pub strip_forged: bool,
    /// Mail from outside passes a [`Rspamd`] at Dovecot's address.
    pub filtered: bool,
    /// What shows that a mail was submitted with a login.
    pub mark: LoginMark,
}

/// What a server does to a mail that was submitted with a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoginMark {
    /// [`PolicyServer`] writes `auth=pass`.
    #[default]
    AuthPass,
    /// [`OpenDkim`] signs it; nobody writes `Authentication-Results`.
    Signature,
    /// Nothing: the mail proves nothing.
    Nothing,
}

impl Postfix {
    /// For mail from outside, without TLS or login.
    pub const SMTP: u16 = 10025;
    /// Submission with STARTTLS and login.
    pub const SUBMISSION: u16 = 10588;
    /// Submission over TLS with login.
    pub const SUBMISSIONS: u16 = 10465;

    /// Starts a server at Dovecot's address; a [`PolicyServer`], or what else marks mails, must be listening there.
    ///
    /// # Errors
    /// What failed, with Postfix's own log.
    pub fn start(dovecot: &Dovecot, options: &PostfixOptions<'_>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("mp").rand_bytes(5).tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        write_config(folder.path(), dovecot, options)?;
        make_queue(folder.path())?;
        let mut server = Self { process: None, folder };
        server.run(dovecot)?;
        Ok(server)
    }

    /// Kills the server; its queue stays.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again after [`Postfix::stop`].
    ///
    /// # Errors
    /// What failed, with Postfix's own log.
    pub fn run(&mut self, dovecot: &Dovecot) -> io::Result<()> {
        let etc = self.folder.path().join("etc");
        let mut command = Command::new("/usr/lib/postfix/sbin/master");
        command.arg("-d").arg("-c").arg(etc).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(Group::spawn(&mut command)?);
        wait_for_greeting(dovecot.ip(), Self::SMTP, b"220", Duration::from_secs(20))
            .map_err(|e| io::Error::other(format!("Postfix is not ready: {e}\n{}", self.log())))
    }

    /// Everything that it logged.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default()
    }
}

fn write_config(folder: &Path, dovecot: &Dovecot, options: &PostfixOptions<'_>) -> io::Result<()> {
    let etc = folder.join("etc");
    fs::create_dir(&etc)?;
    let forged =
        format!("/^Authentication-Results:\\s*{}\\b/ IGNORE\n", options.authserv_id.replace('.', "\\."));
    let files = [
        ("main.cf", main_cf(folder, dovecot, options)),
        ("master.cf", master_cf(dovecot, options)),
        ("forged", forged),
    ];
    for (name, content) in files {
        let path = etc.join(name);
        fs::write(&path, content)?;
        fs::File::options()
            .write(true)
            .open(&path)?
            .set_modified(SystemTime::now() - Duration::from_secs(60))?;
    }
    Ok(())
}

fn main_cf(folder: &Path, dovecot: &Dovecot, options: &PostfixOptions<'_>) -> String {
    let (d, tls, ip) = (folder.display(), dovecot.folder().display(), dovecot.ip());
    let (lmtp, sasl, name) = (Dovecot::LMTP, Dovecot::SASL, options.authserv_id);
    let domains = options.domains.join(" ");
    format!(
        "compatibility_level = 3.6
service_throttle_time = 1s
queue_directory = {d}/q
data_directory = {d}/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {d}/mail.log
maillog_file_prefixes = {d}
multi_instance_name = postfix-lab
multi_instance_enable = yes
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {name}
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = static:OK
virtual_transport = lmtp:inet:{ip}:{lmtp}
smtp_dns_support_level = disabled
disable_dns_lookups = yes
smtputf8_enable = yes
recipient_delimiter = +
smtpd_tls_cert_file = {tls}/server.pem
smtpd_tls_key_file = {tls}/server.key
smtpd_tls_security_level = may
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:{ip}:{sasl}
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
message_size_limit = 41943040
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maximal_queue_lifetime = 6s
bounce_queue_lifetime = 6s
in_flow_delay = 0
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
"
    )
}

fn master_cf(dovecot: &Dovecot, options: &PostfixOptions<'_>) -> String {
    let ip = dovecot.ip();
    let (smtp, submission, submissions) = (Postfix::SMTP, Postfix::SUBMISSION, Postfix::SUBMISSIONS);
    let border = if options.strip_forged { "-o cleanup_service_name=border" } else { "" };
    let mark = match options.mark {
        LoginMark::AuthPass => {
            format!(
                "-o {{ smtpd_data_restrictions = check_policy_service inet:{ip}:{} }}",
                PolicyServer::PORT
            )
        }
        LoginMark::Signature => {
            format!("-o smtpd_milters=inet:{ip}:{} -o milter_default_action=tempfail", OpenDkim::PORT)
        }
        LoginMark::Nothing => String::new(),
    };
    let milter = if options.filtered {
        format!("-o smtpd_milters=inet:{ip}:{} -o milter_default_action=tempfail", Rspamd::MILTER)
    } else {
        String::new()
    };
    let login = format!(
        "-o smtpd_sasl_auth_enable=yes -o smtpd_tls_security_level=encrypt -o smtpd_tls_auth_only=yes \
         -o smtpd_relay_restrictions=permit_sasl_authenticated,reject \
         -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject {mark}"
    );
    format!(
        "{ip}:{smtp} inet n - n - - smtpd {border} {milter}
{ip}:{submission} inet n - n - - smtpd {login}
{ip}:{submissions} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {login}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
border unix n - n - 0 cleanup -o header_checks=regexp:$config_directory/forged
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"
    )
}

/// The directories that `postfix check` would make, with the owners that it would give them.
fn make_queue(folder: &Path) -> io::Result<()> {
    const QUEUES: [&str; 14] = [
        "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved",
        "trace", "pid", "public", "maildrop",
    ];
    let (postfix, _) = user_ids("postfix")?;
    let postdrop = group_id("postdrop")?;
    let queue = folder.join("q");
    fs::create_dir(&queue)?;
    fs::create_dir(folder.join("data"))?;
    chown(folder.join("data"), Some(postfix), None)?;
    for name in QUEUES {
        let path = queue.join(name);
        fs::create_dir(&path)?;
        let (group, mode) = match name {
            "public" => (Some(postdrop), 0o710),
            "maildrop" => (Some(postdrop), 0o1730),
            "pid" => (None, 0o755),
            _ => (None, 0o700),
        };
        if name != "pid" {
            chown(&path, Some(postfix), group)?;
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
    }
    Ok(())
}
