//! One session of the proxy: two streams, two directions.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UnixStream},
    sync::watch,
};

use super::{Direction, Fault, Plan, Server, Session, Shared};

type From = Box<dyn AsyncRead + Unpin + Send>;
type To = Box<dyn AsyncWrite + Unpin + Send>;

/// One side of a session.
struct Side {
    from: From,
    to: To,
    /// The same socket again, to be reset by.
    tcp: Option<TcpStream>,
}

impl Side {
    fn tcp(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let stream = stream.into_std()?;
        let again = TcpStream::from_std(stream.try_clone()?)?;
        // Not `into_split`: dropping a half of that kind ends its direction in order, and a reset would come too late.
        let (from, to) = tokio::io::split(TcpStream::from_std(stream)?);
        Ok(Self { from: Box::new(from), to: Box::new(to), tcp: Some(again) })
    }

    async fn server(server: &Server) -> io::Result<Self> {
        match server {
            Server::At(address) => Self::tcp(TcpStream::connect(address).await?),
            Server::Named(path) => {
                let (from, to) = UnixStream::connect(path).await?.into_split();
                Ok(Self { from: Box::new(from), to: Box::new(to), tcp: None })
            }
        }
    }
}

/// How the session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// One side is done, or the plan says so: the other hears of it.
    Orderly,
    Reset,
    /// Nothing passes any more until the client gives up.
    Silence,
}

/// Carries bytes until somebody ends it. Broken pipes are everybody's right.
pub(super) async fn carry(shared: Arc<Shared>, client: TcpStream) {
    let mut open = shared.open.subscribe();
    if open.wait_for(|open| *open).await.is_err() {
        return;
    }
    let Ok(client) = Side::tcp(client) else { return };
    let Ok(server) = Side::server(&shared.server).await else { return };
    let number = {
        let mut state = shared.state();
        let plan = state.plans.pop_front();
        state.sessions.push(Session { plan, ..Session::default() });
        state.sessions.len() - 1
    };
    let plan = shared.state().sessions.get(number).and_then(|s| s.plan);
    let ended = shared.ended.subscribe();
    drop(run(&shared, number, plan, client, server, ended).await);
    shared.note(number, |session| session.ended = true);
}

async fn run(
    shared: &Shared,
    number: usize,
    plan: Option<Plan>,
    client: Side,
    server: Side,
    mut ended: watch::Receiver<u64>,
) -> io::Result<()> {
    let of = |direction| plan.filter(|plan| plan.direction == direction);
    let way = |from, to, direction| Way { from, to, direction, plan: of(direction), passed: 0 };
    let mut up = way(client.from, server.to, Direction::ToServer);
    let mut down = way(server.from, client.to, Direction::ToClient);
    // What was said before this session is not about it.
    ended.mark_unchanged();
    let end = tokio::select! {
        end = up.pass(shared, number) => end,
        end = down.pass(shared, number) => end,
        _ = ended.changed() => Ok(End::Orderly),
    };
    match end.unwrap_or(End::Orderly) {
        End::Orderly => {
            drop((up.to.shutdown().await, down.to.shutdown().await));
            // Data that nobody reads would turn the orderly end into a reset.
            let reading = async { tokio::join!(drain(&mut up.from), drain(&mut down.from)) };
            drop(tokio::time::timeout(Duration::from_millis(200), reading).await);
            Ok(())
        }
        End::Reset => {
            for stream in [client.tcp, server.tcp].into_iter().flatten() {
                stream.set_zero_linger()?;
            }
            Ok(())
        }
        End::Silence => {
            // The client's bytes vanish; when it gives up, so does the session.
            tokio::select! {
                () = drain(&mut up.from) => {}
                _ = ended.changed() => {}
            }
            Ok(())
        }
    }
}

async fn drain(from: &mut From) {
    let mut ignored = [0; 4096];
    while let Ok(1..) = from.read(&mut ignored).await {}
}

struct Way {
    from: From,
    to: To,
    direction: Direction,
    plan: Option<Plan>,
    passed: u64,
}

impl Way {
    async fn pass(&mut self, shared: &Shared, number: usize) -> io::Result<End> {
        let mut buffer = vec![0; 16 << 10];
        let mut flowing = shared.flowing.subscribe();
        loop {
            let count = self.from.read(&mut buffer).await?;
            if count == 0 {
                return Ok(End::Orderly);
            }
            let piece = buffer.get(..count).unwrap_or_default();
            if flowing.wait_for(|flowing| *flowing).await.is_err() {
                return Ok(End::Orderly);
            }
            let before = self.passed;
            self.passed += count as u64;
            let (passed, direction) = (self.passed, self.direction);
            let strikes = self.plan.filter(|plan| plan.offset < passed);
            shared.note(number, |session| {
                match direction {
                    Direction::ToServer => session.to_server_bytes = passed,
                    Direction::ToClient => session.to_client_bytes = passed,
                }
                session.struck |= strikes.is_some();
            });
            let Some(Plan { offset, fault, .. }) = strikes else {
                self.to.write_all(piece).await?;
                continue;
            };
            self.plan = None;
            let at = usize::try_from(offset - before).unwrap_or(0);
            if let Some(end) = self.strike(piece, at, fault).await? {
                return Ok(end);
            }
        }
    }

    /// Passes a piece on with its fault; how the session ends, if it does.
    async fn strike(&mut self, piece: &[u8], at: usize, fault: Fault) -> io::Result<Option<End>> {
        let (head, tail) = piece.split_at(at.min(piece.len()));
        self.to.write_all(head).await?;
        let end = match fault {
            Fault::Cut => Some(End::Orderly),
            Fault::Reset => Some(End::Reset),
            Fault::Stall => Some(End::Silence),
            Fault::Mute => {
                drain(&mut self.from).await;
                Some(End::Orderly)
            }
            Fault::Flip(bits) => {
                let mut garbled = tail.to_vec();
                if let Some(first) = garbled.first_mut() {
                    *first ^= bits;
                }
                self.to.write_all(&garbled).await?;
                None
            }
            Fault::Insert(byte) => {
                self.to.write_all(&[&[byte], tail].concat()).await?;
                None
            }
            Fault::Omit => {
                self.to.write_all(tail.get(1..).unwrap_or_default()).await?;
                None
            }
            Fault::Drip { bytes, pause } => {
                self.drip(tail, bytes, pause).await?;
                None
            }
        };
        Ok(end)
    }

    async fn drip(&mut self, tail: &[u8], bytes: usize, pause: Duration) -> io::Result<()> {
        let (slow, rest) = tail.split_at(bytes.min(tail.len()));
        for byte in slow {
            self.to.write_all(&[*byte]).await?;
            tokio::time::sleep(pause).await;
        }
        self.to.write_all(rest).await?;
        let left = bytes - slow.len();
        if left == 0 || !rest.is_empty() {
            return Ok(());
        }
        // The rest of the drip falls on what comes next.
        let mut next = [0; 1];
        for _ in 0..left {
            if self.from.read(&mut next).await? == 0 {
                return Ok(());
            }
            self.passed += 1;
            self.to.write_all(&next).await?;
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }
}
