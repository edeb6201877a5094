//! Loopback addresses: all of 127.0.0.0/8 is local on Linux, so every server gets an address of its own and fixed ports, and
//! parallel tests never race for ports.

use std::{
    net::{Ipv4Addr, TcpListener},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// An address of our own for as long as this value lives: the held listener on port 9999 is the lease.
#[derive(Debug)]
pub struct Lease {
    pub ip: Ipv4Addr,
    _held: TcpListener,
}

impl Lease {
    /// Leases a free address.
    ///
    /// # Panics
    /// When 1,000 candidates are all taken.
    #[must_use]
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.subsec_nanos())
            ^ process::id().rotate_left(16);
        for _ in 0..1000 {
            let n = seed.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).wrapping_mul(2_654_435_761));
            let [a, b, c, _] = n.to_be_bytes();
            let ip = Ipv4Addr::new(127, 1 + a % 254, b, 1 + c % 254);
            if let Ok(held) = TcpListener::bind((ip, 9999)) {
                return Self { ip, _held: held };
            }
        }
        panic!("no free loopback address");
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self::new()
    }
}
