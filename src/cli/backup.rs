//! `kith backup` and `kith restore`: everything in one portable file, checked on the way out and in.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::serve::{runtime, settle};
use super::{Failure, say, say_json};
use kith_base::config;
use kith_base::db::{Copied, Db, Error, Target, verify};
use kith_rooms::front::people;

/// Options of `kith backup`.
#[derive(Args)]
pub(super) struct BackupOptions {
    #[command(flatten)]
    common: config::HouseOptions,
    /// The file to write; it must not exist
    file: PathBuf,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// Options of `kith restore`.
#[derive(Args)]
pub(super) struct RestoreOptions {
    #[command(flatten)]
    common: config::HouseOptions,
    /// A file that kith backup wrote
    file: PathBuf,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn backup(options: BackupOptions) -> Result<ExitCode, Failure> {
    let config = options.common.settle("kith-data").map_err(Failure::wrong)?;
    if let Target::Sqlite(file) = &config.target
        && !file.exists()
    {
        // A nightly backup of the wrong place must not look like one that worked.
        return Err(Failure::wrong(format!(
            "There is no Kith in {}. Is --data right?",
            config.data.display()
        ))
        .at("--data"));
    }
    let db = Db::open(&config.target, 1).map_err(Failure::failed)?;
    let clinics = runtime()?
        .block_on(db.read(people::list_clinics))
        .map_err(Failure::failed)?;
    if clinics.is_empty() {
        return Err(Failure::wrong(
            "There is no clinic in this database, so nothing to back up. Is --data or --database right?",
        ));
    }
    let path = options.file.clone();
    let file = create(&path)?;
    let copied = runtime()?
        .block_on(db.read(move |tx| {
            let mut out = BufWriter::new(&file);
            let copied = tx.copy_out(&mut out)?;
            drop(out);
            file.sync_all()
                .map_err(|error| Error::Unavailable(error.to_string()))?;
            Ok::<_, Error>(copied)
        }))
        .map_err(Failure::failed)?;
    db.close();
    // What was written is read once more: a backup nobody has read is a hope.
    if read(&path)? != copied {
        return Err(Failure::failed(format!(
            "{} was not written whole.",
            path.display()
        )));
    }
    tell(options.json, "Backed up", &path, &copied)
}

/// The file holds what people told in confidence: only its owner may read it.
fn create(path: &Path) -> Result<File, Failure> {
    let mut how = File::options();
    how.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        how.mode(0o600);
    }
    how.open(path).map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::AlreadyExists => "is there already. Choose another name".to_owned(),
            _ => format!("cannot be written: {error}"),
        };
        Failure::wrong(format!("{} {why}.", path.display())).at("FILE")
    })
}

fn read(path: &Path) -> Result<Copied, Failure> {
    let file = File::open(path).map_err(|error| {
        Failure::wrong(format!("{} cannot be read: {error}.", path.display())).at("FILE")
    })?;
    verify(BufReader::new(file)).map_err(|error| Failure::wrong(error).at("FILE"))
}

pub(super) fn restore(options: RestoreOptions) -> Result<ExitCode, Failure> {
    let copied = read(&options.file)?;
    let config = settle(options.common, "kith-data")?;
    let db = Db::open(&config.target, 1).map_err(Failure::failed)?;
    let file = File::open(&options.file).map_err(Failure::failed)?;
    let expected = copied.clone();
    runtime()?
        .block_on(db.write(move |tx| tx.copy_in(BufReader::new(file), &expected)))
        .map_err(Failure::failed)?;
    db.close();
    tell(options.json, "Restored and counted", &options.file, &copied)
}

fn tell(as_json: bool, deed: &str, path: &Path, copied: &Copied) -> Result<ExitCode, Failure> {
    if as_json {
        say_json(&json!({"file": path, "rows": copied.rows, "sha256": copied.sha256}))?;
    } else {
        let rows: u64 = copied.rows.values().sum();
        say(format!(
            "{deed} {rows} rows, {} (sha256 {}).",
            path.display(),
            copied.sha256
        ));
    }
    Ok(ExitCode::SUCCESS)
}
