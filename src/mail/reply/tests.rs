//! The division as a whole; its parts have files of their own here.

use super::*;

mod attributions;
mod blocks;
mod prose;
mod rich;
mod signatures;

fn reply(text: &str) -> String {
    divide(text, &[], "").reply
}

#[test]
fn cut_text_is_kept() {
    let d = divide("New.\n\n-- \nA B\nACME\n\nOn Mon, 2 Mar 2026, X wrote:\n> old", &[], "");
    assert_eq!(
        (d.reply.as_str(), d.signature.as_deref(), d.quoted.as_deref()),
        ("New.", Some("--\nA B\nACME"), Some("On Mon, 2 Mar 2026, X wrote:\n> old"))
    );
}

/// A release build takes at most a tenth of a second; a debug build on a shared machine gets hundred times that, which still
/// tells linear from quadratic.
#[test]
fn lines_that_ask_for_a_look_at_all_others_end_in_time() {
    for line in [
        "--\n",
        "-- \nA\n",
        "__\n\n",
        "Sent from my iPhone\n",
        "Sent from my iPhone\na\nb\nc\n",
        "This e-mail and any attachments are confidential and intended solely\n",
        "Best regards,\nAnn\n",
        "李安 敬上\n",
        "iPhone에서 보냄\na\nb\nc\n",
        "Ann <a@b.example>\n于2026年3月2日 10:00写道：\n",
        "- Reply above this line -\n",
        "---\nTo: a\n02.03.2026, 10:00, \"A\" <a@b.example>:\n",
        "Ann Lee\n",
        "From: a@b.example\n",
        "From: a\nTo: b\n\n\n\n",
        "On Mon, 2 Mar 2026, Ann wrote:\n",
        "On Mon, 2 Mar 2026, Ann Lee <\n",
        "wrote:\n",
        "> x\ny\n",
        ">>> 02.03.2026 10:00 >>>\n",
        "-----Original Message-----",
        "----\n\n\n\n\n",
        "Ann <a@b.example>:\n",
        " on on on on on 2 2 2 wrote:\n",
        "\n",
    ] {
        let text = line.repeat(60_000 / line.len()) + "\n> end\n";
        let began = std::time::Instant::now();
        let divided = divide(&text, &[], "Ann Lee");
        assert!(began.elapsed().as_secs() < 10, "{line:?} took {:?}", began.elapsed());
        assert!(divided.reply.len() <= text.len());
    }
}
