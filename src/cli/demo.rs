//! `kith demo`: a furnished clinic, no set-up.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::serve::{logs, open, runtime, serve, settle, told};
use super::{Failure, note, say};
use kith_base::config;
use kith_base::db::Target;
use kith_base::mail::Mailer;
use kith_rooms::front::simulate;

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
    let mut config = settle(options.common, "kith-demo")?;
    config.demo = true;
    // No letter ever leaves the machine from here, whatever mail server there is.
    config.mailer = Mailer::remembering();
    if let Target::Sqlite(file) = &config.target {
        let mark = data.join(MARK);
        if file.exists() && !mark.exists() {
            return Err(Failure::wrong(format!(
                "{} holds something that is not a demo. Name another directory with --data.",
                data.display()
            )));
        }
        if options.fresh {
            for end in ["", "-wal", "-shm"] {
                let path = data.join(format!("kith.db{end}"));
                if path.exists() {
                    std::fs::remove_file(&path).map_err(Failure::failed)?;
                }
            }
        }
        std::fs::write(&mark, "Everything in this directory is invented.\n")
            .map_err(Failure::failed)?;
    } else if options.fresh {
        return Err(Failure::wrong(
            "--fresh empties a directory of the demo's own, not a PostgreSQL database.",
        ));
    }
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
