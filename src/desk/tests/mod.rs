//! Facts in, decisions out: one table a part of FAULTS and SPEC.

mod agents;
mod clients;
mod forms;
mod sent;
mod commands;
mod loops;
mod programs;
mod proofs;
mod properties;
mod tokens;
mod world;
