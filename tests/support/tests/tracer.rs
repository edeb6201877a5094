//! The tracer against programs whose calls are known.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use maildesk_lab::tracer::{Change, Course, Kill, Moment, Plan, Traced};

/// Writes ten blocks of 100 bytes and syncs once.
fn copy(folder: &Path) -> Command {
    fs::write(folder.join("in"), vec![b'x'; 1000]).unwrap();
    let mut command = Command::new("dd");
    command
        .arg(format!("if={}", folder.join("in").display()))
        .arg(format!("of={}", folder.join("store.out").display()))
        .args(["bs=100", "conv=fdatasync", "status=none"]);
    command
}

fn followed(folder: &Path, plan: Plan) -> Course {
    let traced = Traced::spawn(copy(folder), plan).unwrap();
    let end = Instant::now() + Duration::from_secs(20);
    while !traced.has_ended() {
        assert!(Instant::now() < end, "it does not end");
        std::thread::yield_now();
    }
    traced.end()
}

#[test]
fn calls_are_counted_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let recorder = {
        let seen = Arc::clone(&seen);
        Box::new(move |change| seen.lock().unwrap().push(change))
    };
    let files = folder.path().join("store");
    let course = followed(folder.path(), Plan { files, kill: None, recorder: Some(recorder) });
    assert_eq!((course.calls, course.killed_at), (12, None), "{:?}", course.census);
    let path = folder.path().join("store.out");
    let mut expected = vec![Change::Create(path.clone())];
    expected.extend((0..10).map(|n| Change::Write {
        path: path.clone(),
        offset: n * 100,
        bytes: vec![b'x'; 100],
    }));
    expected.push(Change::Sync(path));
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn the_nth_call_is_the_last() {
    // The first call creates the file, the fourth is the third write.
    for (moment, length) in [(Moment::Before, 200), (Moment::Halfway, 250), (Moment::After, 300)] {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("store");
        let kill = Some(Kill { nth: 4, moment });
        let course = followed(folder.path(), Plan { files, kill, recorder: None });
        assert_eq!(course.killed_at.as_deref(), Some("write store.out"));
        assert_eq!(fs::read(folder.path().join("store.out")).unwrap().len(), length, "{moment:?}");
    }
}

#[test]
fn threads_are_counted_together() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("/bin/sh");
    // Processes of its own rather than threads: followed the same way.
    command
        .arg("-c")
        .arg(format!("for i in 1 2 3; do echo $i >{}/store.$i & done; wait", folder.path().display()));
    let plan = Plan { files: folder.path().join("store"), ..Plan::default() };
    let traced = Traced::spawn(command, plan).unwrap();
    while !traced.has_ended() {
        std::thread::yield_now();
    }
    assert_eq!(traced.end().calls, 6, "three files created and written");
}
