//! Whether a mail shows the trouble: a screenshot, recording or log among its files, a link to one, or a log pasted into the
//! text. One quoted message is told, not shown; a file of data is what the trouble is about.

use crate::mail::{Attachment, AttachmentKind, CloudFile, Reading};

/// Inline pictures below this are logos and icons of signatures.
const INLINE_BYTES_MIN: u64 = 6_000;
/// Lines that look as a program writes them, from which on they are a log.
const LOG_LINES_MIN: usize = 2;
/// Lines of a text that are looked at.
const LINES_MAX: usize = 2_000;
/// Names by which people call a file that shows trouble, lower case.
const NAMES: &[&str] = &[
    "screenshot",
    "screen shot",
    "screen-shot",
    "screencap",
    "screenrec",
    "recording",
    "capture",
    "截图",
    "截屏",
    "截圖",
    "录屏",
    "錄屏",
    "屏幕",
    "报错",
    "錯誤",
    "错误",
    "日志",
    "日誌",
    "crash",
    "dump",
    "trace",
    "bildschirm",
    "screen",
    "fehler",
    "erreur",
    "error",
    "captura",
    "pantalla",
    "スクリーン",
    "エラー",
    "ログ",
    "スクショ",
    ".har",
    ".mp4",
    ".mov",
    ".webm",
    ".png",
    ".jpg",
    ".jpeg",
    ".dmp",
];

/// Whole words only: a catalogue, a backlog and a logo are none.
const LOGS: &[&str] = &[
    "log",
    "logs",
    "logfile",
    "logfiles",
    "applog",
    "syslog",
    "eventlog",
    "debuglog",
    "weblog",
    "protokoll",
];

/// What shows the trouble: `screenshot`, `log`, `file`, `link` or `pasted`; `None`: nothing does.
#[must_use]
pub fn of(reading: &Reading) -> Option<&'static str> {
    let shown = |kind| reading.attachments.iter().any(|file| file.kind == kind && is_content(file));
    if shown(AttachmentKind::Log) {
        Some("log")
    } else if shown(AttachmentKind::Screenshot) {
        Some("screenshot")
    } else if reading.attachments.iter().any(|file| is_called_so(&file.name) && is_container(file)) {
        Some("file")
    } else if reading.cloud_files.iter().any(is_cloud_evidence) {
        Some("link")
    } else {
        is_pasted(reading.new_text()).then_some("pasted")
    }
}

fn is_content(file: &Attachment) -> bool {
    !file.inline || file.size >= INLINE_BYTES_MIN
}

/// Files that may hold pictures or logs, and say so only by their name.
fn is_container(file: &Attachment) -> bool {
    matches!(
        file.kind,
        AttachmentKind::Archive | AttachmentKind::Document | AttachmentKind::Other | AttachmentKind::Audio
    )
}

fn is_called_so(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphabetic());
    NAMES.iter().any(|word| name.contains(word)) || words.any(|word| LOGS.contains(&word))
}

/// A file that is too large for mail is a recording or a log more often than not; one that is called as data is not.
fn is_cloud_evidence(file: &CloudFile) -> bool {
    let name = file.name.as_deref().unwrap_or_default().to_lowercase();
    let is_data = [".csv", ".xlsx", ".xls", ".mpp", ".sql", ".docx", ".pptx", ".pdf", ".bak"]
        .iter()
        .any(|ending| name.ends_with(ending));
    !is_data || is_called_so(&name)
}

/// A log, trace or raw answer on lines of its own.
fn is_pasted(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES_MAX);
    let (mut weak, mut strong) = (0, 0);
    for line in lines {
        // Programs begin no line with a wide letter; people who write such letters begin most with one.
        if line.starts_with(|c: char| u32::from(c) >= 0x3040) {
            continue;
        }
        let lower = line.to_lowercase();
        let is_strong = is_strong(line, &lower);
        strong += usize::from(is_strong);
        weak += usize::from(is_strong || is_weak(line, &lower));
    }
    strong >= 1 || weak >= LOG_LINES_MIN
}

/// One such line is enough: nobody writes it by hand.
fn is_strong(line: &str, lower: &str) -> bool {
    let is_raw = (line.starts_with('{') && line.ends_with('}')
        || line.starts_with("[{") && line.ends_with("}]"))
        && line.contains('"')
        && line.contains(':');
    let is_markup = line.starts_with('<') && line.contains("</") && line.ends_with('>');
    let is_frame = lower.starts_with("traceback (most recent call last)")
        || lower.starts_with("file \"") && lower.contains("\", line ")
        || lower.starts_with("caused by: ") && lower.contains('.')
        || lower.starts_with("exception in thread ")
        || lower.starts_with("at ") && line.contains('(') && line.ends_with(')') && line.contains([':', '.'])
        || lower.starts_with("#0 ") && line.contains("0x")
        || lower.starts_with("goroutine ")
        || lower.starts_with("thread '") && lower.contains("panicked");
    let is_http =
        lower.starts_with("http/1.") || lower.starts_with("http/2 ") || lower.starts_with("< http/");
    is_raw || is_markup || is_frame || is_http || is_stamped(line, lower)
}

/// A line that begins with a clock and goes on with a level: `2026-11-20 10:00:01 ERROR …`, `[10:00:01] WARN`.
fn is_stamped(line: &str, lower: &str) -> bool {
    let end = line.char_indices().nth(48).map_or(line.len(), |(end, _)| end);
    let head = line.get(..end).unwrap_or(line);
    let begin = head.trim_start_matches(['[', '(', '"']);
    if begin.chars().take(8).filter(char::is_ascii_digit).count() < 4 {
        return false;
    }
    let has_clock = head.split(|c: char| !(c.is_ascii_digit() || c == ':')).any(|piece| {
        let parts: Vec<&str> = piece.split(':').collect();
        parts.len() >= 3 && parts.iter().take(3).all(|part| !part.is_empty() && part.len() <= 2)
    });
    let levels = ["error", "warn", "info", "debug", "fatal", "trace", "exception", "severe", "err]", "[e]"];
    has_clock && (levels.iter().any(|level| lower.contains(level)) || line.contains(['=', '{', '[']))
}

/// Such lines count together.
fn is_weak(line: &str, lower: &str) -> bool {
    let starts = [
        "error:",
        "error ",
        "[error",
        "[warn",
        "[info",
        "uncaught ",
        "warning:",
        "failed to load",
        "get http",
        "post http",
        "e/",
        "w/",
    ];
    let is_request =
        ["get /", "post /", "put /", "patch /", "delete /"].iter().any(|start| lower.starts_with(start));
    is_request
        || starts.iter().any(|start| lower.starts_with(start)) && line.is_ascii()
        || lower.starts_with("at ") && line.contains('(')
}
