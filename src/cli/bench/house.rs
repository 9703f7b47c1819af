//! A house to measure: one clinic, one practitioner, and her clients with some weeks behind them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::super::serve::{open, serve, settle, told};
use super::super::{Failure, note};
use kith_base::clock::DAY;
use kith_base::config::HouseOptions;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::{digest, secret};
use kith_base::web::locale::day;
use kith_rooms::front::App;
use kith_rooms::front::people::{self, Clinic, ConsentRow, Person, PersonRow, Role, Roles};
use kith_rooms::front::plans::{self, Agreement, Plan, PlanPractice, Terms};
use kith_rooms::front::sittings::{self, Sitting};

const ZONE: &str = "Europe/Madrid";
const LOCALE: &str = "en-GB";
/// Days since everybody joined.
const WEEKS: i64 = 6 * 7;
const PRACTICE: &str = "wish-loved-one";
const MINUTES: f64 = 5.0;
/// People who join in one transaction: enough to be quick, few enough for any memory.
const JOIN_AT_ONCE: usize = 100;

/// An open house and who lives in it.
pub(super) struct House {
    /// The real program.
    pub(super) app: App,
    /// Everybody's practitioner.
    pub(super) practitioner: Member,
    /// Her clients.
    pub(super) clients: Vec<Member>,
    revision: String,
    _folder: Folder,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub(super) struct Member {
    /// Herself.
    pub(super) person: Person,
    /// What her cookie holds.
    pub(super) token: String,
}

/// A server in this process.
pub(super) struct Server {
    /// Where it listens.
    pub(super) address: SocketAddr,
    task: JoinHandle<Result<(), Failure>>,
}

impl Server {
    /// Stops serving at once.
    pub(super) fn stop(self) {
        self.task.abort();
    }
}

/// A folder of one's own that goes with its value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let chance: String = secret()
            .map_err(|error| told(&error))?
            .chars()
            .take(12)
            .collect();
        let folder = std::env::temp_dir().join(format!("kith-bench-{chance}"));
        std::fs::create_dir(&folder).map_err(|error| {
            Failure::failed(format!("{} cannot be made: {error}", folder.display()))
        })?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            note(format!(
                "{} could not be removed: {error}",
                self.0.display()
            ));
        }
    }
}

impl House {
    /// Opens a new house, or an empty one at `database`, and lets so many people join.
    pub(super) async fn furnish(people: u32, database: Option<&str>) -> Result<Self, Failure> {
        let folder = Folder::new()?;
        let options = HouseOptions {
            data: Some(folder.path().to_owned()),
            database: database.map(str::to_owned),
            listen: Some(SocketAddr::from(([127, 0, 0, 1], 0))),
            ..HouseOptions::default()
        };
        let app = open(settle(options, "kith-bench")?)?;
        let clinics = app
            .db
            .read(people::list_clinics)
            .await
            .map_err(Failure::failed)?;
        if !clinics.is_empty() {
            return Err(Failure::wrong(
                "This database holds a clinic already, and a bench would fill it with invented people.",
            )
            .at("--database")
            .allowing("an empty database, such as one that createdb just made"));
        }
        let revision = app
            .content
            .practice(PRACTICE)
            .map(|practice| practice.revision.clone())
            .ok_or_else(|| Failure::failed(format!("There is no practice {PRACTICE}.")))?;
        let mut house = open_clinic(&app, revision, folder)
            .await
            .map_err(|error| told(&error))?;
        house.let_join(people).await.map_err(|error| told(&error))?;
        Ok(house)
    }

    /// Serves as `kith serve` does, on a port of its own.
    pub(super) async fn serve(&self) -> Result<Server, Failure> {
        let (tell, listening) = oneshot::channel();
        let app = self.app.clone();
        let task = tokio::spawn(serve(app, |address, _| {
            // Whoever asked waits below.
            let _ = tell.send(address);
        }));
        match listening.await {
            Ok(address) => Ok(Server { address, task }),
            Err(_) => Err(match task.await.map_err(Failure::failed)? {
                Err(failure) => failure,
                Ok(()) => Failure::failed("The server ended before it began."),
            }),
        }
    }

    /// The client of that number; numbers beyond the last begin again.
    pub(super) fn client(&self, number: usize) -> &Member {
        self.clients
            .get(number % self.clients.len().max(1))
            .unwrap_or(&self.practitioner)
    }

    /// A sitting that just ended, with an id nobody has used.
    pub(super) fn sitting_now(&self) -> Result<Sitting, Failure> {
        self.sitting(self.app.clock.now())
            .map_err(|error| told(&error))
    }

    /// A PHQ-9 that was just answered, with an id nobody has used, as a phone sends it.
    pub(super) fn response_now(&self, number: usize) -> Result<(String, Json), Failure> {
        let now = self.app.clock.now();
        let id = self.app.ids.make(now).map_err(|error| told(&error))?;
        let mut answers: Vec<usize> = (0..9).map(|item| (number / (item + 1)) % 4).collect();
        answers[8] = usize::from(number.is_multiple_of(50));
        let record =
            json!({"id": id, "instrument": "phq-9", "answered_at": now, "answers": answers});
        Ok((id, record))
    }

    fn sitting(&self, started_at: i64) -> Result<Sitting, Error> {
        sitting(&self.app, &self.revision, started_at)
    }

    async fn let_join(&mut self, people: u32) -> Result<(), Error> {
        let now = self.app.clock.now();
        let joined = now - WEEKS * DAY;
        for number in 1..=people {
            let clinic_id = &self.practitioner.person.clinic_id;
            let member = member(
                &self.app,
                clinic_id,
                &number.to_string(),
                Role::Client,
                joined,
            )?;
            self.clients.push(member);
        }
        for members in self.clients.chunks(JOIN_AT_ONCE) {
            let members = members.to_vec();
            let (app, practitioner) = (self.app.clone(), self.practitioner.person.clone());
            let revision = self.revision.clone();
            self.app
                .db
                .write(move |tx| {
                    for member in &members {
                        join(tx, member, joined, now)?;
                        live(tx, &app, &practitioner, &member.person, &revision, now)?;
                    }
                    Ok::<_, Error>(())
                })
                .await?;
        }
        Ok(())
    }
}

async fn open_clinic(app: &App, revision: String, folder: Folder) -> Result<House, Error> {
    let now = app.clock.now();
    let clinic = Clinic {
        clinic_id: app.ids.make(now)?,
        name: "The bench".to_owned(),
        locale: LOCALE.to_owned(),
        zone: ZONE.to_owned(),
        ..Clinic::default()
    };
    let practitioner = member(app, &clinic.clinic_id, "Amira", Role::Practitioner, now)?;
    let joining = practitioner.clone();
    app.db
        .write(move |tx| {
            people::add_clinic(tx, &clinic, now)?;
            join(tx, &joining, now, now)
        })
        .await?;
    Ok(House {
        app: app.clone(),
        practitioner,
        clients: Vec::new(),
        revision,
        _folder: folder,
    })
}

fn member(app: &App, clinic_id: &str, name: &str, role: Role, at: i64) -> Result<Member, Error> {
    Ok(Member {
        person: Person {
            clinic_id: clinic_id.to_owned(),
            person_id: app.ids.make(at)?,
            name: name.to_owned(),
            roles: Roles::of(&[role]),
            locale: LOCALE.to_owned(),
            zone: ZONE.to_owned(),
            demo: false,
        },
        token: secret()?,
    })
}

/// Somebody comes and signs in. She has no password: only her cookie is needed here.
fn join(tx: &mut Tx<'_>, member: &Member, joined: i64, now: i64) -> Result<(), Error> {
    let person = &member.person;
    let row = PersonRow {
        clinic_id: person.clinic_id.clone(),
        person_id: person.person_id.clone(),
        name: person.name.clone(),
        sign_in_name: format!("{} {}", person.name, person.person_id),
        roles: person.roles.to_string(),
        locale: person.locale.clone(),
        zone: person.zone.clone(),
        made_at: joined,
    };
    people::add_person(tx, &row)?;
    let (clinic_id, person_id) = (&person.clinic_id, &person.person_id);
    let hash = digest(&member.token);
    Ok(people::add_login(
        tx,
        clinic_id,
        person_id,
        &hash,
        now,
        now + DAY,
    )?)
}

/// A client's weeks: she shares her record, agrees to a plan, and practises two days of three.
fn live(
    tx: &mut Tx<'_>,
    app: &App,
    practitioner: &Person,
    client: &Person,
    revision: &str,
    now: i64,
) -> Result<(), Error> {
    let joined = now - WEEKS * DAY;
    let (clinic_id, client_id) = (&client.clinic_id, &client.person_id);
    people::add_to_caseload(tx, clinic_id, &practitioner.person_id, client_id, joined)?;
    for layer in app.content.layers() {
        let share = layer.id == "share";
        let consent = ConsentRow {
            consent_id: app.ids.make(joined)?,
            layer: layer.id.clone(),
            version: layer.version.clone(),
            with_id: if share {
                practitioner.person_id.clone()
            } else {
                String::new()
            },
            given: layer.required || share,
            at: joined,
        };
        people::add_consent(tx, clinic_id, client_id, &consent)?;
    }
    agree(tx, app, practitioner, client, joined)?;
    let mut records = Vec::new();
    for days_ago in (1..=WEEKS).rev().filter(|day| day % 3 != 0) {
        records.push(sitting(app, revision, now - days_ago * DAY)?);
    }
    sittings::keep(tx, client, &records, &app.content)?;
    Ok(())
}

fn agree(
    tx: &mut Tx<'_>,
    app: &App,
    practitioner: &Person,
    client: &Person,
    at: i64,
) -> Result<(), Error> {
    let item = PlanPractice {
        practice: PRACTICE.to_owned(),
        minutes: MINUTES,
        weekdays: "1234567".to_owned(),
        first_day: 1,
        last_day: None,
        routine: "after brushing your teeth".to_owned(),
        smallest_practice: "hand-rest-20s".to_owned(),
        smallest_minutes: 1.0,
    };
    let starts_on = day(at, &client.zone);
    let plan = Plan {
        plan_id: app.ids.make(at)?,
        client_id: client.person_id.clone(),
        prescribed_by: practitioner.person_id.clone(),
        why: "To get used to a kinder tone with somebody who makes it easy.".to_owned(),
        if_hard: "Stop, feel both feet on the floor, and do something ordinary.".to_owned(),
        starts_on,
        made_at: at,
        prescribed: vec![item.clone()],
        ..Plan::default()
    };
    plans::add(tx, &client.clinic_id, &plan)?;
    let (clinic_id, client_id) = (&client.clinic_id, &client.person_id);
    plans::agree(
        tx,
        clinic_id,
        client_id,
        &plan.plan_id,
        &Terms::Practices(vec![item]),
        Agreement {
            starts_on,
            on: starts_on,
            confidence: Some(8),
            now: at,
        },
    )?;
    Ok(())
}

fn sitting(app: &App, revision: &str, started_at: i64) -> Result<Sitting, Error> {
    Ok(Sitting {
        id: app.ids.make(started_at)?,
        practice: PRACTICE.to_owned(),
        revision: revision.to_owned(),
        started_at,
        started_on: day(started_at, ZONE).to_string(),
        minutes: MINUTES,
        seconds_heard: (MINUTES * 60.0) as i64,
        finished: true,
        fit: Some(7),
        effect: Some(1),
        barrier: Some("nothing".to_owned()),
        received_at: started_at,
    })
}
