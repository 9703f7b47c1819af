//! What is tested from outside: how the house is built, its content, its command line, and that a
//! killed server loses nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod architecture;
mod command_line;
mod dependencies;
mod durability;
mod evidence;
mod house;
mod measures;
mod meta;
mod voice;
