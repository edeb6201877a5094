//! The proxy in front of an echo.

use std::time::Duration;

use maildesk_lab::proxy::{
    Direction::{ToClient, ToServer},
    Fault, Plan, Proxy, Server,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const SENT: &[u8] = b"0123456789";

async fn echo() -> Proxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                drop(tokio::io::copy(&mut from, &mut to).await);
            });
        }
    });
    Proxy::start(Server::At(server)).await
}

/// Sends [`SENT`] and reads until so many bytes came, or the end.
async fn said(proxy: &Proxy, bytes: usize) -> (Vec<u8>, std::io::Result<usize>) {
    let mut stream = TcpStream::connect((proxy.ip(), proxy.port())).await.unwrap();
    stream.write_all(SENT).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < bytes {
        match stream.read_buf(&mut heard).await {
            Ok(0) => return (heard, Ok(0)),
            Ok(_) => {}
            Err(why) => return (heard, Err(why)),
        }
    }
    (heard, Ok(bytes))
}

#[tokio::test]
async fn what_is_planned_happens_to_the_next_session_alone() {
    let proxy = echo().await;
    for (fault, heard) in [
        (Fault::Flip(1), &b"0122456789"[..]),
        (Fault::Insert(b'x'), b"012x3456789"),
        (Fault::Omit, b"012456789"),
        (Fault::Drip { bytes: 4, pause: Duration::ZERO }, SENT),
    ] {
        for direction in [ToServer, ToClient] {
            proxy.plan(Plan { direction, offset: 3, fault });
            let (got, _) = said(&proxy, heard.len()).await;
            assert_eq!(got, heard, "{fault:?} {direction:?}");
            assert!(proxy.sessions().last().unwrap().struck);
            assert_eq!(said(&proxy, SENT.len()).await.0, SENT, "the next one is whole");
        }
    }
    proxy.plan(Plan { direction: ToClient, offset: 3, fault: Fault::Cut });
    let (got, end) = said(&proxy, SENT.len()).await;
    assert_eq!((got.as_slice(), end.unwrap()), (&b"012"[..], 0));
    proxy.plan(Plan { direction: ToServer, offset: 3, fault: Fault::Cut });
    assert_eq!(said(&proxy, SENT.len()).await.1.unwrap(), 0);
    proxy.plan(Plan { direction: ToClient, offset: 3, fault: Fault::Reset });
    assert!(said(&proxy, SENT.len()).await.1.is_err());
}

#[tokio::test]
async fn a_stalled_session_stays_open_and_says_no_more() {
    let proxy = echo().await;
    for fault in [Fault::Stall, Fault::Mute] {
        proxy.plan(Plan { direction: ToClient, offset: 3, fault });
        let silent = tokio::time::timeout(Duration::from_millis(100), said(&proxy, SENT.len())).await;
        assert!(silent.is_err(), "{fault:?}");
    }
}

#[tokio::test]
async fn held_and_frozen_bytes_come_later() {
    let proxy = echo().await;
    proxy.hold();
    let waiting = said(&proxy, SENT.len());
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut waiting).await.is_err());
    proxy.release();
    assert_eq!(waiting.await.0, SENT);
    proxy.freeze();
    let waiting = said(&proxy, SENT.len());
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut waiting).await.is_err());
    proxy.thaw();
    assert_eq!(waiting.await.0, SENT);
}
