//! Whom a practice is offered to: everybody here, clients by name, or nobody; and taking it back.

use std::collections::BTreeSet;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::draft::Draft;
use super::pages::{self, Offering};
use super::routes::{Own, dressed, find_own, reach_of};
use super::rules::{self, Reach};
use crate::app::{App, State};
use crate::content::store::{self, OwnFile, Version};
use crate::features::library::own::is_own;
use crate::features::library::store::{self as named, Chosen};
use crate::features::people::{self, ClientAccess, Person, Role};
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::web::form::Form;
use kith_base::web::layout::Page;
use kith_base::web::respond::see;

async fn load(
    app: &App,
    person: &Person,
    slug: &str,
) -> Result<(Vec<ClientAccess>, Vec<Chosen>), Error> {
    let (viewer, slug) = (person.clone(), slug.to_owned());
    app.db
        .read(move |tx| {
            let clients = people::caseload(tx, &viewer)?;
            Ok((
                clients,
                named::list_chosen_of(tx, &viewer.clinic_id, &slug)?,
            ))
        })
        .await
}

/// `GET /writing/{slug}/offering`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<Page, Error> {
    let own = find_own(&app, &person, &slug).await?;
    let (clients, chosen) = load(&app, &person, &slug).await?;
    let mut form = Form::of(&[("reach", own.reach.word())]);
    form.set_all("client", chosen.iter().map(|one| one.client_id.as_str()));
    if own.terms.instead {
        form.set("instead", "yes");
    }
    Ok(shown(&app, &person, &own, (&clients, &chosen), &form))
}

fn shown(
    app: &App,
    person: &Person,
    own: &Own,
    (clients, chosen): (&[ClientAccess], &[Chosen]),
    form: &Form,
) -> Page {
    let checked = own.checked(app);
    let offering = Offering {
        own,
        checked: &checked,
        clients,
        chosen,
        form,
    };
    let body = pages::offering(&offering, person);
    dressed(person.page("Offer it", "/practices", body))
}

/// `POST /writing/{slug}/offering`: gives the newest version to whom it is offered.
pub(super) async fn offer(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    person.is_asked_by(&form)?;
    let own = find_own(&app, &person, &slug).await?;
    let (clients, chosen) = load(&app, &person, &slug).await?;
    let wanted: BTreeSet<String> = form.all("client").map(str::to_owned).collect();
    let reach = Reach::read(form.raw("reach"));
    if form.raw("base") != own.file.newest.version.to_string() {
        form.complain("", "There is a newer version than the one you looked at. Please look again, then offer it.");
    } else if reach.is_some_and(Reach::is_offered) && !own.checked(&app).is_good() {
        form.complain(
            "",
            "There is something to mend in it first. The editor says what.",
        );
    }
    match reach {
        None => form.complain("reach", "Please choose one of these."),
        Some(Reach::Chosen)
            if !clients
                .iter()
                .any(|client| wanted.contains(client.client_id())) =>
        {
            form.complain("client", "Please choose at least one.");
        }
        Some(_) => {}
    }
    let Some(reach) = reach.filter(|_| form.problems.is_empty()) else {
        let page = shown(&app, &person, &own, (&clients, &chosen), &form);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if !reach.is_offered() {
        if own.reach.is_offered() {
            take_back(&app, &person, own).await?;
        }
        return Ok(see("/writing"));
    }
    let terms = rules::terms(reach, &own.draft.load, form.ticked("instead"));
    let deed = Deed {
        ids: app.ids.clone(),
        now: app.clock.now(),
        person,
    };
    let was = own.reach;
    app.db
        .write(move |tx| {
            let note = match reach {
                Reach::Everybody => "Offered to everybody here",
                _ => "Offered to clients by name",
            };
            deed.put_to_use(tx, &own.file, &own.draft.text(terms).text, note)?;
            if reach == Reach::Everybody && was != Reach::Everybody {
                deed.write_down(tx, None, "offered a practice written here to everybody")?;
            }
            if reach == Reach::Chosen {
                deed.name(tx, &own.slug, &wanted)?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see("/writing"))
}

/// `POST /writing/{slug}/withdrawal`: its writer takes it back, or an owner takes back what is offered.
pub(super) async fn withdraw(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
    form: Form,
) -> Result<Response, Error> {
    person.is_asked_by(&form)?;
    let own = match find_own(&app, &person, &slug).await {
        Err(Error::NotFound) if person.roles.has(Role::Owner) => {
            find_offered(&app, &person, &slug).await?
        }
        found => found?,
    };
    if own.reach != Reach::Withdrawn {
        take_back(&app, &person, own).await?;
    }
    Ok(see("/writing"))
}

/// What anybody here wrote, if it is offered.
async fn find_offered(app: &App, person: &Person, slug: &str) -> Result<Own, Error> {
    if !is_own(slug) {
        return Err(Error::NotFound);
    }
    let (clinic, path) = (person.clinic_id.clone(), rules::path_of(slug));
    let file = app
        .db
        .read(move |tx| store::find_file(tx, &clinic, &path))
        .await
        .map_err(Error::from)?;
    file.filter(|file| reach_of(app, slug, file).is_offered())
        .and_then(|file| Own::of(app, file))
        .ok_or(Error::NotFound)
}

/// Nobody has it from now on. One that somebody had keeps its name, so that what was practised can still be read.
async fn take_back(app: &App, person: &Person, own: Own) -> Result<(), Error> {
    let deed = Deed {
        ids: app.ids.clone(),
        now: app.clock.now(),
        person: person.clone(),
    };
    app.db
        .write(move |tx| {
            let clinic = deed.person.clinic_id.clone();
            if let Some(version) = own.file.in_use {
                // The text in use, and not a newer one that nobody was given.
                let used = store::find_version(tx, &clinic, &own.file.newest.path, version)?
                    .ok_or(Error::NotFound)?;
                let terms = rules::terms(Reach::Withdrawn, "", false);
                let text = Draft::read(&used.text).0.text(terms).text;
                deed.put_to_use(tx, &own.file, &text, "Withdrawn")?;
            } else {
                let who = (deed.person.person_id.as_str(), deed.now);
                store::update_use(tx, (&clinic, &own.file.newest.path), None, who)?;
            }
            for one in named::list_chosen_of(tx, &clinic, &own.slug)? {
                named::update_taken_back(tx, &clinic, (&own.slug, &one.client_id), deed.now)?;
                deed.write_down(tx, Some(&one.client_id), TAKEN_BACK)?;
            }
            deed.write_down(tx, None, "withdrew a practice written here")
        })
        .await
}

const TAKEN_BACK: &str = "took back a practice written here";

/// Who does something now.
struct Deed {
    ids: Ids,
    now: i64,
    person: Person,
}

impl Deed {
    fn write_down(
        &self,
        tx: &mut Tx<'_>,
        subject: Option<&str>,
        what: &'static str,
    ) -> Result<(), Error> {
        let (clinic, who) = (&self.person.clinic_id, self.person.person_id.as_str());
        let audit_id = self.ids.make(self.now)?;
        audit::add(tx, &audit_id, clinic, self.now, Some(who), subject, what)?;
        Ok(())
    }

    /// Puts a text to use: the newest version where it is that, else one version more.
    fn put_to_use(
        &self,
        tx: &mut Tx<'_>,
        file: &OwnFile,
        text: &str,
        note: &str,
    ) -> Result<(), Error> {
        let newest = &file.newest;
        let mut version = newest.version;
        if newest.text != text {
            version += 1;
            let next = Version {
                version,
                text: text.to_owned(),
                note: note.to_owned(),
                made_by: self.person.person_id.clone(),
                made_at: self.now,
                ..newest.clone()
            };
            if !store::add_version(tx, &next)? {
                return Err(Error::Conflict(
                    "A version was kept at the same moment. Please look at it, then do this again."
                        .to_owned(),
                ));
            }
        }
        let (place, who) = (
            (self.person.clinic_id.as_str(), newest.path.as_str()),
            (self.person.person_id.as_str(), self.now),
        );
        store::update_use(tx, place, Some(version), who)?;
        Ok(())
    }

    /// Offers it by name to those of her caseload who are wanted, and takes it back from those who are not. Whoever is no
    /// longer in her caseload keeps it until it is withdrawn.
    fn name(&self, tx: &mut Tx<'_>, slug: &str, wanted: &BTreeSet<String>) -> Result<(), Error> {
        let clinic = self.person.clinic_id.as_str();
        let had = named::list_chosen_of(tx, clinic, slug)?;
        for client in people::caseload(tx, &self.person)? {
            let whom = client.client_id();
            let has = had.iter().any(|one| one.client_id == whom);
            let is_wanted = wanted.contains(whom);
            if is_wanted && !has {
                let chosen = Chosen {
                    practice: slug.to_owned(),
                    client_id: whom.to_owned(),
                    offered_by: self.person.person_id.clone(),
                    offered_at: self.now,
                    taken_back_at: None,
                };
                named::add_chosen(tx, clinic, &chosen)?;
                self.write_down(tx, Some(whom), "offered a practice written here")?;
            } else if has && !is_wanted {
                named::update_taken_back(tx, clinic, (slug, whom), self.now)?;
                self.write_down(tx, Some(whom), TAKEN_BACK)?;
            }
        }
        Ok(())
    }
}
