//! A DNS server (RFC 1035) that answers TXT, MX and SRV (RFC 2782) from a map and NXDOMAIN to everything else, so that proofs
//! of senders and the search for servers need no network.

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

const MX: u16 = 15;
const TXT: u16 = 16;
const SRV: u16 = 33;

/// Names, each with its records: type and data.
type Zone = Arc<Mutex<BTreeMap<String, Vec<(u16, Vec<u8>)>>>>;

/// What a server was asked, and how it behaves.
#[derive(Debug, Default)]
struct Conduct {
    /// Names with their types, in the order in which they were asked.
    asked: Vec<(String, u16)>,
    /// Names below which nothing is answered.
    silent: Vec<String>,
    /// Seconds that an answer may be remembered; 0 stands for one.
    life: u8,
}

/// A running server.
#[derive(Debug)]
pub struct Dns {
    address: SocketAddr,
    zone: Zone,
    conduct: Arc<Mutex<Conduct>>,
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
        let conduct = Arc::<Mutex<Conduct>>::default();
        let shared = (Arc::clone(&zone), Arc::clone(&conduct));
        let server = std::thread::spawn(move || serve(&socket, &shared.0, &shared.1));
        Ok(Self { address, zone, conduct, server: Some(server) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Publishes a TXT record, in place of the one before.
    pub fn set_txt(&self, name: &str, text: &str) {
        let data = text.as_bytes().chunks(255).flat_map(character_string).collect();
        let mut zone = self.zone.lock().unwrap_or_else(PoisonError::into_inner);
        let records = zone.entry(name.to_lowercase()).or_default();
        records.retain(|(kind, _)| *kind != TXT);
        records.push((TXT, data));
    }

    /// Publishes one more MX record.
    pub fn add_mx(&self, name: &str, preference: u16, exchange: &str) {
        self.add(name, MX, [&preference.to_be_bytes()[..], &wire_name(exchange)].concat());
    }

    /// Publishes one more SRV record; an empty target says that there is no such service.
    pub fn add_srv(&self, name: &str, [priority, weight, port]: [u16; 3], target: &str) {
        let numbers: Vec<u8> = [priority, weight, port].iter().flat_map(|n| n.to_be_bytes()).collect();
        self.add(name, SRV, [numbers, wire_name(target)].concat());
    }

    /// From now on nothing is answered of this name and what stands below it; `""`: nothing at all.
    pub fn silence(&self, name: &str) {
        self.conduct().silent.push(name.to_lowercase());
    }

    /// Answers may be remembered for so many seconds; one by default, so that a test may change a record.
    pub fn set_life(&self, seconds: u8) {
        self.conduct().life = seconds;
    }

    /// How often the TXT record of a name was asked for.
    #[must_use]
    pub fn asked_txt(&self, name: &str) -> usize {
        let name = name.to_lowercase();
        self.conduct().asked.iter().filter(|(asked, kind)| *asked == name && *kind == TXT).count()
    }

    /// How many questions came.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.conduct().asked.len()
    }

    fn conduct(&self) -> MutexGuard<'_, Conduct> {
        self.conduct.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, name: &str, kind: u16, data: Vec<u8>) {
        let mut zone = self.zone.lock().unwrap_or_else(PoisonError::into_inner);
        zone.entry(name.to_lowercase()).or_default().push((kind, data));
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

fn serve(socket: &UdpSocket, zone: &Zone, conduct: &Mutex<Conduct>) {
    let mut packet = [0; 4096];
    while let Ok((length, peer)) = socket.recv_from(&mut packet) {
        if length == 0 {
            return;
        }
        let question = packet.get(..length).unwrap_or_default();
        if let Some(answer) = hears(question, conduct).and_then(|life| answer(question, zone, life)) {
            // A resolver that has gone away asks again.
            drop(socket.send_to(&answer, peer));
        }
    }
}

/// Notes the question. How long its answer may be remembered; `None`: it gets none.
fn hears(query: &[u8], conduct: &Mutex<Conduct>) -> Option<u8> {
    let (name, end) = read_name(query)?;
    let kind = u16::from_be_bytes(query.get(end..end + 2)?.try_into().ok()?);
    let mut conduct = conduct.lock().unwrap_or_else(PoisonError::into_inner);
    let is_silent = conduct.silent.iter().any(|silent| name.ends_with(silent.as_str()));
    conduct.asked.push((name, kind));
    (!is_silent).then_some(conduct.life.max(1))
}

/// The answer to a query with one question; `None` for what is no such query.
fn answer(query: &[u8], zone: &Zone, life: u8) -> Option<Vec<u8>> {
    let (name, end) = read_name(query)?;
    let question = query.get(12..end + 4)?;
    let asked = u16::from_be_bytes(query.get(end..end + 2)?.try_into().ok()?);
    let zone = zone.lock().unwrap_or_else(PoisonError::into_inner);
    let records = zone.get(&name);
    let found: Vec<&Vec<u8>> =
        records.into_iter().flatten().filter(|(kind, _)| *kind == asked).map(|(_, data)| data).collect();
    let mut out = query.get(..2)?.to_vec();
    // Response, authoritative, recursion available; rcode 3 (NXDOMAIN) unless the name exists.
    out.extend([0x85, if records.is_some() { 0x80 } else { 0x83 }]);
    out.extend([0, 1, 0, u8::try_from(found.len()).ok()?, 0, 0, 0, 0]);
    out.extend(question);
    for data in found {
        // The name as a pointer to the question (section 4.1.4), type, class IN, its life in seconds.
        out.extend([0xc0, 12]);
        out.extend(asked.to_be_bytes());
        out.extend([0, 1, 0, 0, 0, life]);
        out.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        out.extend(data);
    }
    Some(out)
}

/// A name as its labels, without compression; empty: the root.
fn wire_name(name: &str) -> Vec<u8> {
    let labels = name.split('.').filter(|label| !label.is_empty());
    let mut out: Vec<u8> = labels.flat_map(|label| character_string(label.as_bytes())).collect();
    out.push(0);
    out
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

    #[test]
    fn answers_all_records_of_a_type() {
        let lease = crate::address::Lease::new();
        let dns = Dns::start(lease.ip).unwrap();
        dns.add_mx("client.test", 10, "mx.client.test");
        dns.add_mx("client.test", 20, "mx2.client.test");
        dns.add_srv("_imaps._tcp.client.test", [1, 2, 993], "imap.client.test");
        let mx = ask(&dns, "client.test", 15);
        assert_eq!((mx[3] & 15, mx[7]), (0, 2));
        let srv = ask(&dns, "_imaps._tcp.client.test", 33);
        assert_eq!(srv[7], 1);
        assert!(srv.ends_with(b"\x00\x01\x00\x02\x03\xe1\x04imap\x06client\x04test\x00"));
    }
}
