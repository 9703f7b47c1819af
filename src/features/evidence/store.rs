//! Totals of a clinic's questionnaires, for counting.

use crate::features::people::{Role, Roles};
use kith_base::db::{Error, Tx};

/// One total of one client.
#[derive(Clone, Debug, PartialEq)]
pub struct Total {
    /// Whose; for counting people, never for a page.
    pub person_id: String,
    /// Of what.
    pub instrument: String,
    /// When it was answered, Unix milliseconds.
    pub answered_at: i64,
    /// The score.
    pub total: f64,
}

/// The totals of a clinic's clients on these instruments, each by its newest scoring, oldest first.
pub fn list_totals(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    instruments: &[String],
) -> Result<Vec<Total>, Error> {
    let mut totals = Vec::new();
    for instrument in instruments {
        let whose = [clinic_id.into(), instrument.into()];
        let rows = tx.query(
            "select response.response_id as response_id, response.person_id as person_id,
                 response.answered_at as answered_at, response.total as total, person.roles as roles
             from response
             join person on person.clinic_id = response.clinic_id
                 and person.person_id = response.person_id
             where response.clinic_id = $1 and response.instrument = $2
             order by response.answered_at, response.response_id",
            &whose,
            |row| {
                Ok((
                    row.get::<String>("response_id")?,
                    row.get::<String>("person_id")?,
                    row.get::<i64>("answered_at")?,
                    row.get::<Option<f64>>("total")?,
                    row.get::<String>("roles")?,
                ))
            },
        )?;
        let again: std::collections::HashMap<String, Option<f64>> = tx
            .query(
                "select scoring.response_id as response_id, scoring.total as total
                 from scoring
                 join response on response.clinic_id = scoring.clinic_id
                     and response.response_id = scoring.response_id
                 where response.clinic_id = $1 and response.instrument = $2
                 order by scoring.scored_at, scoring.scoring_id",
                &whose,
                |row| Ok((row.get("response_id")?, row.get("total")?)),
            )?
            .into_iter()
            .collect();
        for (response_id, person_id, answered_at, first, roles) in rows {
            let total = again.get(&response_id).copied().unwrap_or(first);
            if let Some(total) = total.filter(|_| Roles::read(&roles).has(Role::Client)) {
                totals.push(Total {
                    person_id,
                    instrument: instrument.clone(),
                    answered_at,
                    total,
                });
            }
        }
    }
    Ok(totals)
}
