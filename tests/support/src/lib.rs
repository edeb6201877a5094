//! The test house: real and scripted mail servers, started by the tests themselves, each on its own loopback address and in
//! its own directory, so that all of them run in parallel. It knows nothing of the inside of maildesk.

pub mod address;
pub mod authority;
pub mod availability;
pub mod desk;
pub mod dns;
pub mod dovecot;
pub mod house;
pub mod mailclient;
pub mod opendkim;
pub mod policy;
pub mod postfix;
pub mod postgres;
pub mod process;
pub mod program;
pub mod proxy;
pub mod rspamd;
pub mod scripted_imap;
pub mod scripted_smtp;
pub mod sign;
pub mod tracer;
