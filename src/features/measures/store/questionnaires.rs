//! The words a clinic brought in, as rows. They are never changed, only retired.

use kith_content::form::Form;

use kith_base::db::{Error, Row, Tx};

/// The words of one instrument in one language, and how they came here.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// Their id; a response keeps it.
    pub questionnaire_id: String,
    /// The words.
    pub form: Form,
    /// The licence and the gate when they were brought in, as the definition had them.
    pub licence: String,
    /// See `licence`.
    pub gate: String,
    /// Who brought them in; empty for the command line.
    pub stated_by: String,
    /// What was stated; empty where nothing is asked.
    pub stated: String,
    /// When they were brought in.
    pub imported_at: i64,
    /// When they were taken out of use for new answers.
    pub retired_at: Option<i64>,
}

/// Adds words, with the file as it came.
pub fn add_questionnaire(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    words: &Words,
    original: &str,
) -> Result<(), Error> {
    let form = super::responses::json_text(&words.form)?;
    tx.exec(
        "insert into questionnaire (clinic_id, questionnaire_id, instrument, language, form, original,
             source, licence, gate, stated_by, stated, imported_at, retired_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, null)",
        &[
            clinic_id.into(),
            (&words.questionnaire_id).into(),
            (&words.form.instrument).into(),
            (&words.form.language).into(),
            (&form).into(),
            original.into(),
            (&words.form.source).into(),
            (&words.licence).into(),
            (&words.gate).into(),
            (&words.stated_by).into(),
            (&words.stated).into(),
            words.imported_at.into(),
        ],
    )?;
    Ok(())
}

/// Takes words out of use for new answers; false when they were already, or are not here.
pub fn update_retired(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    questionnaire_id: &str,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update questionnaire set retired_at = $3
         where clinic_id = $1 and questionnaire_id = $2 and retired_at is null",
        &[clinic_id.into(), questionnaire_id.into(), now.into()],
    )? == 1)
}

/// Takes out of use what newer words take the place of.
pub fn update_replaced(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    form: &Form,
    now: i64,
) -> Result<u64, Error> {
    tx.exec(
        "update questionnaire set retired_at = $4
         where clinic_id = $1 and instrument = $2 and language = $3 and retired_at is null",
        &[
            clinic_id.into(),
            (&form.instrument).into(),
            (&form.language).into(),
            now.into(),
        ],
    )
}

/// Words by their id, in use or not: what somebody read when she answered.
pub fn find_questionnaire(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    questionnaire_id: &str,
) -> Result<Option<Words>, Error> {
    tx.one(
        "select questionnaire_id, form, licence, gate, stated_by, stated, imported_at, retired_at
         from questionnaire where clinic_id = $1 and questionnaire_id = $2",
        &[clinic_id.into(), questionnaire_id.into()],
        read,
    )
}

/// The words to answer an instrument by: in this language, else in the same one of another country, else in English, else
/// in whatever there is; the newest.
pub fn find_form(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    instrument: &str,
    language: &str,
) -> Result<Option<Words>, Error> {
    let all = list_of_instrument(tx, clinic_id, instrument)?;
    let base = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let far = |words: &Words| {
        let tag = &words.form.language;
        match () {
            () if tag.eq_ignore_ascii_case(language) => 0,
            () if base(tag) == base(language) => 1,
            () if base(tag) == "en" => 2,
            () => 3,
        }
    };
    let in_use = all.into_iter().filter(|words| words.retired_at.is_none());
    Ok(in_use.min_by_key(|words| far(words)))
}

/// All words in use, by instrument and language.
pub fn list_forms(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<Words>, Error> {
    tx.query(
        "select questionnaire_id, form, licence, gate, stated_by, stated, imported_at, retired_at
             from questionnaire where clinic_id = $1 and retired_at is null
             order by instrument, language, imported_at desc, questionnaire_id desc",
        &[clinic_id.into()],
        read,
    )
}

/// All words of a clinic there ever were, oldest first: answers to words out of use still point at them.
pub fn list_questionnaires(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<Words>, Error> {
    tx.query(
        "select questionnaire_id, form, licence, gate, stated_by, stated, imported_at, retired_at
             from questionnaire where clinic_id = $1
             order by imported_at, questionnaire_id",
        &[clinic_id.into()],
        read,
    )
}

/// All words of one instrument there ever were, the newest first.
pub fn list_of_instrument(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    instrument: &str,
) -> Result<Vec<Words>, Error> {
    tx.query(
        "select questionnaire_id, form, licence, gate, stated_by, stated, imported_at, retired_at
             from questionnaire where clinic_id = $1 and instrument = $2
             order by imported_at desc, questionnaire_id desc",
        &[clinic_id.into(), instrument.into()],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Words, Error> {
    let form: String = row.get("form")?;
    Ok(Words {
        questionnaire_id: row.get("questionnaire_id")?,
        form: super::responses::from_json(&form)?,
        licence: row.get("licence")?,
        gate: row.get("gate")?,
        stated_by: row.get("stated_by")?,
        stated: row.get("stated")?,
        imported_at: row.get("imported_at")?,
        retired_at: row.get("retired_at")?,
    })
}
