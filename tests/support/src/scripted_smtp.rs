//! scripted_smtp
