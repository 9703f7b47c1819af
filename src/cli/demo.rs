//! `kith demo`: a furnished clinic, no set-up.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::serve::{logs, open, runtime, serve, settle, told};
use super::{Failure, note, say};
use crate::base::config;
use crate::features::simulate;

/// A file that says: everything in this directory is invented and may be thrown away.
const MARK: &str = "this-is-a-demo";

/// Options of `kith demo`.
#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: config::HouseOptions,
    /// Throw away what was done in the demo and furnish it anew
    #[arg(long)]
    fresh: bool,
}

pub(super) fn run(mut options: Options) -> Result<ExitCode, Failure> {
    let data = options
        .common
        .data
        .get_or_insert_with(|| PathBuf::from("kith-demo"))
        .clone();
    let mark = data.join(MARK);
    let furnished = data.join("kith.db").exists();
    if furnished && !mark.exists() && options.common.database.is_none() {
        return Err(Failure::wrong(format!(
            "{} holds something that is not a demo. Name another directory with --data.",
            data.display()
        )));
    }
    if options.fresh && mark.exists() {
        std::fs::remove_dir_all(&data).map_err(Failure::failed)?;
    }
    let mut config = settle(options.common, "kith-demo")?;
    config.demo = true;
    std::fs::create_dir_all(&data).map_err(Failure::failed)?;
    std::fs::write(&mark, "Everything in this directory is invented.\n")
        .map_err(Failure::failed)?;
    logs();
    let app = open(config)?;
    runtime()?.block_on(async {
        let made = simulate::furnish(&app)
            .await
            .map_err(|error| told(&error))?;
        serve(app, |address, _| {
            say(format!(
                "A furnished clinic: http://localhost:{}",
                address.port()
            ));
            say("Open it and come in as anybody with one tap, or sign in:");
            for (role, names, secret) in simulate::entries() {
                say(format!("  {role:<13} {names}   {secret}"));
            }
            if !made {
                note("This is the demo as you left it. For a new one: kith demo --fresh");
            }
            say("Stop with Ctrl-C.");
        })
        .await
    })?;
    Ok(ExitCode::SUCCESS)
}
