//! `kith invite`: an invitation from the command line, such as the first owner's.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::serve::{open, runtime, settle, told};
use super::{Failure, say, say_json};
use kith_base::clock::timestamp;
use kith_base::config;
use kith_base::error::Error;
use kith_rooms::front::App;
use kith_rooms::front::people::{self, Clinic, Role, Roles, Wanted, invite};

/// Options of `kith invite`.
#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: config::HouseOptions,
    /// What the invited will be; may be given several times
    #[arg(long, required = true, value_parser = ["practitioner", "lead", "researcher", "owner"])]
    role: Vec<String>,
    /// A name to know them by
    #[arg(long)]
    name: String,
    /// The clinic; made when there is none of that name
    #[arg(long)]
    clinic: Option<String>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: Options) -> Result<ExitCode, Failure> {
    let app = open(settle(options.common, "kith-data")?)?;
    let roles: Vec<_> = options
        .role
        .iter()
        .filter_map(|word| Role::read(word))
        .collect();
    let name = options.name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Failure::wrong("The name must have 1 to 60 characters.").at("--name"));
    }
    runtime()?.block_on(async {
        let clinic = find_or_make(&app, options.clinic.as_deref()).await?;
        let wanted = Wanted {
            clinic_id: &clinic.clinic_id,
            invited_by: None,
            roles: &Roles::of(&roles),
            name,
            for_person: None,
        };
        let made = invite(&app, wanted).await.map_err(|error| told(&error))?;
        if options.json {
            say_json(
                &json!({"clinic": clinic.name, "link": made.link, "code": made.code,
                "expires_at": timestamp(made.expires_at).to_string()}),
            )?;
        } else {
            say(format!(
                "An invitation to {} for {name}, good once and for two weeks:",
                clinic.name
            ));
            say(format!("  {}", made.link));
            say(format!(
                "  or the code {} at {}/join",
                made.code, app.config.url
            ));
        }
        Ok::<_, Failure>(())
    })?;
    app.db.close();
    Ok(ExitCode::SUCCESS)
}

async fn find_or_make(app: &App, name: Option<&str>) -> Result<Clinic, Failure> {
    let clinics = app
        .db
        .read(people::list_clinics)
        .await
        .map_err(Failure::failed)?;
    let found = match name {
        Some(name) => clinics.iter().find(|clinic| clinic.name == name),
        None if clinics.len() > 1 => {
            let names: Vec<_> = clinics.iter().map(|clinic| clinic.name.as_str()).collect();
            return Err(
                Failure::wrong("There are several clinics; say which with --clinic.")
                    .at("--clinic")
                    .allowing(names.join(", ")),
            );
        }
        None => clinics.first(),
    };
    if let Some(clinic) = found {
        return Ok(clinic.clone());
    }
    let name = name.unwrap_or("Our clinic").trim().to_owned();
    if name.is_empty() {
        return Err(Failure::wrong("The clinic needs a name.").at("--clinic"));
    }
    let now = app.clock.now();
    let clinic = Clinic {
        clinic_id: app.ids.make(now).map_err(|error| told(&error))?,
        name,
        locale: "en-GB".to_owned(),
        zone: jiff::tz::TimeZone::system()
            .iana_name()
            .unwrap_or("UTC")
            .to_owned(),
        ..Clinic::default()
    };
    let made = clinic.clone();
    app.db
        .write(move |tx| Ok::<_, Error>(people::add_clinic(tx, &made, now)?))
        .await
        .map_err(|error| told(&error))?;
    Ok(clinic)
}
