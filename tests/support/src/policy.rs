//! A Postfix policy service (SMTPD_POLICY_README): it writes `Authentication-Results: …; auth=pass smtp.auth=USER` (RFC 8601
//! section 2.7.4) into every mail that was submitted with a login, which proves an agent who uses an ordinary mail program.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

/// A running policy service; one thread a connection, as Postfix keeps them open.
#[derive(Debug)]
pub struct PolicyServer {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl PolicyServer {
    /// Its port.
    pub const PORT: u16 = 10031;

    /// Serves on this address; `authserv_id` is the name that it writes under.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub fn start(ip: Ipv4Addr, authserv_id: &str) -> io::Result<Self> {
        let address = SocketAddr::from((ip, Self::PORT));
        let listener = TcpListener::bind(address)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, id) = (Arc::clone(&stop), authserv_id.to_owned());
        let acceptor = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                if let Ok(stream) = stream {
                    let id = id.clone();
                    // A connection that Postfix closes ends its thread; nothing else depends on it.
                    std::thread::spawn(move || drop(serve(&stream, &id)));
                }
            }
        });
        Ok(Self { address, stop, acceptor: Some(acceptor) })
    }
}

impl Drop for PolicyServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // The acceptor wakes for one more connection and sees the flag.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
    }
}

/// Requests are `name=value` lines ended by an empty line; each gets one action and an empty line.
fn serve(stream: &TcpStream, authserv_id: &str) -> io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut user = String::new();
    for line in BufReader::new(stream).lines() {
        let line = line?;
        if let Some(name) = line.strip_prefix("sasl_username=") {
            name.clone_into(&mut user);
        }
        if line.is_empty() {
            out.write_all(action(authserv_id, &std::mem::take(&mut user)).as_bytes())?;
        }
    }
    Ok(())
}

fn action(authserv_id: &str, user: &str) -> String {
    if user.is_empty() {
        "action=DUNNO\n\n".to_owned()
    } else {
        format!("action=PREPEND Authentication-Results: {authserv_id}; auth=pass smtp.auth={user}\n\n")
    }
}
