//! The DNS resolver for the proof of senders and for `check`. Connecting itself uses the system's resolver.

use std::{net::SocketAddr, time::Duration};

use hickory_resolver::{
    TokioResolver,
    config::{NameServerConfig, ResolverConfig},
    net::runtime::TokioRuntimeProvider,
};

use super::NetError;

/// One attempt of one query. A message waits for DKIM, DMARC and SPF look-ups, so a dead server must cost seconds.
const QUERY_TIMEOUT: Duration = Duration::from_secs(3);
const ATTEMPTS: usize = 2;

/// A resolver that asks `server` (UDP, and TCP when the answer does not fit), or what `/etc/resolv.conf` names.
///
/// # Errors
/// [`NetError::Operator`] when the system's configuration is unreadable or names no server.
pub fn resolver(server: Option<SocketAddr>) -> Result<TokioResolver, NetError> {
    let wrong = |why: &dyn std::fmt::Display| {
        NetError::Operator(format!("DNS: {why}; set [trust] resolver or repair /etc/resolv.conf"))
    };
    let mut builder = match server {
        Some(address) => {
            let mut name_server = NameServerConfig::udp_and_tcp(address.ip());
            for connection in &mut name_server.connections {
                connection.port = address.port();
            }
            let config = ResolverConfig::from_name_servers(vec![name_server]);
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
        }
        None => TokioResolver::builder_tokio().map_err(|why| wrong(&why))?,
    };
    let options = builder.options_mut();
    options.timeout = QUERY_TIMEOUT;
    options.attempts = ATTEMPTS;
    builder.build().map_err(|why| wrong(&why))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[tokio::test]
    async fn a_named_server_is_asked_on_its_port() {
        let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let resolver = resolver(Some(socket.local_addr().unwrap())).unwrap();
        let asking = tokio::spawn(async move { resolver.txt_lookup("_dmarc.client.test.").await });
        let mut query = [0; 512];
        let (length, _) = socket.recv_from(&mut query).await.unwrap();
        assert!(query[..length].windows(6).any(|w| w == b"client"));
        asking.abort();
    }
}
