//! A TCP proxy that knows bytes only: at the n-th byte of one direction it cuts, resets, stalls, garbles or dawdles.
//!
//! It knows no protocol. Each accepted connection is a session; what is to go wrong with the next ones is said beforehand, and
//! sessions beyond that pass untouched. It can hold new connections back, so that things can be prepared between sessions.

mod session;

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::address::Lease;

const PORT: u16 = 10100;

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    ToServer,
    ToClient,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Both sides see an orderly end (FIN) once the bytes before it have arrived.
    Cut,
    /// Both sides see a reset (RST).
    Reset,
    /// From here on no byte passes either way, and the connection stays open.
    Stall,
    /// From here on no byte passes this way; the other way goes on.
    Mute,
    /// This byte has these bits flipped.
    Flip(u8),
    /// This byte comes before the one that belongs here.
    Insert(u8),
    /// The byte does not come.
    Omit,
    /// From here on each of so many bytes is a write of its own with a pause after it.
    Drip { bytes: usize, pause: Duration },
}

impl Fault {
    /// Whether what arrives is not what was sent.
    #[must_use]
    pub const fn garbles(self) -> bool {
        matches!(self, Self::Flip(_) | Self::Insert(_) | Self::Omit)
    }
}

/// What is to go wrong with one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    pub direction: Direction,
    /// The first byte of the direction is 0.
    pub offset: u64,
    pub fault: Fault,
}

/// What stands behind the proxy.
#[derive(Debug, Clone)]
pub enum Server {
    At(SocketAddr),
    /// A Unix socket.
    Named(PathBuf),
}

/// What is known of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Session {
    pub to_server_bytes: u64,
    pub to_client_bytes: u64,
    pub plan: Option<Plan>,
    /// The plan's offset was reached.
    pub struck: bool,
    pub ended: bool,
}

impl Session {
    /// Bytes that passed one way.
    #[must_use]
    pub const fn bytes(&self, direction: Direction) -> u64 {
        match direction {
            Direction::ToServer => self.to_server_bytes,
            Direction::ToClient => self.to_client_bytes,
        }
    }
}

#[derive(Debug)]
struct State {
    plans: VecDeque<Plan>,
    sessions: Vec<Session>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    server: Server,
    /// Bytes pass.
    flowing: watch::Sender<bool>,
    /// New connections pass.
    open: watch::Sender<bool>,
    /// Grows to end all sessions that are open then.
    ended: watch::Sender<u64>,
    /// Grows with whatever happens.
    happened: watch::Sender<u64>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, session: usize, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.state().sessions.get_mut(session) {
            change(session);
        }
        self.happened.send_modify(|count| *count += 1);
    }
}

/// A running proxy; dropping it ends it and its sessions.
#[derive(Debug)]
pub struct Proxy {
    lease: Lease,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Listens on an address of its own, in front of this server.
    ///
    /// # Panics
    /// When the address cannot be bound.
    pub async fn start(server: Server) -> Self {
        let lease = Lease::new();
        let listener = TcpListener::bind((lease.ip, PORT)).await.expect("a leased address is free");
        let shared = Arc::new(Shared {
            state: Mutex::new(State { plans: VecDeque::new(), sessions: Vec::new() }),
            server,
            flowing: watch::Sender::new(true),
            open: watch::Sender::new(true),
            ended: watch::Sender::new(0),
            happened: watch::Sender::new(0),
        });
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(session::carry(Arc::clone(&serving), client));
            }
        });
        Self { lease, shared, task }
    }

    #[must_use]
    pub const fn ip(&self) -> Ipv4Addr {
        self.lease.ip
    }

    #[must_use]
    pub const fn port(&self) -> u16 {
        PORT
    }

    /// One more session to go wrong, after those that are planned already.
    pub fn plan(&self, plan: Plan) {
        self.shared.state().plans.push_back(plan);
    }

    /// Plans that no session has met with yet are given up.
    pub fn forget_plans(&self) {
        self.shared.state().plans.clear();
    }

    /// New connections are accepted and get no byte until [`Proxy::release`]: they meet with what is planned then.
    pub fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    pub fn release(&self) {
        self.shared.open.send_replace(true);
    }

    /// Bytes of all sessions wait here until [`Proxy::thaw`]: then they arrive, however late.
    pub fn freeze(&self) {
        self.shared.flowing.send_replace(false);
    }

    pub fn thaw(&self) {
        self.shared.flowing.send_replace(true);
    }

    /// Ends all open sessions in an orderly way.
    pub fn end_all(&self) {
        self.shared.ended.send_modify(|count| *count += 1);
    }

    /// All sessions so far, in the order in which they were let through.
    #[must_use]
    pub fn sessions(&self) -> Vec<Session> {
        self.shared.state().sessions.clone()
    }

    /// Waits until the sessions satisfy the condition; false after `limit`.
    pub async fn wait_for(&self, limit: Duration, condition: impl Fn(&[Session]) -> bool) -> bool {
        let mut happened = self.shared.happened.subscribe();
        let waiting = happened.wait_for(|_| condition(&self.shared.state().sessions));
        tokio::time::timeout(limit, waiting).await.is_ok()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.end_all();
    }
}
