//! An SMTP session (RFC 5321) of a mail program: without TLS, with STARTTLS, or over TLS, with AUTH PLAIN (RFC 4616).

use std::{
    fmt, fs,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject};

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// An open session, past EHLO.
pub struct Submission {
    stream: BufReader<Box<dyn Stream>>,
}

impl fmt::Debug for Submission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Submission")
    }
}

impl Submission {
    /// Without TLS.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub fn plain(ip: Ipv4Addr, port: u16) -> io::Result<Self> {
        let mut session = Self { stream: BufReader::new(Box::new(connect(ip, port)?)) };
        session.expect(2)?;
        session.command("EHLO lab.test", 2)?;
        Ok(session)
    }

    /// STARTTLS first (RFC 3207); the certificate must come from this root.
    ///
    /// # Errors
    /// When the server cannot be reached, is not trusted, or refuses.
    pub fn starttls(ip: Ipv4Addr, port: u16, ca_file: &Path) -> io::Result<Self> {
        let socket = connect(ip, port)?;
        let mut clear = Self { stream: BufReader::new(Box::new(socket.try_clone()?)) };
        clear.expect(2)?;
        clear.command("EHLO lab.test", 2)?;
        clear.command("STARTTLS", 2)?;
        let mut session = Self { stream: BufReader::new(Box::new(secure(socket, ip, ca_file)?)) };
        session.command("EHLO lab.test", 2)?;
        Ok(session)
    }

    /// TLS from the first byte (RFC 8314 section 3.3).
    ///
    /// # Errors
    /// When the server cannot be reached, is not trusted, or refuses.
    pub fn implicit_tls(ip: Ipv4Addr, port: u16, ca_file: &Path) -> io::Result<Self> {
        let stream = secure(connect(ip, port)?, ip, ca_file)?;
        let mut session = Self { stream: BufReader::new(Box::new(stream)) };
        session.expect(2)?;
        session.command("EHLO lab.test", 2)?;
        Ok(session)
    }

    /// Logs in.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn login(&mut self, user: &str, password: &str) -> io::Result<()> {
        let response = base64(format!("\0{user}\0{password}").as_bytes());
        self.command(&format!("AUTH PLAIN {response}"), 2)
    }

    /// Sends one mail with one envelope; bare LF becomes CRLF, leading dots are doubled (section 4.5.2). An empty `from` is
    /// the null sender.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn send(&mut self, from: &str, to: &[&str], raw: &[u8]) -> io::Result<()> {
        self.command(&format!("MAIL FROM:<{from}>"), 2)?;
        for recipient in to {
            self.command(&format!("RCPT TO:<{recipient}>"), 2)?;
        }
        self.command("DATA", 3)?;
        let mut data = Vec::with_capacity(raw.len() + 64);
        for line in raw.strip_suffix(b"\n").unwrap_or(raw).split(|b| *b == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.starts_with(b".") {
                data.push(b'.');
            }
            data.extend_from_slice(line);
            data.extend_from_slice(b"\r\n");
        }
        data.extend_from_slice(b".\r\n");
        self.stream.get_mut().write_all(&data)?;
        self.expect(2)
    }

    fn command(&mut self, line: &str, class: u8) -> io::Result<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes())?;
        self.stream.get_mut().flush()?;
        self.expect(class)
    }

    /// Reads a reply to its last line; its first digit must be `class`.
    fn expect(&mut self, class: u8) -> io::Result<()> {
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the SMTP server hung up"));
            }
            if line.as_bytes().get(3) == Some(&b'-') {
                continue;
            }
            let wanted = line.as_bytes().first() == Some(&(b'0' + class));
            return if wanted { Ok(()) } else { Err(io::Error::other(line.trim_end().to_owned())) };
        }
    }
}

fn connect(ip: Ipv4Addr, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((ip, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}

fn secure(
    socket: TcpStream,
    ip: Ipv4Addr,
    ca_file: &Path,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(&fs::read(ca_file)?).map_err(io::Error::other)?;
    roots.add(ca).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::from(std::net::IpAddr::V4(ip));
    let session = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    Ok(StreamOwned::new(session, socket))
}

/// RFC 4648 section 4.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |w, b| w << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (word >> (18 - 6 * place)) & 63;
            let pad = place > chunk.len();
            out.push(if pad { '=' } else { char::from(ALPHABET[digit as usize]) });
        }
    }
    out
}

/// This moment as a `Date` field (RFC 5322 section 3.3), in UTC.
pub(crate) fn now() -> String {
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    mail_parser::DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0)).to_rfc822()
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_pads() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (plain, coded) in cases {
            assert_eq!(super::base64(plain.as_bytes()), coded);
        }
    }
}
