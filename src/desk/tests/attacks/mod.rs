//! Attacks and edges as whole mails (FAULTS sections 1 and 3): bytes are read, facts gathered as intake gathers them from a
//! small store, and judged. Rows are data; what must become of each follows from the four-way table, not from the code.

mod bombs;
mod commands;
mod forged;
mod genuine;
mod outcome;
mod post;
mod sealed;
mod secrets;
mod spliced;
mod strangers;
mod ticket_trick;
