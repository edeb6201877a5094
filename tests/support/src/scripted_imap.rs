//! scripted_imap
