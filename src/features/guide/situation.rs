//! What the guide has to know about a person, and whether something waits for her to see.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kith_content::{Audience, Forms, Library, Practice};

use super::rules::{Asked, Limits, decide, trigger};
use super::store;
use crate::app::App;
use crate::features::people::{Person, RecordAccess, Role};
use crate::features::plans::Plan;
use crate::features::sittings::Sitting;
use crate::features::{library, plans, sittings};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::web::locale::{day, days_between};

/// How far back the records matter, days.
const WINDOW: i64 = 14;
/// Days after which a reason to offer something is no news any more.
const NEWS: i64 = 7;

/// What is on record about whoever looks for something else.
#[derive(Clone, Debug)]
pub(super) struct Situation {
    pub(super) recent: Vec<Sitting>,
    pub(super) plans: Vec<Plan>,
    pub(super) planned: Vec<String>,
    pub(super) may: BTreeSet<String>,
    pub(super) limits: Limits,
    pub(super) switches: usize,
    pub(super) today: Date,
}

impl Situation {
    pub(super) fn read(
        tx: &mut Tx<'_>,
        app: &App,
        person: &Person,
        now: i64,
    ) -> Result<Self, Error> {
        let access = RecordAccess::own(person);
        let within = app.content.routing().switches.within_days * DAY;
        let plans = plans::store::list(tx, access.clinic_id(), access.person_id())?;
        Ok(Self {
            recent: sittings::store::list(tx, &access, now - WINDOW * DAY)?,
            planned: planned(&plans),
            plans,
            may: may_be_offered(&app.content, person),
            limits: super::limits(tx, &access, &app.content, day(now, &person.zone))?,
            switches: store::count_switches(tx, &access, now - within)?,
            today: day(now, &person.zone),
        })
    }

    pub(super) fn asked<'a>(&'a self, practice: Option<&'a Practice>, asking: bool) -> Asked<'a> {
        Asked {
            practice,
            barrier: None,
            effect: None,
            asking,
            recent: &self.recent,
            planned: &self.planned,
            may: &self.may,
            forms: Forms::default(),
            limits: self.limits,
            switches: self.switches,
            today: self.today,
        }
    }
}

fn planned(plans: &[Plan]) -> Vec<String> {
    plans
        .iter()
        .filter(|plan| plan.state == plans::State::Agreed)
        .flat_map(|plan| plan.practices())
        .map(|item| item.practice.clone())
        .collect()
}

/// What somebody may start by herself and is meant for her.
fn may_be_offered(content: &Library, person: &Person) -> BTreeSet<String> {
    let audience: &[Audience] = if person.roles.has(Role::Client) {
        &[Audience::Adult]
    } else {
        &[Audience::Adult, Audience::Clinician, Audience::Team]
    };
    content
        .practices()
        .filter(|practice| practice.instead && library::may_start(person, practice))
        .filter(|practice| audience.iter().any(|who| practice.audience.contains(who)))
        .map(|practice| practice.slug.clone())
        .collect()
}

/// Something that might fit better, which nobody has asked for yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// What does not fit.
    pub practice: String,
    /// The first offer, if there is one.
    pub instead: Option<String>,
    /// Why the first offer, in one sentence; what is said in its place when there is none.
    pub reason: String,
}

/// What the last sittings give reason to offer, unless she has chosen already.
///
/// # Errors
/// When the database fails.
pub fn find_waiting(
    tx: &mut Tx<'_>,
    app: &App,
    person: &Person,
    now: i64,
) -> Result<Option<Waiting>, Error> {
    let situation = Situation::read(tx, app, person, now)?;
    let triggers = &app.content.routing().triggers;
    let mut seen = BTreeSet::new();
    let mut news = situation.recent.iter().rev().filter(|sitting| {
        let on = sitting.started_on.parse::<Date>();
        seen.insert(sitting.practice.as_str())
            && on.is_ok_and(|on| days_between(on, situation.today) < NEWS)
    });
    let found =
        news.find(|sitting| trigger(triggers, &situation.recent, &sitting.practice).is_some());
    let Some(sitting) = found else {
        return Ok(None);
    };
    let offers = store::list(tx, &RecordAccess::own(person), now - WINDOW * DAY)?;
    let answered = offers.iter().any(|offer| {
        offer.sitting_id.as_deref() == Some(sitting.id.as_str()) && !offer.choices.is_empty()
    });
    if answered {
        return Ok(None);
    }
    let practice = app.content.practice(&sitting.practice);
    let decision = decide(&app.content, &situation.asked(practice, false));
    let first = decision.offers.into_iter().next();
    let instead = first.as_ref().map(|offer| offer.practice.clone());
    let reason = first.map(|offer| offer.reason).or(decision.message);
    Ok(reason.map(|reason| Waiting {
        practice: sitting.practice.clone(),
        instead,
        reason,
    }))
}
