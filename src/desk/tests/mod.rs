//! Facts in, decisions out: one table a part of FAULTS and SPEC.

mod agents;
mod articles;
mod asking;
mod attacks;
mod bounces;
mod clients;
mod commands;
mod console;
mod forms;
mod forwards;
mod imported;
mod loops;
mod merging;
mod people;
mod possession;
mod programs;
mod proofs;
mod properties;
mod sent;
mod showing;
mod simulation;
mod states;
mod tokens;
mod world;
