//! `kith bench`: measures this machine.

use std::process::ExitCode;

use clap::Args;

use super::Failure;

/// Options of `kith bench`.
#[derive(Args)]
pub(super) struct Options {}

pub(super) fn run(_: &Options) -> Result<ExitCode, Failure> {
    Err(Failure::failed("being built"))
}
