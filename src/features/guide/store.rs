//! Offers and choices as rows.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::rules::Candidate;
use crate::features::people::RecordAccess;
use kith_base::db::{Error, Row, Tx};

/// One thing that was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The practice's slug.
    pub practice: String,
    /// For how long.
    pub minutes: f64,
    /// The share with which it was chosen.
    pub probability: f64,
    /// Why, in one sentence.
    pub reason: String,
    /// Where it begins, with its forms and wishes.
    pub place: String,
}

/// What was offered once, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfferRow {
    /// Itself.
    pub offer_id: String,
    /// When it was first shown, Unix milliseconds.
    pub at: i64,
    /// What it was to take the place of; empty when nothing.
    pub from_practice: String,
    /// The newest sitting of that practice then.
    pub sitting_id: Option<String>,
    /// Why anything was offered.
    pub trigger: String,
    /// What had got in the way.
    pub barrier: Option<String>,
    /// Every practice that was considered.
    pub candidates: Vec<Candidate>,
    /// What was shown.
    pub offers: Vec<Shown>,
    /// Said in place of further offers.
    pub message: Option<String>,
    /// Whether the practitioner is to be shown it.
    pub tell_practitioner: bool,
    /// Which text of the routing table.
    pub revision: String,
    /// The same sitting, reason and offers.
    #[serde(skip)]
    pub occasion: String,
    /// What was chosen, in the order it was.
    pub choices: Vec<ChoiceRow>,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChoiceRow {
    /// A slug, or rest, talk, acts, none.
    pub practice: String,
    /// once, from-now-on
    pub how: String,
    /// When, Unix milliseconds.
    pub at: i64,
}

/// Adds an offer unless the same was shown before; tells the id it has.
pub fn add(tx: &mut Tx<'_>, access: &RecordAccess, offer: &OfferRow) -> Result<String, Error> {
    let candidates = write_json(&offer.candidates)?;
    let offers = write_json(&offer.offers)?;
    tx.exec(
        "insert into offer (clinic_id, offer_id, person_id, at, from_practice, sitting_id, trigger,
             barrier, candidates, offers, message, tell_practitioner, revision, occasion)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (clinic_id, person_id, occasion) do nothing",
        &[
            access.clinic_id().into(),
            (&offer.offer_id).into(),
            access.person_id().into(),
            offer.at.into(),
            (&offer.from_practice).into(),
            (&offer.sitting_id).into(),
            (&offer.trigger).into(),
            (&offer.barrier).into(),
            (&candidates).into(),
            (&offers).into(),
            (&offer.message).into(),
            offer.tell_practitioner.into(),
            (&offer.revision).into(),
            (&offer.occasion).into(),
        ],
    )?;
    let kept = tx.one(
        "select offer_id from offer where clinic_id = $1 and person_id = $2 and occasion = $3",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            (&offer.occasion).into(),
        ],
        |row| row.get::<String>("offer_id"),
    )?;
    Ok(kept.unwrap_or_else(|| offer.offer_id.clone()))
}

fn write_json(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Query(error.to_string()))
}

fn read_json<T: for<'d> Deserialize<'d>>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Query(error.to_string()))
}

fn read(row: &Row<'_>) -> Result<OfferRow, Error> {
    Ok(OfferRow {
        offer_id: row.get("offer_id")?,
        at: row.get("at")?,
        from_practice: row.get("from_practice")?,
        sitting_id: row.get("sitting_id")?,
        trigger: row.get("trigger")?,
        barrier: row.get("barrier")?,
        candidates: read_json(&row.get::<String>("candidates")?)?,
        offers: read_json(&row.get::<String>("offers")?)?,
        message: row.get("message")?,
        tell_practitioner: row.get("tell_practitioner")?,
        revision: row.get("revision")?,
        occasion: row.get("occasion")?,
        choices: Vec::new(),
    })
}

/// A person's offers since an instant with what she chose, newest first.
pub fn list(tx: &mut Tx<'_>, access: &RecordAccess, since_at: i64) -> Result<Vec<OfferRow>, Error> {
    let whose = [
        access.clinic_id().into(),
        access.person_id().into(),
        since_at.into(),
    ];
    let mut offers = tx.query(
        "select * from offer where clinic_id = $1 and person_id = $2 and at >= $3
         order by at desc, offer_id desc",
        &whose,
        read,
    )?;
    let choices = tx.query(
        "select offer_id, practice, how, at from offer_choice
         where clinic_id = $1 and person_id = $2 and at >= $3
         order by at, practice, how",
        &whose,
        |row| {
            let choice = ChoiceRow {
                practice: row.get("practice")?,
                how: row.get("how")?,
                at: row.get("at")?,
            };
            Ok((row.get::<String>("offer_id")?, choice))
        },
    )?;
    let mut of_offer: HashMap<String, Vec<ChoiceRow>> = HashMap::new();
    for (offer_id, choice) in choices {
        of_offer.entry(offer_id).or_default().push(choice);
    }
    for offer in &mut offers {
        offer.choices = of_offer.remove(&offer.offer_id).unwrap_or_default();
    }
    Ok(offers)
}

/// One's own offer.
pub fn find(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    offer_id: &str,
) -> Result<Option<OfferRow>, Error> {
    tx.one(
        "select * from offer where clinic_id = $1 and person_id = $2 and offer_id = $3",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            offer_id.into(),
        ],
        read,
    )
}

/// Adds what was chosen; the same choice sent twice is kept once.
pub fn add_choice(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    offer_id: &str,
    choice: &ChoiceRow,
) -> Result<(), Error> {
    tx.exec(
        "insert into offer_choice (clinic_id, offer_id, practice, how, person_id, at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (clinic_id, offer_id, practice, how) do nothing",
        &[
            access.clinic_id().into(),
            offer_id.into(),
            (&choice.practice).into(),
            (&choice.how).into(),
            access.person_id().into(),
            choice.at.into(),
        ],
    )?;
    Ok(())
}

/// How many offers since an instant ended in another practice.
pub fn count_switches(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    since_at: i64,
) -> Result<usize, Error> {
    let switched = tx.query(
        "select distinct offer_id from offer_choice
         where clinic_id = $1 and person_id = $2 and at >= $3
             and practice not in ('rest', 'talk', 'acts', 'none')",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            since_at.into(),
        ],
        |row| row.get::<String>("offer_id"),
    )?;
    Ok(switched.len())
}

/// Removes every offer and choice of a person who wants to be forgotten.
pub fn remove_all(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<(), Error> {
    let whose = [access.clinic_id().into(), access.person_id().into()];
    tx.exec(
        "delete from offer_choice where clinic_id = $1 and person_id = $2",
        &whose,
    )?;
    tx.exec(
        "delete from offer where clinic_id = $1 and person_id = $2",
        &whose,
    )?;
    Ok(())
}
