//! `kith export`: records in a form other programs read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use super::serve::{open, runtime, told};
use super::{Failure, note, say, say_json};
use kith_base::config;
use kith_base::db::Target;
use kith_base::error::Error;
use kith_base::id::digest;
use kith_rooms::front::fhir::{base, export};
use kith_rooms::front::people::{self, Openness};

/// Options of `kith export`.
#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: config::HouseOptions,
    /// The clinic's clients; with several clinics in one database, a folder each
    #[arg(long, required = true)]
    clinic: bool,
    /// In which form: fhir writes a file of FHIR R4 JSON lines for each kind of resource
    #[arg(long, value_enum)]
    format: Format,
    /// The folder to write to; files that are there already are never written over
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Everybody, also who has not agreed that other systems read her record: for the clinic's own archive, kept like a backup
    #[arg(long)]
    whole_clinic: bool,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Fhir,
}

#[derive(Serialize)]
struct Written {
    path: PathBuf,
    rows: usize,
    sha256: String,
}

pub(super) fn run(options: Options) -> Result<ExitCode, Failure> {
    let Format::Fhir = options.format;
    let config = options.common.settle("kith-data").map_err(Failure::wrong)?;
    if let Target::Sqlite(file) = &config.target
        && !file.exists()
    {
        return Err(Failure::wrong(format!(
            "There is no Kith in {}. Is --data right?",
            config.data.display()
        ))
        .at("--data"));
    }
    let openness = match options.whole_clinic {
        true => Openness::WholeClinic,
        false => Openness::Agreed,
    };
    let app = open(config)?;
    let runtime = runtime()?;
    let clinics = runtime
        .block_on(app.db.read(people::list_clinics))
        .map_err(Failure::failed)?;
    if clinics.is_empty() {
        return Err(Failure::wrong("There is no clinic in this database."));
    }
    let mut written = Vec::new();
    for clinic in &clinics {
        let folder = match clinics.len() {
            1 => options.to.clone(),
            _ => options.to.join(&clinic.clinic_id),
        };
        // Nothing is noted as given out that could not be written: the files come first.
        let at_hand = runtime
            .block_on(app.at(&clinic.clinic_id))
            .map_err(|error| told(&error))?;
        let (place, of) = (base(&app), clinic.clinic_id.clone());
        let gathered: BTreeMap<&'static str, Vec<Value>> =
            runtime
                .block_on(app.db.read(move |tx| {
                    export::gather_clinic(tx, &at_hand.content, &place, &of, openness)
                }))
                .map_err(|error: Error| told(&error))?;
        std::fs::create_dir_all(&folder)
            .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))?;
        for (kind, resources) in gathered {
            written.push(write(&folder.join(format!("{kind}.ndjson")), &resources)?);
        }
        let (of, now, ids) = (clinic.clinic_id.clone(), app.clock.now(), app.ids.clone());
        runtime
            .block_on(app.db.write(move |tx| {
                export::note_export(tx, &ids, &of, openness, now)?;
                Ok::<_, Error>(())
            }))
            .map_err(|error| told(&error))?;
    }
    app.db.close();
    if options.json {
        say_json(&json!({"files": written}))?;
    } else {
        for one in &written {
            let (path, rows) = (one.path.display(), one.rows);
            say(format!("{path}: {rows} resources (sha256 {})", one.sha256));
        }
        if openness == Openness::WholeClinic {
            note(
                "These files hold what people told in confidence, also of those who did not agree that other systems read it. Keep them like a backup.",
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A file only its owner may read.
fn write(path: &Path, resources: &[Value]) -> Result<Written, Failure> {
    let mut how = File::options();
    how.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        how.mode(0o600);
    }
    let wrong = |error: std::io::Error| {
        let why = match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                "is there already. Choose another folder".to_owned()
            }
            _ => format!("cannot be written: {error}"),
        };
        Failure::wrong(format!("{} {why}.", path.display())).at("--to")
    };
    let file = how.open(path).map_err(wrong)?;
    let mut text = String::new();
    for resource in resources {
        text.push_str(&resource.to_string());
        text.push('\n');
    }
    let mut out = BufWriter::new(&file);
    out.write_all(text.as_bytes()).map_err(wrong)?;
    out.flush().map_err(wrong)?;
    drop(out);
    file.sync_all().map_err(wrong)?;
    Ok(Written {
        path: path.to_owned(),
        rows: resources.len(),
        sha256: digest(&text),
    })
}
