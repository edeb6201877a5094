//! A DNS server (RFC 1035) that answers TXT from a map and NXDOMAIN to everything else, so that proofs of senders need no
//! network.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
};

type Zone = Arc<Mutex<BTreeMap<String, String>>>;

/// A running server.
#[derive(Debug)]
pub struct Dns {
    address: SocketAddr,
    zone: Zone,
    server: Option<JoinHandle<()>>,
}

impl Dns {
    /// Its UDP port.
    pub const PORT: u16 = 10053;

    /// Serves an empty zone on this address.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub fn start(ip: Ipv4Addr) -> io::Result<Self> {
        let address = SocketAddr::from((ip, Self::PORT));
        let socket = UdpSocket::bind(address)?;
        let zone = Zone::default();
        let shared = Arc::clone(&zone);
        let server = std::thread::spawn(move || serve(&socket, &shared));
        Ok(Self { address, zone, server: Some(server) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Publishes a TXT record.
    pub fn set_txt(&self, name: &str, text: &str) {
        self.zone.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_lowercase(), text.to_owned());
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        // An empty datagram ends the server's loop.
        let woken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|s| s.send_to(&[], self.address));
        if let (Ok(_), Some(server)) = (woken, self.server.take()) {
            drop(server.join());
        }
    }
}

fn serve(socket: &UdpSocket, zone: &Zone) {
    let mut packet = [0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut packet) {
        if length == 0 {
            return;
        }
        if let Some(answer) = packet.get(..length).and_then(|question| answer(question, zone)) {
            // A resolver that has gone away asks again.
            drop(socket.send_to(&answer, peer));
        }
    }
}

/// The answer to a query with one question; `None` for what is no such query.
fn answer(query: &[u8], zone: &Zone) -> Option<Vec<u8>> {
    const TXT: [u8; 2] = [0, 16];
    let (name, end) = read_name(query)?;
    let question = query.get(12..end + 4)?;
    let is_txt = query.get(end..end + 2)? == TXT;
    let records = zone.lock().unwrap_or_else(PoisonError::into_inner);
    let text = records.get(&name);
    let found = is_txt && text.is_some();
    let mut out = query.get(..2)?.to_vec();
    // Response, authoritative, recursion available; rcode 3 (NXDOMAIN) unless the name exists.
    out.extend([0x85, if text.is_some() { 0x80 } else { 0x83 }]);
    out.extend([0, 1, 0, u8::from(found), 0, 0, 0, 0]);
    out.extend(question);
    if let (true, Some(text)) = (found, text) {
        // The name as a pointer to the question (section 4.1.4), type, class IN, a life of one second.
        out.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1]);
        let data: Vec<u8> = text.as_bytes().chunks(255).flat_map(character_string).collect();
        out.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        out.extend(data);
    }
    Some(out)
}

/// Section 3.3: one length octet, then the octets.
fn character_string(chunk: &[u8]) -> Vec<u8> {
    let length = u8::try_from(chunk.len()).unwrap_or(u8::MAX);
    std::iter::once(length).chain(chunk.iter().copied()).collect()
}

/// The question's name, lower case with dots, and the offset behind it.
fn read_name(query: &[u8]) -> Option<(String, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_lowercase());
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(name: &str, kind: u8) -> Vec<u8> {
        let mut q = vec![7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            q.extend(character_string(label.as_bytes()));
        }
        q.extend([0, 0, kind, 0, 1]);
        q
    }

    fn ask(dns: &Dns, name: &str, kind: u8) -> Vec<u8> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket.send_to(&query(name, kind), dns.address()).unwrap();
        let mut packet = [0; 4096];
        let length = socket.recv(&mut packet).unwrap();
        packet[..length].to_vec()
    }

    #[test]
    fn answers_txt_no_data_and_nxdomain() {
        let lease = crate::address::Lease::new();
        let dns = Dns::start(lease.ip).unwrap();
        let long = "v=DKIM1; p=".to_owned() + &"A".repeat(300);
        dns.set_txt("S1._domainkey.Client.test", &long);
        let found = ask(&dns, "s1._DomainKey.client.test", 16);
        assert_eq!((found[3] & 15, found[7]), (0, 1));
        // 311 octets and two length octets.
        let data = &found[found.len() - 313..];
        assert_eq!((data[0], data[256]), (255, 56));
        assert!(data.windows(8).any(|w| w == b"v=DKIM1;"));
        let no_data = ask(&dns, "s1._domainkey.client.test", 1);
        assert_eq!((no_data[3] & 15, no_data[7]), (0, 0));
        assert_eq!(ask(&dns, "_dmarc.client.test", 16)[3] & 15, 3);
    }
}
