//! Brings together what there is of one kind, for people whose records are open.

use std::collections::{BTreeSet, HashMap};

use kith_content::Library;
use serde_json::{Value, json};

use super::resources;
use super::rules::{Kind, pseudonym};
use super::search::{Entry, full_url};
use super::sheets::Desk;
use super::store;
use crate::features::measures::store::questionnaires::list_questionnaires;
use crate::features::people::OpenRecord;
use crate::features::{measures, plans};
use kith_base::db::{Error, Tx};
use kith_base::web::locale::zone;

/// Everything of one kind about these people, in no order.
///
/// # Errors
/// When the database fails.
pub fn entries(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    kind: Kind,
    open: &[OpenRecord],
) -> Result<Vec<Entry>, Error> {
    if kind == Kind::Questionnaire {
        let all = desk.questionnaires().into_iter();
        return Ok(all
            .map(|(at, resource)| Entry {
                at,
                changed_at: at,
                person_id: String::new(),
                resource,
            })
            .collect());
    }
    let mut found = Vec::new();
    for whose in open {
        found.extend(of_person(tx, desk, kind, whose)?);
    }
    Ok(found)
}

fn of_person(
    tx: &mut Tx<'_>,
    desk: &Desk<'_>,
    kind: Kind,
    whose: &OpenRecord,
) -> Result<Vec<Entry>, Error> {
    let record = &whose.record;
    let (clinic_id, person_id) = (record.clinic_id(), record.person_id());
    let name = pseudonym(clinic_id, person_id);
    let place = zone(&whose.zone);
    let entry = |at, changed_at, resource| Entry {
        at,
        changed_at,
        person_id: person_id.to_owned(),
        resource,
    };
    let mut found = Vec::new();
    match kind {
        Kind::Questionnaire => {}
        Kind::Patient => {
            found.push(entry(
                whose.since_at,
                whose.since_at,
                resources::patient(&name),
            ));
        }
        Kind::CarePlan => {
            for plan in plans::store::list(tx, clinic_id, person_id)? {
                let changed_at = plan.agreed_at.unwrap_or(plan.made_at);
                let resource = resources::care_plan(desk.library, &name, &place, &plan);
                found.extend(resource.map(|resource| entry(plan.made_at, changed_at, resource)));
            }
        }
        Kind::QuestionnaireResponse => {
            let origins: HashMap<String, store::Origin> =
                store::list_origins(tx, clinic_id, person_id)?
                    .into_iter()
                    .map(|origin| (origin.response_id.clone(), origin))
                    .collect();
            for one in measures::store::responses::list_responses(tx, record, 0)? {
                let origin = origins.get(&one.id);
                let resource = resources::response(desk, &name, &place, &one, origin);
                found.push(entry(one.answered_at, one.received_at, resource));
            }
        }
        Kind::Observation => {
            for one in measures::store::responses::list_responses(tx, record, 0)? {
                let mut changed_at = one.received_at;
                if one.again.is_some() {
                    let scorings =
                        measures::store::responses::list_scorings(tx, clinic_id, &one.id)?;
                    changed_at = scorings.last().map_or(changed_at, |(at, _)| *at);
                }
                let scores = resources::observations(desk.library, &name, &place, &one, changed_at);
                found.extend(
                    scores
                        .into_iter()
                        .map(|resource| entry(one.answered_at, changed_at, resource)),
                );
            }
        }
    }
    Ok(found)
}

/// One person's record as a Bundle: herself by her pseudonym, her answers with the questionnaires they belong to, scores, plans.
///
/// # Errors
/// When the database fails.
pub fn bundle(
    tx: &mut Tx<'_>,
    library: &Library,
    base: &str,
    whose: &OpenRecord,
) -> Result<Value, Error> {
    let forms = list_questionnaires(tx, whose.record.clinic_id())?;
    let desk = Desk::new(library, base.to_owned(), forms);
    let mut resources = Vec::new();
    for kind in [
        Kind::Patient,
        Kind::QuestionnaireResponse,
        Kind::Observation,
        Kind::CarePlan,
    ] {
        let mut found = of_person(tx, &desk, kind, whose)?;
        found.sort_by(|a, b| (a.at, a.id()).cmp(&(b.at, b.id())));
        resources.extend(found.into_iter().map(|entry| entry.resource));
    }
    let answered: BTreeSet<String> = resources
        .iter()
        .filter_map(|resource| resource["questionnaire"].as_str())
        .map(str::to_owned)
        .collect();
    let questionnaires = desk.questionnaires().into_iter().map(|(_, one)| one);
    resources.extend(questionnaires.filter(|one| {
        let part = |key: &str| one[key].as_str().unwrap_or_default();
        let canonical = match part("version") {
            "" => part("url").to_owned(),
            version => format!("{}|{version}", part("url")),
        };
        answered.contains(&canonical)
    }));
    let entries: Vec<Value> = resources
        .into_iter()
        .map(|resource| json!({"fullUrl": full_url(base, &resource), "resource": resource}))
        .collect();
    Ok(json!({"resourceType": "Bundle", "type": "collection", "entry": entries}))
}
