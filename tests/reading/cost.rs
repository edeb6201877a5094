//! What reading costs at the worst: heap and growth, counted. Times are for the benchmark: they say nothing on a shared machine.

use std::time::Duration;

use allocation_counter::{AllocationInfo, measure};
use maildesk::{
    mail::{ReadPolicy, attachment, read},
    triage::{secrets, triage},
};

use crate::bombs::{BOMBS, Bomb};

/// SPEC section 5.
const HEAP_BYTES_MAX: u64 = 256 * 1024 * 1024;

fn whole_reading(raw: &[u8]) {
    let reading = read(raw, &ReadPolicy::default());
    assert!(!reading.warnings.iter().any(|w| w.starts_with("reader crashed")), "{:?}", reading.warnings);
    let _ = (triage(&reading), secrets::find(reading.new_text()));
    if !reading.attachments.is_empty() {
        let last = attachment(raw, reading.attachments.len() - 1).unwrap();
        assert_eq!(last.len() as u64, reading.attachments.last().unwrap().size);
    }
}

/// Processor time of this thread: what the machine does besides hardly counts.
fn now() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

fn cost(raw: &[u8]) -> (AllocationInfo, Duration) {
    let began = now();
    let heap = measure(|| whole_reading(raw));
    (heap, now() - began)
}

/// On a stack as large as the desk's own (DESIGN section 1).
fn with_stack(check: impl FnOnce() -> Vec<String> + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(16 << 20).spawn(check).unwrap();
    let wrong = thread.join().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_mail_takes_more_heap_than_its_size_allows() {
    with_stack(|| {
        let mut wrong = Vec::new();
        for bomb in BOMBS {
            let raw = bomb.mail(bomb.times);
            let (heap, time) = cost(&raw);
            let line = format!(
                "{:32} {:8} bytes: {:4} MiB of heap at once, {:5} MiB in {:8} allocations, {time:?}",
                bomb.name,
                raw.len(),
                heap.bytes_max >> 20,
                heap.bytes_total >> 20,
                heap.count_total
            );
            println!("{line}");
            let bytes = raw.len() as u64;
            let within = heap.bytes_max <= HEAP_BYTES_MAX
                && heap.count_total <= 10_000 + bytes
                && heap.bytes_total <= HEAP_BYTES_MAX + 100 * bytes;
            if !within {
                wrong.push(line);
            }
        }
        wrong
    });
}

/// Four times the mail, and so at most four times the work: twice that is allowed, which still tells linear from quadratic
/// (sixteen times).
fn grows_too_fast(bomb: &Bomb) -> Option<String> {
    let (a, b) = (bomb.mail(bomb.times / 16), bomb.mail(bomb.times / 4));
    // A time below this is mostly what any mail costs.
    let floor = Duration::from_millis(5);
    let (mut one, mut four) = (Duration::MAX, Duration::MAX);
    // A busy neighbour takes the processor's caches away: what is really slow is slow each time.
    for _ in 0..6 {
        one = one.min(cost(&a).1.max(floor));
        four = four.min(cost(&b).1.max(floor));
        if four <= 8 * one {
            return None;
        }
    }
    Some(format!("{}: {one:?}, and {four:?} at four times the size", bomb.name))
}

#[test]
fn cost_grows_with_the_mail_and_not_faster() {
    with_stack(|| BOMBS.iter().filter_map(grows_too_fast).collect());
}
