//! A PostgreSQL server that commits a window and whose answer never arrives.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use maildesk_lab::{availability, postgres::Postgres, scripted_imap::ScriptedImap};

use crate::scene::{mbox, question, scene_on};

/// What a window of an import says to the server before its commit.
const OF_A_WINDOW: &[u8] = b"INSERT INTO import_item";
/// As a query of its own (<https://www.postgresql.org/docs/15/protocol-message-formats.html>).
const COMMIT: &[u8] = b"COMMIT\0";

/// Passes everything on, but for the answer to the first commit of a window. Tells whether that was.
fn relay(server: PathBuf) -> (u16, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let lost = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&lost);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = UnixStream::connect(&server).unwrap();
            pass(client, server, &lost);
        }
    });
    (port, told)
}

fn pass(client: TcpStream, server: UnixStream, lost: &Arc<AtomicBool>) {
    let ends_now = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
    let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
    let (ends, lost) = (Arc::clone(&ends_now), Arc::clone(lost));
    thread::spawn(move || {
        let (mut bytes, mut is_window) = (vec![0; 1 << 20], false);
        while let Ok(length @ 1..) = from_client.read(&mut bytes) {
            let said = &bytes[..length];
            is_window |= memchr::memmem::find(said, OF_A_WINDOW).is_some();
            if is_window && memchr::memmem::find(said, COMMIT).is_some() && !lost.swap(true, Ordering::SeqCst)
            {
                ends.store(true, Ordering::SeqCst);
            }
            if to_server.write_all(said).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_server.read(&mut bytes) {
            // The server has answered: it has committed.
            if ends_now.load(Ordering::SeqCst) || to_client.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
}

#[test]
fn a_commit_whose_answer_is_lost_has_happened() {
    if !availability::postgres() {
        return;
    }
    let direct = Postgres::shared().database().unwrap();
    let (base, folder) = direct.split_once("?host=").unwrap();
    let (port, lost) = relay(PathBuf::from(folder).join(".s.PGSQL.5432"));
    let url = format!("{}?sslmode=disable", base.replace("@localhost/", &format!("@127.0.0.1:{port}/")));
    let scene = scene_on(ScriptedImap::builder(), Some(url));
    let mails: Vec<String> =
        (1..=9).map(|n| question(n, &format!("m{n}@acme.test"), &format!("c{n}@acme.test")).text()).collect();
    let file = scene.file("old.mbox", mbox(&mails));
    let summary = scene.import_path(&file);
    assert!(lost.load(Ordering::SeqCst), "no commit of a window was seen");
    assert_eq!(
        (&summary["tickets"], &summary["duplicates"], &summary["quarantined"]),
        (&9.into(), &0.into(), &0.into()),
        "{summary}"
    );
    assert_eq!(scene.desk.tickets().unwrap().len(), 9);
    let again = scene.import_path(&file);
    assert_eq!((&again["taken_before"], &again["tickets"]), (&9.into(), &0.into()), "{again}");
    scene.desk.finish().unwrap();
}
