//! Trouble with the store, and what a process that ended left in it.

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use maildesk::store::{FolderKey, Keep, Store};
use maildesk_lab::{scripted_imap::ScriptedImap, scripted_smtp::ScriptedSmtp};
use sqlx::{Connection, SqliteConnection};

use crate::scene::{Scene, address, filled, letter, options, scene};

fn url(scene: &Scene) -> String {
    format!("sqlite://{}", scene.desk.folder().join("maildesk.db").display())
}

#[test]
fn while_another_process_locks_the_store_mail_waits() {
    let mut scene = scene(filled(2), ScriptedSmtp::script(), &options());
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2]);
    let mut other = scene.runtime.block_on(SqliteConnection::connect(&url(&scene))).unwrap();
    scene.runtime.block_on(sqlx::query("BEGIN EXCLUSIVE").execute(&mut other)).unwrap();
    let fetched = scene.imap.count("UID FETCH");
    scene.imap.deliver(3, &letter(3));
    scene.wait_for_command("UID FETCH", fetched + 2);
    // The fault itself: so long nobody can write.
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        assert_eq!(scene.to(&address(3)).len(), 0, "nothing leaves before it is written down");
        std::thread::sleep(Duration::from_millis(50));
    }
    scene.runtime.block_on(sqlx::query("COMMIT").execute(&mut other)).unwrap();
    scene.runtime.block_on(other.close()).unwrap();
    scene.assert_each_once(&[1, 2, 3]);
    assert_eq!(scene.imap.logins(), 1, "the session was kept");
    scene.finish();
}

/// Keeps letters in the store as a process would that ended before it decided on them, so many times.
fn leave_undecided(scene: &Scene, letters: &[(u32, u32)]) {
    scene.runtime.block_on(async {
        let store = Store::open(&url(scene)).await.unwrap();
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let key = FolderKey { mailbox: "support".into(), folder: "INBOX".into(), uid_validity: 1 };
        store.begin_folder(&key, 0, now).await.unwrap();
        for (n, ended) in letters {
            let keep = Keep { uid: *n, received_at: now, bytes: letter(*n).into(), oversized_bytes: None };
            let kept = store.keep(&key, &[keep], now).await.unwrap();
            for _ in 0..*ended {
                store.count_attempt("support", &[kept[0].1]).await.unwrap();
            }
        }
        store.close().await;
    });
}

#[test]
fn what_was_kept_and_not_decided_is_decided_at_the_next_start() {
    let mut scene = scene(filled(4), ScriptedSmtp::script(), &options());
    leave_undecided(&scene, &[(1, 0), (2, 1), (3, 2)]);
    scene.allow_complaints();
    scene.desk.start().unwrap();
    scene.assert_each_once(&[1, 2, 4]);
    let rows = scene.desk.quarantine().unwrap();
    assert_eq!((rows.len(), &rows[0]["uid"]), (1, &3.into()), "{rows:?}");
    assert!(rows[0]["reason"].as_str().unwrap().contains("ended twice"), "{rows:?}");
    scene.wait_for_alert("quarantined");
    assert!(scene.imap.mails("INBOX").iter().all(|(uid, flags)| flags.is_empty() == (*uid == 3)));

    assert!(scene.desk.run(&["quarantine", "retry", &rows[0]["raw"].to_string()]).unwrap().status.success());
    scene.assert_each_once(&[1, 2, 3, 4]);
    scene.finish();
}

/// A small disk of its own, unmounted when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(folder.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(folder)),
            why => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must not skip: {why:?}");
                eprintln!("SKIPPED, this proves nothing: no file system can be mounted: {why:?}");
                None
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, so that a daemon that still ends does not keep it.
        drop(Command::new("umount").arg("-l").arg(self.0.path()).status());
    }
}

#[test]
fn a_full_disk_is_said_once_and_passes() {
    let Some(disk) = Disk::mount() else { return };
    let mut scene = scene(ScriptedImap::builder(), ScriptedSmtp::script(), &options());
    scene.allow_complaints();
    let path = scene.desk.config_path();
    let config = fs::read_to_string(&path).unwrap();
    let own = disk.0.path().join("maildesk.db");
    fs::write(&path, config.replace(&url(&scene), &format!("sqlite://{}", own.display()))).unwrap();
    scene.desk.start().unwrap();
    scene.wait_for_command("IDLE", 1);

    let filler = disk.0.path().join("filler");
    // Ends with an error, as meant: nothing is left.
    assert!(fs::write(&filler, vec![0; 4 << 20]).is_err());
    scene.imap.deliver(1, &letter(1));
    scene.desk.wait_for_log("a complaint", |log| log.contains("cannot be read")).unwrap();
    assert_eq!(scene.smtp.count(), 0);
    assert!(scene.imap.mails("INBOX").iter().all(|(_, flags)| flags.is_empty()), "it stays on the server");
    assert!(scene.desk.is_running());
    let logins = scene.imap.logins();
    scene.wait_for_command("LOGIN", logins + 1);
    let warnings: Vec<String> = scene
        .desk
        .log()
        .lines()
        .filter(|l| l.contains("WARN") || l.contains("ERROR"))
        .map(str::to_owned)
        .collect();
    assert!(warnings.len() <= 4, "{warnings:#?}");
    assert!(scene.imap.logins() <= 10);

    fs::remove_file(&filler).unwrap();
    scene.assert_each_once(&[1]);
    scene.desk.stop().unwrap();
    drop(disk);
    // Its store is gone with the disk, so that nothing more can be asked of it.
    fs::write(&path, config).unwrap();
    scene.finish();
}
