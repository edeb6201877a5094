//! Migrations are embedded by a macro that notices edits, but not new files.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
