//! `kith items`: brings in the words of questionnaires from files, and lists what is here.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use kith_content::form::{self, Imported, MOST_BYTES, Mapping, Refused, Wanted};
use serde_json::json;

use super::serve::{open, runtime, settle, told};
use super::{Failure, note, say, say_json};
use kith_base::clock::timestamp;
use kith_base::config;
use kith_base::error::Error;
use kith_rooms::front::App;
use kith_rooms::front::measures::{self, Bringing, Statement, add, list_forms};
use kith_rooms::front::people::{self, Clinic};

/// Options of `kith items`.
#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Brings in the words of one questionnaire from a file
    Import(Box<ImportOptions>),
    /// Lists the words that are here
    List(Box<ListOptions>),
}

#[derive(Args)]
struct ImportOptions {
    /// A FHIR Questionnaire (JSON), or a string file of CamCOPS (XML)
    file: PathBuf,
    #[command(flatten)]
    common: config::HouseOptions,
    /// The questionnaire, where the file does not name it
    #[arg(long, value_name = "ID")]
    instrument: Option<String>,
    /// Language of the file, or one of several in it, such as en or de-AT
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// What the form opens with, where it is printed in two orders
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// Which question is which item (q1=1,q2=2; q10=- leaves one out), and how answers without numbers are
    /// printed (answers=rising or answers=falling)
    #[arg(long, value_name = "LINK=ITEM,...", allow_hyphen_values = true)]
    map: Option<String>,
    /// The package the file comes from, which must then be one of its string files
    #[arg(long, value_parser = ["camcops-server"])]
    package: Option<String>,
    /// The line about copyright, where the file has none
    #[arg(long, value_name = "TEXT")]
    credit: Option<String>,
    /// What you state about your use of the words
    #[arg(long, value_parser = ["non-commercial", "permission"])]
    statement: Option<String>,
    /// Which permission or licence you hold
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The clinic, where there are several
    #[arg(long)]
    clinic: Option<String>,
    /// Says what would be kept and keeps nothing
    #[arg(long)]
    dry_run: bool,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct ListOptions {
    #[command(flatten)]
    common: config::HouseOptions,
    /// The clinic, where there are several
    #[arg(long)]
    clinic: Option<String>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: Options) -> Result<ExitCode, Failure> {
    match options.what {
        What::Import(options) => import(*options),
        What::List(options) => list(*options),
    }
}

fn import(options: ImportOptions) -> Result<ExitCode, Failure> {
    let text = read(&options.file)?;
    let mapping = options.map.as_deref().unwrap_or_default();
    let mapping = Mapping::read(mapping).map_err(|bad| Failure::wrong(bad).at("--map"))?;
    let note_text = options.note.as_deref().unwrap_or_default().trim();
    if note_text.chars().count() > measures::NOTE {
        let most = format!("Please keep the note to {} characters.", measures::NOTE);
        return Err(Failure::wrong(most).at("--note"));
    }
    let app = open(settle(options.common, "kith-data")?)?;
    let name = options
        .file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let wanted = Wanted {
        instrument: options.instrument.as_deref(),
        language: options.language.as_deref(),
        order: options.order.as_deref(),
        mapping,
        credit: options.credit.as_deref().unwrap_or_default(),
        file: &name,
    };
    let found = match options.package {
        Some(_) => form::from_camcops(&text, &app.content, &wanted),
        None => form::read(&text, &app.content, &wanted),
    };
    let imported = found.map_err(|refused| differs(&options.file, &refused))?;
    let id = &imported.form.instrument;
    let instrument = app
        .content
        .instrument(id)
        .ok_or_else(|| Failure::failed(format!("There is no questionnaire called {id}.")))?
        .clone();
    let statement = Statement {
        non_commercial: options.statement.as_deref() == Some("non-commercial"),
        permission: options.statement.as_deref() == Some("permission"),
        note: note_text.to_owned(),
    };
    let stated = measures::stated(&instrument, &imported.form, &statement).map_err(|lacking| {
        let option = match lacking.0 {
            "credit" => "--credit",
            "note" => "--note",
            "non_commercial" => "--statement non-commercial",
            _ => "--statement permission",
        };
        Failure::wrong(format!("{} {}", lacking.1, instrument.texts.note)).at(option)
    })?;
    let kept = if options.dry_run {
        None
    } else {
        let (imported, stated, original) = (imported.clone(), stated.clone(), text);
        Some(runtime()?.block_on(async {
            let clinic = find_clinic(&app, options.clinic.as_deref()).await?;
            let (ids, now) = (app.ids.clone(), app.clock.now());
            let name = clinic.name.clone();
            let id = app
                .db
                .write(move |tx| {
                    let bringing = Bringing {
                        clinic_id: &clinic.clinic_id,
                        person_id: "",
                        instrument: &instrument,
                        imported: &imported,
                        original: &original,
                        stated: &stated,
                    };
                    add(tx, &ids, &bringing, now)
                })
                .await
                .map_err(|error| told(&error))?;
            Ok::<_, Failure>((id, name))
        })?)
    };
    tell(&imported, &stated, kept.as_ref(), options.json)?;
    app.db.close();
    Ok(ExitCode::SUCCESS)
}

fn tell(
    imported: &Imported,
    stated: &str,
    kept: Option<&(String, String)>,
    as_json: bool,
) -> Result<(), Failure> {
    let form = &imported.form;
    if as_json {
        return say_json(&json!({
            "instrument": form.instrument, "language": form.language, "order": form.order,
            "source": form.source, "items": form.items.len(), "matched": imported.matched,
            "warnings": imported.warnings, "languages": imported.languages, "stated": stated,
            "kept": kept.is_some(), "id": kept.map(|kept| &kept.0), "clinic": kept.map(|kept| &kept.1),
        }));
    }
    for warning in &imported.warnings {
        note(format!("look: {warning}"));
    }
    let language = measures::language(&form.language);
    say(match kept {
        Some((_, clinic)) => format!(
            "The words of {} in {language} are kept for {clinic}: {} items from {}.",
            form.instrument,
            form.items.len(),
            form.source
        ),
        None => format!(
            "The words of {} in {language} fit: {} items from {}. Nothing was kept.",
            form.instrument,
            form.items.len(),
            form.source
        ),
    });
    if kept.is_none() {
        for item in &form.items {
            let answers: Vec<String> = item
                .answers
                .iter()
                .map(|answer| format!("{} = {}", answer.value, answer.text))
                .collect();
            say(format!(
                "  {}. {} [{}]",
                item.item,
                item.text,
                answers.join("; ")
            ));
        }
    }
    Ok(())
}

fn differs(file: &Path, refused: &Refused) -> Failure {
    let list: Vec<String> = refused
        .reasons
        .iter()
        .map(|reason| format!("\n  {reason}"))
        .collect();
    let what = format!("{} cannot be taken in:{}", file.display(), list.concat());
    Failure::wrong(what).at(&file.display().to_string())
}

fn read(path: &Path) -> Result<String, Failure> {
    let wrong = |why: String| Failure::wrong(why).at(&path.display().to_string());
    if path
        .extension()
        .is_some_and(|kind| kind == "whl" || kind == "zip")
    {
        return Err(wrong(format!(
            "{} is an archive. Take the file out of it first: python3 -m zipfile -e {} .",
            path.display(),
            path.display()
        )));
    }
    let file = std::fs::File::open(path)
        .map_err(|error| wrong(format!("{} cannot be read: {error}.", path.display())))?;
    let mut text = String::new();
    // One byte more, so that a file that is too large is seen to be.
    file.take(MOST_BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|error| {
            wrong(format!(
                "{} cannot be read as text: {error}.",
                path.display()
            ))
        })?;
    Ok(text)
}

fn list(options: ListOptions) -> Result<ExitCode, Failure> {
    let app = open(settle(options.common, "kith-data")?)?;
    runtime()?.block_on(async {
        let clinic = find_clinic(&app, options.clinic.as_deref()).await?;
        let clinic_id = clinic.clinic_id.clone();
        let here = app
            .db
            .read(move |tx| list_forms(tx, &clinic_id))
            .await
            .map_err(|error| told(&Error::from(error)))?;
        if options.json {
            let rows: Vec<_> = here
                .iter()
                .map(|words| {
                    json!({
                        "id": words.questionnaire_id, "instrument": words.form.instrument,
                        "language": words.form.language, "order": words.form.order, "source": words.form.source,
                        "licence": words.licence, "gate": words.gate, "stated": words.stated,
                        "imported_at": timestamp(words.imported_at).to_string(),
                    })
                })
                .collect();
            return say_json(&json!({"clinic": clinic.name, "questionnaires": rows}));
        }
        if here.is_empty() {
            say(format!("{} has the words of no questionnaire yet.", clinic.name));
        }
        for words in &here {
            let form = &words.form;
            say(format!("{}  {}  {}", form.instrument, form.language, form.source));
        }
        Ok::<_, Failure>(())
    })?;
    app.db.close();
    Ok(ExitCode::SUCCESS)
}

async fn find_clinic(app: &App, name: Option<&str>) -> Result<Clinic, Failure> {
    let clinics = app
        .db
        .read(people::list_clinics)
        .await
        .map_err(Failure::failed)?;
    let names: Vec<_> = clinics.iter().map(|clinic| clinic.name.as_str()).collect();
    let allowed = names.join(", ");
    let which = |why: &str| Failure::wrong(why).at("--clinic").allowing(allowed.clone());
    let found = match (name, clinics.as_slice()) {
        (_, []) => {
            return Err(Failure::wrong(
                "There is no clinic here yet; make one with kith invite.",
            ));
        }
        (None, [only]) => Some(only),
        (None, _) => return Err(which("There are several clinics; say which with --clinic.")),
        (Some(name), clinics) => clinics.iter().find(|clinic| clinic.name == name),
    };
    found
        .cloned()
        .ok_or_else(|| which("There is no clinic of that name."))
}
