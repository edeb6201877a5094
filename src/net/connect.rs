//! From a server's name to a stream that may carry a password, or a reason why not.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, timeout_at},
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::{NetError, tls::client_config};
use crate::config::{ServerConfig, Tls};

/// A connection, encrypted or not.
#[derive(Debug)]
pub enum Stream {
    /// Only to this machine, or before STARTTLS.
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Connects to a server: every address of its name in turn, TLS at once when it is implicit, all within `within`.
///
/// With [`Tls::StartTls`] the stream is still plain: nothing secret may be written before [`Stream::upgrade`].
///
/// # Errors
/// [`NetError::Operator`] for an untrusted certificate, an unusable `ca_file` or host name, and for [`Tls::None`] when the
/// peer is not this machine; [`NetError::Temporary`] for everything that may pass.
pub async fn connect(server: &ServerConfig, within: Duration) -> Result<Stream, NetError> {
    let deadline = Instant::now() + within;
    // Before the network is touched: a wrong `ca_file` must not look like a network fault.
    let tls = match server.tls {
        Tls::Implicit => Some(client_config(server.ca_file.as_deref())?),
        Tls::StartTls | Tls::None => None,
    };
    let tcp = connect_tcp(server, deadline).await?;
    match tls {
        Some(tls) => handshake(tcp, server, tls, deadline).await,
        None => Ok(Stream::Plain(tcp)),
    }
}

impl Stream {
    /// Makes a plain stream a TLS stream, after the server agreed to STARTTLS.
    ///
    /// The caller has made sure that no byte received so far is unread: such bytes were injected before the encryption
    /// (RFC 3207 section 6 names the attack for SMTP; it is the same in IMAP).
    ///
    /// # Errors
    /// As [`connect`]; [`NetError::Temporary`] when the stream is TLS already.
    pub async fn upgrade(self, server: &ServerConfig, within: Duration) -> Result<Self, NetError> {
        let tls = client_config(server.ca_file.as_deref())?;
        match self {
            Self::Plain(tcp) => handshake(tcp, server, tls, Instant::now() + within).await,
            Self::Tls(_) => Err(NetError::Temporary("TLS is already in place".to_owned())),
        }
    }

    /// Whether what is written now can be read on the way.
    #[must_use]
    pub const fn is_encrypted(&self) -> bool {
        matches!(self, Self::Tls(_))
    }
}

async fn connect_tcp(server: &ServerConfig, deadline: Instant) -> Result<TcpStream, NetError> {
    let place = format!("{}:{}", server.host, server.port);
    let addresses: Vec<SocketAddr> =
        timeout_at(deadline, tokio::net::lookup_host((server.host.as_str(), server.port)))
            .await
            .map_err(|_| NetError::Temporary(format!("{place}: the name was not resolved in time")))?
            .map_err(|why| NetError::Temporary(format!("{place}: the name was not resolved: {why}")))?
            .collect();
    let mut last = NetError::Temporary(format!("{place}: the name has no address"));
    for (tried, address) in addresses.iter().enumerate() {
        if server.tls == Tls::None && !address.ip().is_loopback() {
            last = NetError::Operator(format!(
                "{place}: tls = \"none\" is for this machine only, and the name leads to {}; use \"implicit\" or \"starttls\"",
                address.ip()
            ));
            continue;
        }
        // A dead first address (IPv6 without a route) must leave time for the others.
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = Instant::now() + deadline.saturating_duration_since(Instant::now()) / left;
        last = match timeout_at(share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // Commands are small and answered one by one: Nagle would only add delay.
                let _ = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Ok(Err(why)) => NetError::Temporary(format!("{place}: {why}")),
            Err(_) => NetError::Temporary(format!("{place}: no connection in time")),
        };
    }
    Err(last)
}

async fn handshake(
    tcp: TcpStream,
    server: &ServerConfig,
    tls: Arc<ClientConfig>,
    deadline: Instant,
) -> Result<Stream, NetError> {
    let place = format!("{}:{}", server.host, server.port);
    let name = ServerName::try_from(server.host.clone()).map_err(|_| {
        NetError::Operator(format!("{place}: the host is no name that a certificate could carry"))
    })?;
    match timeout_at(deadline, TlsConnector::from(tls).connect(name, tcp)).await {
        Ok(Ok(stream)) => Ok(Stream::Tls(Box::new(stream))),
        Ok(Err(why)) => Err(handshake_error(&place, &why)),
        Err(_) => Err(NetError::Temporary(format!("{place}: the TLS handshake did not end in time"))),
    }
}

fn handshake_error(place: &str, why: &io::Error) -> NetError {
    let tls = why.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(reason)) => NetError::Operator(format!(
            "{place}: its certificate is not trusted: {reason}; if it is right, name its root in ca_file"
        )),
        _ => NetError::Temporary(format!("{place}: the TLS handshake failed: {why}")),
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
