//! Invented people through the real program: the demo's furnished clinic.
//!
//! Everything goes through the functions the program itself uses, with the times handed in, so the
//! same day gives the same clinic.

mod answers;
mod care;
mod own;
mod stories;

#[cfg(test)]
mod tests;

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use kith_content::{Edition, ItemKind};

use crate::app::App;
use crate::features::people::store::{self, Clinic, ConsentRow, PersonRow};
use crate::features::people::{Joining, Person, Roles};
use crate::features::plans::rules::{Course, Dose};
use crate::features::plans::store::{Agreement, Terms};
use crate::features::plans::{self, Plan, PlanPractice};
use crate::features::sittings::{self, Sitting};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::{Ids, digest};
use kith_base::web::locale::{day, zone};
use stories::{Chance, Ending, STORIES, Story};

const ZONE: &str = "Europe/Madrid";
const PASSWORD: &str = "kind river stone";
const PIN: &str = "204817";

/// Those who work in the demo: name, roles.
const STAFF: [(&str, &str); 4] = [
    ("Amira", "practitioner"),
    ("Chloe", "lead"),
    ("Ema", "researcher"),
    ("Olu", "owner"),
];

/// How to sign in to the demo: role, names, secret.
pub fn entries() -> Vec<(&'static str, String, &'static str)> {
    let mut entries: Vec<_> = STAFF
        .iter()
        .map(|(name, role)| (*role, name.to_lowercase(), PASSWORD))
        .collect();
    let clients: Vec<_> = STORIES
        .iter()
        .map(|story| story.name.to_lowercase())
        .collect();
    entries.insert(1, ("client", clients.join(", "), PIN));
    entries
}

/// Furnishes an empty house; leaves one that is furnished as it is. Tells whether it did something.
///
/// # Errors
/// When the database fails.
pub async fn furnish(app: &App) -> Result<bool, Error> {
    let password_hash = app.secrets.hash(PASSWORD).await?;
    let pin_hash = app.secrets.hash(PIN).await?;
    let house = House {
        app: app.clone(),
        ids: Ids::counted(),
        now: app.clock.now(),
        today: day(app.clock.now(), ZONE),
        password_hash,
        pin_hash,
    };
    app.db
        .write(move |tx| {
            let clinics = store::list_clinics(tx)?;
            if clinics.iter().any(|clinic| !clinic.invented) {
                return Err(Error::Conflict(
                    "This database holds a clinic that is not a demo. Nothing was changed; name another place."
                        .to_owned(),
                ));
            }
            if !clinics.is_empty() {
                return Ok(false);
            }
            house.furnish(tx)?;
            Ok(true)
        })
        .await
}

struct House {
    app: App,
    ids: Ids,
    now: i64,
    today: Date,
    password_hash: String,
    pin_hash: String,
}

impl House {
    fn furnish(&self, tx: &mut Tx<'_>) -> Result<(), Error> {
        let long_ago = self.now - 90 * DAY;
        let clinic = Clinic {
            clinic_id: self.ids.make(long_ago)?,
            name: "Lindenhof Practice".to_owned(),
            locale: "en-GB".to_owned(),
            zone: ZONE.to_owned(),
            invented: true,
        };
        store::add_clinic(tx, &clinic, long_ago)?;
        care::set_help(tx, &clinic)?;
        let (mut practitioner, mut lead) = (String::new(), String::new());
        for (name, roles) in STAFF {
            let row = self.person(&clinic, name, roles, long_ago)?;
            if roles == "practitioner" {
                practitioner.clone_from(&row.person_id);
            }
            if roles == "lead" {
                lead.clone_from(&row.person_id);
            }
            self.join(tx, row, "password", None, true, long_ago)?;
        }
        care::set_contact(tx, &clinic, (&practitioner, &lead), long_ago)?;
        own::write(tx, &clinic, &practitioner, long_ago)?;
        for story in &STORIES {
            self.live(tx, &clinic, &practitioner, story)?;
        }
        Ok(())
    }

    fn person(
        &self,
        clinic: &Clinic,
        name: &str,
        roles: &str,
        at: i64,
    ) -> Result<PersonRow, Error> {
        Ok(PersonRow {
            clinic_id: clinic.clinic_id.clone(),
            person_id: self.ids.make(at)?,
            name: name.to_owned(),
            sign_in_name: name.to_lowercase(),
            roles: roles.to_owned(),
            locale: clinic.locale.clone(),
            zone: clinic.zone.clone(),
            made_at: at,
        })
    }

    fn join(
        &self,
        tx: &mut Tx<'_>,
        person: PersonRow,
        kind: &'static str,
        practitioner: Option<&str>,
        shares: bool,
        at: i64,
    ) -> Result<(), Error> {
        let client = practitioner.is_some();
        let mut consents = Vec::new();
        for layer in self.app.content.layers().iter().filter(|_| client) {
            let share = layer.id == "share";
            consents.push(ConsentRow {
                consent_id: self.ids.make(at)?,
                layer: layer.id.clone(),
                version: layer.version.clone(),
                with_id: practitioner
                    .filter(|_| share)
                    .unwrap_or_default()
                    .to_owned(),
                given: layer.required || ((share || layer.id == "risk-contact") && shares),
                at,
            });
        }
        let device = match client {
            // Nobody holds this device; in the demo a PIN works anywhere.
            true => Some((self.ids.make(at)?, digest(&person.person_id))),
            false => None,
        };
        Joining {
            secret_hash: if client {
                self.pin_hash.clone()
            } else {
                self.password_hash.clone()
            },
            person,
            kind,
            consents,
            device,
            practitioner_id: practitioner.map(str::to_owned),
            audit_id: self.ids.make(at)?,
        }
        .store(tx, at)
    }

    /// An instant of a day where the demo is.
    fn at(&self, on: Date, hour: i8, minute: i8) -> i64 {
        on.at(hour, minute, 0, 0)
            .to_zoned(zone(ZONE))
            .map_or(self.now, |moment| Timestamp::from(moment).as_millisecond())
    }

    fn back(&self, days: i64) -> Date {
        self.today
            .checked_sub(Span::new().days(days))
            .unwrap_or(self.today)
    }

    /// One client from the day she joined until today.
    fn live(
        &self,
        tx: &mut Tx<'_>,
        clinic: &Clinic,
        practitioner: &str,
        story: &Story,
    ) -> Result<(), Error> {
        let joined = self.at(self.back(story.joined), 8, 5).min(self.now);
        let row = self.person(clinic, story.name, "client", joined)?;
        let client = Person {
            clinic_id: row.clinic_id.clone(),
            person_id: row.person_id.clone(),
            name: row.name.clone(),
            roles: Roles::read(&row.roles),
            locale: row.locale.clone(),
            zone: row.zone.clone(),
            demo: true,
        };
        self.join(tx, row, "pin", Some(practitioner), story.shares, joined)?;
        for chapter in story.chapters {
            let offered = self.at(self.back(chapter.from), 9, 30).min(self.now);
            let item = PlanPractice {
                practice: chapter.practice.to_owned(),
                minutes: chapter.minutes,
                weekdays: chapter.weekdays.to_owned(),
                first_day: 1,
                last_day: None,
                routine: chapter.routine.to_owned(),
                smallest_practice: "hand-rest-20s".to_owned(),
                smallest_minutes: 1.0,
            };
            let dose = Dose {
                minutes_most: None,
                weekdays: item.weekdays.clone(),
                routine: item.routine.clone(),
                smallest_practice: item.smallest_practice.clone(),
                smallest_minutes: item.smallest_minutes,
            };
            let plan = Plan {
                plan_id: self.ids.make(offered)?,
                client_id: client.person_id.clone(),
                prescribed_by: practitioner.to_owned(),
                why: chapter.why.to_owned(),
                if_hard: "Stop, feel both feet on the floor, and do something ordinary. We will talk about it.".to_owned(),
                starts_on: self.back(chapter.from),
                made_at: offered,
                course: chapter.programme.map(|programme| Course {
                    programme: programme.to_owned(),
                    edition: Edition::Care,
                    prescribed: dose.clone(),
                    agreed: None,
                    opened: Vec::new(),
                    swaps: Vec::new(),
                }),
                prescribed: match chapter.programme {
                    Some(_) => Vec::new(),
                    None => vec![item.clone()],
                },
                ..Plan::default()
            };
            plans::store::add(tx, &clinic.clinic_id, &plan)?;
            if chapter.ending == Ending::Offered {
                continue;
            }
            let first = self.back(chapter.from);
            let (whose, plan_id) = (&client.person_id, &plan.plan_id);
            if !plans::store::agree(
                tx,
                &clinic.clinic_id,
                whose,
                plan_id,
                &match chapter.programme {
                    Some(_) => Terms::Dose(dose),
                    None => Terms::Practices(vec![item]),
                },
                Agreement {
                    starts_on: first,
                    on: first,
                    confidence: Some(8),
                    now: offered,
                },
            )? {
                return Err(Error::internal("a plan of the demo was not on offer"));
            }
            let plans = plans::store::list(tx, &clinic.clinic_id, whose)?;
            let agreed: Vec<_> = plans
                .into_iter()
                .filter(|each| each.plan_id == *plan_id)
                .collect();
            let records = self.practise(&client, story, chapter, &agreed)?;
            sittings::keep(tx, &client, &records, &self.app.content)?;
            if chapter.ending == Ending::Ended {
                let ended = self.at(self.back(chapter.to), 19, 0);
                plans::store::end(tx, &clinic.clinic_id, whose, plan_id, ended)?;
            }
        }
        answers::live(self, tx, &client, practitioner)?;
        care::live(self, tx, &client, practitioner)
    }

    /// The sittings of one chapter.
    fn practise(
        &self,
        client: &Person,
        story: &Story,
        chapter: &stories::Chapter,
        agreed: &[Plan],
    ) -> Result<Vec<Sitting>, Error> {
        let content = &self.app.content;
        let mut chance = Chance::seeded(story.name, chapter.practice);
        let mut records: Vec<Sitting> = Vec::new();
        let mut number = 0;
        let days = (chapter.to..chapter.from).rev().map(|back| self.back(back));
        let asked = days.flat_map(|on| {
            let due = plans::due(agreed, content, &[], on);
            let required = |due: &plans::Due| due.kind == ItemKind::Practice && !due.optional;
            due.into_iter().filter(required).map(move |due| (on, due))
        });
        for (on, due) in asked {
            if !chance.happens(chapter.keeps) {
                continue;
            }
            let revision = content
                .practice(&due.id)
                .map(|practice| practice.revision.clone())
                .unwrap_or_default();
            let started_at = self.at(
                on,
                chapter.hour,
                i8::try_from(chance.below(40)).unwrap_or(0),
            );
            if started_at > self.now {
                continue;
            }
            let taps = chapter.taps(number, &mut chance);
            number += 1;
            let asked = due.minutes * 60.0;
            let seconds_heard = (asked * taps.heard).round() as i64;
            records.push(Sitting {
                id: self.ids.make(started_at)?,
                practice: due.id,
                revision,
                started_at,
                started_on: day(started_at, &client.zone).to_string(),
                minutes: due.minutes,
                seconds_heard,
                finished: taps.heard >= 1.0,
                fit: taps.fit,
                effect: taps.effect,
                barrier: taps.barrier.map(str::to_owned),
                received_at: started_at + 30 * 60_000,
            });
        }
        if let Some(last) = records.last_mut().filter(|_| chapter.ends_badly) {
            last.effect = Some(-2);
            last.fit = Some(3);
            last.barrier = Some(chapter.barrier.to_owned());
            last.finished = false;
            last.seconds_heard /= 2;
        }
        Ok(records)
    }
}
