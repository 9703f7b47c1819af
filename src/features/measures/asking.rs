//! What somebody who is about to answer must know, and whether something can be answered here at all.

use std::collections::BTreeMap;

use kith_content::Library;

use super::sheet::{Sheet, without_risk};
use super::store;
use super::store::questionnaires::Words;
use crate::features::alerts::{self, Contact, HelpPage, Reader, find_help};
use crate::features::people;
use kith_base::db::Tx;
use kith_base::error::Error;

/// Whether a measure can be answered here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Here,
    /// Nobody brought its words in.
    NoWords,
    /// It asks about risk, and nobody is there to look at such answers. Another instrument that does not ask, with its title,
    /// where its words are here.
    Unwatched(Option<(String, String)>),
}

/// Everything that can be answered here: ids and titles.
///
/// # Errors
/// When the database fails.
pub fn answerable(
    tx: &mut Tx<'_>,
    library: &Library,
    clinic_id: &str,
) -> Result<BTreeMap<String, String>, Error> {
    let is_watched = alerts::risk_contact(tx, clinic_id)?.is_some();
    let mut here: BTreeMap<String, String> = library
        .check_ins()
        .all
        .iter()
        .map(|check_in| (check_in.id.clone(), check_in.title.clone()))
        .collect();
    for words in store::questionnaires::list_forms(tx, clinic_id)? {
        let instrument = library.instrument(&words.form.instrument);
        let sheet = instrument.and_then(|instrument| Sheet::of_form(instrument, &words));
        if let Some(sheet) = sheet.filter(|sheet| is_watched || !sheet.asks_about_risk()) {
            here.entry(sheet.measure).or_insert(sheet.title);
        }
    }
    Ok(here)
}

/// Whether a measure can be answered here; `None` when there is nothing of that name.
///
/// # Errors
/// When the database fails.
pub fn standing(
    tx: &mut Tx<'_>,
    library: &Library,
    clinic_id: &str,
    measure: &str,
) -> Result<Option<Standing>, Error> {
    if library.check_in(measure).is_some() {
        return Ok(Some(Standing::Here));
    }
    let Some(instrument) = library.instrument(measure) else {
        return Ok(None);
    };
    let here = answerable(tx, library, clinic_id)?;
    if here.contains_key(measure) {
        return Ok(Some(Standing::Here));
    }
    if instrument.safety.is_empty() || alerts::risk_contact(tx, clinic_id)?.is_some() {
        return Ok(Some(Standing::NoWords));
    }
    let instead = without_risk(library, measure, |id| here.contains_key(id));
    let instead = instead.map(|other| (other.id.clone(), other.abbreviation.clone()));
    Ok(Some(Standing::Unwatched(instead)))
}

/// The words of a measure for whoever reads `language`, and the other languages they are here in.
pub(super) fn find_sheet(
    tx: &mut Tx<'_>,
    library: &Library,
    clinic_id: &str,
    (measure, language): (&str, &str),
) -> Result<Option<(Sheet, Vec<String>)>, Error> {
    if let Some(check_in) = library.check_in(measure) {
        return Ok(Some((Sheet::of_check_in(check_in), Vec::new())));
    }
    let Some(instrument) = library.instrument(measure) else {
        return Ok(None);
    };
    let words = store::questionnaires::find_form(tx, clinic_id, measure, language)?;
    let sheet = words.and_then(|words: Words| Sheet::of_form(instrument, &words));
    let Some(sheet) = sheet else {
        return Ok(None);
    };
    let all = store::questionnaires::list_of_instrument(tx, clinic_id, measure)?;
    let mut others: Vec<String> = all
        .into_iter()
        .filter(|words| words.retired_at.is_none() && words.form.language != sheet.language)
        .map(|words| words.form.language)
        .collect();
    others.sort_unstable();
    others.dedup();
    Ok(Some((sheet, others)))
}

/// The very words that were read, though newer ones may have taken their place since.
pub(super) fn find_sheet_read(
    tx: &mut Tx<'_>,
    library: &Library,
    clinic_id: &str,
    (measure, questionnaire_id): (&str, &str),
) -> Result<Option<Sheet>, Error> {
    let Some(instrument) = library.instrument(measure) else {
        return Ok(library.check_in(measure).map(Sheet::of_check_in));
    };
    if questionnaire_id.is_empty() {
        return Ok(None);
    }
    let words = store::questionnaires::find_questionnaire(tx, clinic_id, questionnaire_id)?;
    Ok(words
        .filter(|words| words.form.instrument == measure)
        .and_then(|words| Sheet::of_form(instrument, &words)))
}

/// Who will know of an answer about risk.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    /// Who looks, in which hours; `None` where nobody does.
    pub(super) contact: Option<Contact>,
    /// Whether she agreed that they are told; `None` on a page that says nothing of her.
    pub(super) agreed: Option<bool>,
}

/// Everything a page to answer on says.
pub(super) struct Asking {
    pub(super) sheet: Sheet,
    pub(super) languages: Vec<String>,
    /// Whether the words are here in no language of hers.
    pub(super) is_foreign: bool,
    pub(super) watch: Watch,
    /// Who can see the answers; `None` on a page that says nothing of her.
    pub(super) seen_by: Option<Vec<String>>,
    /// Her last scores of a check-in, for its rules.
    pub(super) recent: Vec<f64>,
    pub(super) help: HelpPage,
    /// What its rules may offer and is here: id and title.
    pub(super) offers: Vec<(String, String)>,
}

/// Whoever answers, and how her page is to speak.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) clinic_id: &'a str,
    pub(super) person_id: &'a str,
    pub(super) locale: &'a str,
    /// False for a page that anybody may be looking at: nothing of her stands on it.
    pub(super) signed_in: bool,
}

/// What came of asking for a measure.
pub(super) enum Found {
    Asking(Box<Asking>),
    /// It cannot be answered here: its name, and why.
    Not(String, Standing),
}

/// Looks up all of it; `None` when there is nothing of that name.
pub(super) fn find(
    tx: &mut Tx<'_>,
    library: &Library,
    whose: Whose<'_>,
    measure: &str,
    language: &str,
) -> Result<Option<Found>, Error> {
    let Whose {
        clinic_id,
        person_id,
        signed_in,
        ..
    } = whose;
    let Some(standing) = standing(tx, library, clinic_id, measure)? else {
        return Ok(None);
    };
    let instrument = library.instrument(measure);
    let name = instrument.map_or(measure, |instrument| instrument.abbreviation.as_str());
    if standing != Standing::Here {
        return Ok(Some(Found::Not(name.to_owned(), standing)));
    }
    let language = if language.is_empty() {
        whose.locale
    } else {
        language
    };
    let Some((sheet, languages)) = find_sheet(tx, library, clinic_id, (measure, language))? else {
        return Ok(Some(Found::Not(name.to_owned(), Standing::NoWords)));
    };
    let reader = Reader {
        person_id: signed_in.then_some(person_id),
        locale: whose.locale,
    };
    let base = |tag: &str| {
        tag.split('-')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    };
    let is_hers = |tag: &String| base(tag) == base(whose.locale);
    let mut asking = Asking {
        is_foreign: !is_hers(&sheet.language) && !languages.iter().any(is_hers),
        languages,
        watch: find_watch(tx, whose)?,
        seen_by: None,
        recent: Vec::new(),
        help: find_help(tx, library, Some(clinic_id), Some(reader))?,
        offers: Vec::new(),
        sheet,
    };
    if !signed_in {
        return Ok(Some(Found::Asking(Box::new(asking))));
    }
    asking.seen_by = Some(seen_by(tx, clinic_id, person_id)?);
    if let Some(check_in) = library.check_in(measure)
        && !check_in.rules.is_empty()
    {
        let most = check_in.rules.iter().map(|rule| rule.of_last).max();
        let most = i64::try_from(most.unwrap_or(1)).unwrap_or(1);
        asking.recent = store::responses::list_totals(tx, clinic_id, person_id, measure, most)?;
        let offered = check_in.rules.iter().filter_map(|rule| rule.offer.as_ref());
        let here = answerable(tx, library, clinic_id)?;
        asking.offers = offered
            .filter_map(|id| Some((id.clone(), here.get(id)?.clone())))
            .collect();
    }
    Ok(Some(Found::Asking(Box::new(asking))))
}

pub(super) fn find_watch(tx: &mut Tx<'_>, whose: Whose<'_>) -> Result<Watch, Error> {
    let consents = people::store::list_consents(tx, whose.clinic_id, whose.person_id)?;
    let mut newest = consents.iter().rev();
    let agreed = newest.find(|row| row.layer == "risk-contact");
    Ok(Watch {
        contact: alerts::risk_contact(tx, whose.clinic_id)?,
        agreed: whose.signed_in.then(|| agreed.is_some_and(|row| row.given)),
    })
}

/// Those who look after her and with whom she shares.
fn seen_by(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<Vec<String>, Error> {
    let consents = people::store::list_consents(tx, clinic_id, person_id)?;
    let shares = |id: &str| {
        let mut newest = consents.iter().rev();
        newest
            .find(|row| row.layer == "share" && row.with_id == id)
            .is_some_and(|row| row.given)
    };
    let mut names = Vec::new();
    for (id, name) in people::store::list_practitioners(tx, clinic_id, person_id)? {
        if shares(&id) && people::store::is_here(tx, clinic_id, &id)? {
            names.push(name);
        }
    }
    Ok(names)
}
