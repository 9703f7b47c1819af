//! Totals of many people, each by its newest scoring: for the caseload, and for what usually happens here.

use std::collections::BTreeMap;

use kith_base::db::{Error, Tx};

/// One total.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// The instrument, or the check-in.
    pub instrument: String,
    /// The day, where the person was.
    pub answered_on: String,
    /// The version of the definition.
    pub version: String,
    /// The total; none where the gaps were too many.
    pub total: Option<f64>,
    /// Whether an item about risk was endorsed.
    pub risk: bool,
}

/// The totals of questionnaires, not of check-ins, of everybody in a practitioner's caseload who shares them with her, by client, oldest first.
pub fn list_for_caseload(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    practitioner_id: &str,
    since_at: i64,
) -> Result<BTreeMap<String, Vec<Total>>, Error> {
    let rows = tx.query(
        "select response.person_id as person_id, response.instrument as instrument,
             response.answered_on as answered_on, response.risk as risk,
             coalesce(scoring.version, response.version) as version,
             case when scoring.scoring_id is null then response.total else scoring.total end as total
         from response
         left join scoring on scoring.clinic_id = response.clinic_id
             and scoring.response_id = response.response_id
             and not exists (select 1 from scoring later
                 where later.clinic_id = scoring.clinic_id
                     and later.response_id = scoring.response_id
                     and (later.scored_at > scoring.scored_at
                         or (later.scored_at = scoring.scored_at
                             and later.scoring_id > scoring.scoring_id)))
         where response.clinic_id = $1 and response.is_check_in = false
             and response.answered_at >= $3 and response.person_id in
             (select caseload.client_id from caseload
              where caseload.clinic_id = $1 and caseload.practitioner_id = $2
                  and caseload.ended_at is null
                  and coalesce((select consent.given from consent
                       where consent.clinic_id = caseload.clinic_id
                           and consent.person_id = caseload.client_id
                           and consent.layer = 'share'
                           and consent.with_id = caseload.practitioner_id
                       order by consent.at desc, consent.consent_id desc limit 1), false))
         order by response.person_id, response.answered_at, response.response_id",
        &[clinic_id.into(), practitioner_id.into(), since_at.into()],
        read,
    )?;
    Ok(by_person(rows))
}

/// The totals of one instrument of all clients of a clinic but one, by client, oldest first: for what usually happens
/// here, which is told only where they are many.
pub fn list_for_course(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    instrument: &str,
    but_person_id: &str,
) -> Result<BTreeMap<String, Vec<Total>>, Error> {
    let rows = tx.query(
        "select response.person_id as person_id, response.instrument as instrument,
             response.answered_on as answered_on, response.risk as risk,
             coalesce(scoring.version, response.version) as version,
             case when scoring.scoring_id is null then response.total else scoring.total end as total
         from response
         join person on person.clinic_id = response.clinic_id
             and person.person_id = response.person_id
         left join scoring on scoring.clinic_id = response.clinic_id
             and scoring.response_id = response.response_id
             and not exists (select 1 from scoring later
                 where later.clinic_id = scoring.clinic_id
                     and later.response_id = scoring.response_id
                     and (later.scored_at > scoring.scored_at
                         or (later.scored_at = scoring.scored_at
                             and later.scoring_id > scoring.scoring_id)))
         where response.clinic_id = $1 and response.instrument = $2 and response.person_id <> $3
             and person.roles like '%client%'
         order by response.person_id, response.answered_at, response.response_id",
        &[clinic_id.into(), instrument.into(), but_person_id.into()],
        read,
    )?;
    Ok(by_person(rows))
}

fn read(row: &kith_base::db::Row<'_>) -> Result<(String, Total), Error> {
    Ok((
        row.get("person_id")?,
        Total {
            instrument: row.get("instrument")?,
            answered_on: row.get("answered_on")?,
            version: row.get("version")?,
            total: row.get("total")?,
            risk: row.get("risk")?,
        },
    ))
}

fn by_person(rows: Vec<(String, Total)>) -> BTreeMap<String, Vec<Total>> {
    let mut by_person: BTreeMap<String, Vec<Total>> = BTreeMap::new();
    for (person_id, total) in rows {
        by_person.entry(person_id).or_default().push(total);
    }
    by_person
}
