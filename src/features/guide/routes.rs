//! Something else, and what was chosen of it.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kith_content::{Form as Way, Forms, Modality, Practice};
use serde::Deserialize;
use serde_json::json;

use super::rules::{Decision, Offer, SAME_KIND, decide};
use super::situation::Situation;
use super::store::{self, ChoiceRow, OfferRow, Shown};
use super::{NO_PRACTICE, choose, pages, rules};
use crate::app::{App, State};
use crate::features::people::{Person, RecordAccess};
use crate::features::plans;
use crate::features::sittings::Sitting;
use kith_base::audit;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id::read_id;
use kith_base::web::form::Form;
use kith_base::web::respond::{self, see, wants_json};

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    from: String,
    /// What got in the way and how it was, when that record may still be on its way.
    #[serde(default)]
    barrier: String,
    #[serde(default)]
    effect: String,
    /// What was chosen a moment ago: `talk` or `acts`.
    #[serde(default)]
    chose: String,
}

/// `GET /something-else?from=PRACTICE`
pub(super) async fn page(
    State(app): State<App>,
    person: Person,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let now = app.clock.now();
    let offer_id = app.ids.make(now)?;
    let (at_hand, viewer) = (app.clone(), person.clone());
    let asked = wanted.clone();
    let view = app
        .db
        .write(move |tx| look(tx, &at_hand, &viewer, &asked, offer_id, now))
        .await?;
    if wants_json(&headers) {
        let body = json!({"offer": view.offer_id, "trigger": view.decision.trigger,
            "offers": view.decision.offers, "steps": view.decision.steps,
            "withheld": view.decision.withheld, "message": view.decision.message});
        return Ok(respond::json(StatusCode::OK, &body));
    }
    let body = match wanted.chose.as_str() {
        "talk" => pages::talk(&person),
        "acts" => pages::acts(&app, &acts(&app, &view.decision)),
        _ => pages::offers(&app, &person, &view),
    };
    let page = person.page("Something else", "/today", body);
    Ok(page.into_response())
}

/// What somebody is shown.
pub(super) struct View {
    pub(super) from: Option<String>,
    pub(super) offer_id: String,
    pub(super) decision: Decision,
    /// Whether it can take the other's place in a plan.
    pub(super) may_swap: bool,
}

fn look(
    tx: &mut Tx<'_>,
    app: &App,
    person: &Person,
    wanted: &Wanted,
    offer_id: String,
    now: i64,
) -> Result<View, Error> {
    let situation = Situation::read(tx, app, person, now)?;
    let practice = app.content.practice(&wanted.from);
    let known = |code: &&str| app.content.routing().row(code).is_some();
    let mut asked = situation.asked(practice, true);
    asked.barrier = Some(wanted.barrier.as_str()).filter(known);
    asked.effect = wanted
        .effect
        .parse()
        .ok()
        .filter(|effect| (-2..=2).contains(effect));
    let decision = decide(&app.content, &asked);
    let sitting = situation
        .recent
        .iter()
        .rev()
        .find(|sitting| practice.is_some_and(|practice| practice.slug == sitting.practice));
    let offer = row(app, practice, &decision, sitting, &situation, offer_id, now);
    // Whoever has just chosen is not shown offers again.
    let offer_id = match wanted.chose.as_str() {
        "talk" | "acts" => offer.offer_id,
        _ => store::add(tx, &RecordAccess::own(person), &offer)?,
    };
    Ok(View {
        from: practice.map(|practice| practice.slug.clone()),
        offer_id,
        may_swap: practice
            .is_some_and(|from| plans::may_swap(&app.content, &situation.plans, &from.slug)),
        decision,
    })
}

fn row(
    app: &App,
    practice: Option<&Practice>,
    decision: &Decision,
    sitting: Option<&Sitting>,
    situation: &Situation,
    offer_id: String,
    now: i64,
) -> OfferRow {
    let from = practice.map_or("", |practice| practice.slug.as_str());
    let trigger = decision.trigger.map_or("", rules::Trigger::word);
    let sitting_id = sitting.map(|sitting| sitting.id.clone());
    let shown: Vec<Shown> = decision
        .offers
        .iter()
        .map(|offer| Shown {
            practice: offer.practice.clone(),
            minutes: offer.minutes,
            probability: offer.probability,
            reason: offer.reason.clone(),
            place: place(offer),
        })
        .collect();
    // Without a sitting, a day is what makes an occasion.
    let when = sitting_id
        .clone()
        .unwrap_or_else(|| situation.today.to_string());
    let what: Vec<&str> = shown.iter().map(|offer| offer.place.as_str()).collect();
    let said = if decision.message.is_some() {
        "message"
    } else {
        ""
    };
    OfferRow {
        offer_id,
        at: now,
        from_practice: from.to_owned(),
        trigger: trigger.to_owned(),
        barrier: decision.barrier.clone(),
        candidates: decision.candidates.clone(),
        message: decision.message.clone(),
        tell_practitioner: decision.tell_practitioner,
        revision: app.content.routing().revision.clone(),
        occasion: format!("{from} {when} {trigger} {said} {}", what.join(" ")),
        sitting_id,
        offers: shown,
        choices: Vec::new(),
    }
}

/// Where an offer begins, with its forms and wishes.
pub(super) fn place(offer: &Offer) -> String {
    let mut place = format!("/practise/{}?minutes={}", offer.practice, offer.minutes);
    if let Some(phrases) = &offer.phrases {
        place.push_str(&format!("&phrases={phrases}"));
    }
    let usual = Forms::default();
    for (form, name) in [
        (Way::EyesClosed, "eyes_closed"),
        (Way::Touch, "touch"),
        (Way::Imagery, "imagery"),
        (Way::Breath, "breath"),
        (Way::Light, "light"),
    ] {
        let on = offer.forms.has(form);
        if on != usual.has(form) {
            place.push_str(&format!("&{name}={}", if on { "yes" } else { "no" }));
        }
    }
    place
}

/// The kind acts nothing stands against.
fn acts<'a>(app: &'a App, decision: &Decision) -> Vec<&'a Practice> {
    app.content
        .practices()
        .filter(|practice| practice.modality == Modality::Acts)
        .filter(|practice| {
            decision.allows(&practice.slug)
                || decision.candidates.iter().any(|candidate| {
                    candidate.practice == practice.slug
                        && candidate.why_not.as_deref() == Some(SAME_KIND)
                })
        })
        .collect()
}

/// `POST /offers/{offer_id}/choice`: this once, from now on, or none of it.
pub(super) async fn choice(
    State(app): State<App>,
    person: Person,
    Path(offer_id): Path<String>,
    mut form: Form,
) -> Result<Response, Error> {
    let practice = form.needed("practice", 80, "Please choose one of what is offered.");
    form.finish()?;
    let stays = form.raw("how") == "from-now-on" && !NO_PRACTICE.contains(&practice.as_str());
    let offer_id = read_id(&offer_id).ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let audit_id = app.ids.make(now)?;
    let at_hand = app.clone();
    let to = app
        .db
        .write(move |tx| {
            let how = if stays { "from-now-on" } else { "once" };
            let choice = ChoiceRow {
                practice,
                how: how.to_owned(),
                at: now,
            };
            let access = RecordAccess::own(&person);
            let offer = choose(tx, &access, &offer_id, &choice)?.ok_or(Error::NotFound)?;
            let shown = offer
                .offers
                .iter()
                .find(|shown| shown.practice == choice.practice);
            match shown {
                None => Ok::<_, Error>(after(&choice.practice, &offer.from_practice)),
                Some(shown) if !stays => {
                    still_offered(tx, &at_hand, &person, &offer, shown, now)?;
                    Ok(shown.place.clone())
                }
                Some(shown) => {
                    swap(tx, &at_hand, &person, &offer, shown, now)?;
                    let whose = Some(person.person_id.as_str());
                    let deed = "put a practice in another's place";
                    audit::add(tx, &audit_id, &person.clinic_id, now, whose, whose, deed)?;
                    Ok("/today".to_owned())
                }
            }
        })
        .await?;
    Ok(see(&to))
}

fn after(chosen: &str, from: &str) -> String {
    match chosen {
        "talk" | "acts" => format!("/something-else?from={from}&chose={chosen}"),
        _ => "/today".to_owned(),
    }
}

fn changed() -> Error {
    Error::Conflict(
        "This has changed since it was shown. Please look at what is offered now.".to_owned(),
    )
}

/// Whether nothing has come to stand against an offer since it was shown.
fn still_offered(
    tx: &mut Tx<'_>,
    app: &App,
    person: &Person,
    offer: &OfferRow,
    shown: &Shown,
    now: i64,
) -> Result<Situation, Error> {
    let situation = Situation::read(tx, app, person, now)?;
    let from = app.content.practice(&offer.from_practice);
    let mut asked = situation.asked(from, true);
    asked.barrier = offer.barrier.as_deref();
    if decide(&app.content, &asked).allows(&shown.practice) {
        Ok(situation)
    } else {
        Err(changed())
    }
}

/// Puts what was chosen in the other's place.
fn swap(
    tx: &mut Tx<'_>,
    app: &App,
    person: &Person,
    offer: &OfferRow,
    shown: &Shown,
    now: i64,
) -> Result<(), Error> {
    let situation = still_offered(tx, app, person, offer, shown, now)?;
    let least = app
        .content
        .practice(&shown.practice)
        .map_or(shown.minutes, |practice| practice.minutes.0);
    let most = situation.limits.minutes_most.unwrap_or(shown.minutes);
    let replacement = plans::Replacement {
        from: &offer.from_practice,
        to: &shown.practice,
        minutes: shown.minutes.min(most.max(least)),
        offer_id: &offer.offer_id,
    };
    let whose = (person.clinic_id.as_str(), person.person_id.as_str());
    let swapped = plans::swap(
        tx,
        &app.content,
        &app.ids,
        now,
        whose,
        replacement,
        situation.today,
    )?;
    if swapped == 0 {
        return Err(changed());
    }
    Ok(())
}
