//! What a questionnaire looks like to another system: its address, its link ids, the codes of its answers.

use std::collections::HashMap;

use kith_content::Library;
use kith_content::check_in::{CheckIn, SLIDER};
use kith_content::form::{Form, check_in_to_fhir, to_fhir};
use kith_content::instrument::Instrument;
use serde_json::{Value, json};

use super::rules::instant;
use super::search::split_canonical;
use crate::features::measures::Response;
use crate::features::measures::store::questionnaires::Words;

/// LOINC's codes.
pub const LOINC: &str = "http://loinc.org";
/// Kith's codes: `phq-9` for an instrument, `phq-9/3` for an item, `phq-9/total` for a score.
pub const INSTRUMENT: &str = "urn:kith:instrument";
/// The same for check-ins.
pub const CHECK_IN: &str = "urn:kith:check-in";
/// Answers that have no code of LOINC's: their plain number.
pub const ANSWER: &str = "urn:kith:answer";
/// The number of an answer.
pub const ORDINAL: &str = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

/// Everything a clinic can ask, as other systems see it.
pub struct Desk<'l> {
    /// Definitions and check-ins.
    pub library: &'l Library,
    /// `https://kith.example.org/fhir`
    pub base: String,
    forms: Vec<Known>,
    by_id: HashMap<String, usize>,
}

/// Words with their address.
struct Known {
    stored: Words,
    url: String,
    version: String,
    resource: Value,
}

/// What a response answers: the words and the definition it is scored by.
#[derive(Clone, Debug)]
pub struct Sheet<'l> {
    /// The instrument or the check-in.
    pub measure: String,
    /// The definition, where it is an instrument.
    pub instrument: Option<&'l Instrument>,
    /// Which words; empty where there are none.
    pub questionnaire_id: String,
    /// In which order they are printed; empty for the usual one.
    pub order: String,
    /// Whether the numbers of its answers are LOINC's, which may run the other way.
    pub is_loincs: bool,
    /// Its items, in the order in which they are scored.
    pub places: Vec<Place>,
}

/// One item.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its number in the definition.
    pub item: usize,
    /// The link ids it goes by; the first is the one we send.
    pub links: Vec<String>,
    /// The answers it takes, with LOINC's code where there is one.
    pub answers: Vec<(f64, Option<String>)>,
    /// Whether it counts the other way round.
    pub turned: bool,
}

impl<'l> Desk<'l> {
    /// A desk for a clinic with these words.
    pub fn new(library: &'l Library, base: String, forms: Vec<Words>) -> Self {
        let forms: Vec<Known> = forms
            .into_iter()
            .filter_map(|stored| {
                let instrument = library.instrument(&stored.form.instrument)?;
                let mut resource = to_fhir(&stored.form, instrument);
                let text = |key: &str| resource[key].as_str().unwrap_or_default().to_owned();
                let (url, version) = (text("url"), text("version"));
                let root = resource.as_object_mut()?;
                root.insert("id".to_owned(), json!(stored.questionnaire_id));
                root.insert("date".to_owned(), json!(instant(stored.imported_at)));
                if stored.retired_at.is_some() {
                    root.insert("status".to_owned(), json!("retired"));
                }
                Some(Known {
                    stored,
                    url,
                    version,
                    resource,
                })
            })
            .collect();
        let by_id = forms.iter().enumerate();
        let by_id = by_id.map(|(place, known)| (known.stored.questionnaire_id.clone(), place));
        Self {
            by_id: by_id.collect(),
            library,
            base,
            forms,
        }
    }

    /// Every questionnaire and check-in, as Questionnaires, each with the instant it came.
    pub fn questionnaires(&self) -> Vec<(i64, Value)> {
        let forms = self
            .forms
            .iter()
            .map(|known| (known.stored.imported_at, known.resource.clone()));
        let check_ins = self.library.check_ins().all.iter().map(|check_in| {
            let mut resource = check_in_to_fhir(check_in);
            if let Some(root) = resource.as_object_mut() {
                root.insert("id".to_owned(), json!(format!("check-in-{}", check_in.id)));
                root.insert("version".to_owned(), json!(check_in.version));
            }
            (0, resource)
        });
        check_ins.chain(forms).collect()
    }

    fn known(&self, questionnaire_id: &str) -> Option<&Known> {
        self.by_id
            .get(questionnaire_id)
            .and_then(|place| self.forms.get(*place))
    }

    /// What a response of ours answered, and its address with its version.
    pub fn of_response(&self, response: &Response) -> (Option<Sheet<'l>>, String) {
        let id = response.instrument.as_str();
        if let Some(known) = self.known(&response.questionnaire_id)
            && known.stored.form.instrument == id
        {
            return (
                self.of_form(known),
                with_version(&known.url, &known.version),
            );
        }
        let version = response.first.version.as_str();
        if let Some(check_in) = self.library.check_in(id) {
            let canonical = with_version(&format!("{CHECK_IN}:{id}"), version);
            return (Some(of_check_in(check_in)), canonical);
        }
        let order = match response.order.as_str() {
            "" => String::new(),
            order => format!(":{order}"),
        };
        let canonical = with_version(&format!("{INSTRUMENT}:{id}{order}"), version);
        let instrument = self.library.instrument(id);
        let sheet = instrument.map(|instrument| of_instrument(instrument, &response.order, true));
        (sheet, canonical)
    }

    /// The questionnaire with that address. `Err` when there is one, but not in that version.
    pub fn by_address(&self, canonical: &str) -> Result<Option<Sheet<'l>>, String> {
        let (url, version) = split_canonical(canonical);
        let same: Vec<&Known> = self.forms.iter().filter(|known| known.url == url).collect();
        if !same.is_empty() {
            // The newest first, those in use before those retired.
            let mut fits: Vec<&&Known> = same
                .iter()
                .filter(|known| {
                    version
                        .is_none_or(|version| known.version.is_empty() || known.version == version)
                })
                .collect();
            fits.sort_by_key(|known| {
                (known.stored.retired_at.is_some(), -known.stored.imported_at)
            });
            return match fits.first() {
                Some(known) => Ok(self.of_form(known)),
                None => Err(format!("{url} is here in another version.")),
            };
        }
        if let Some(id) = url.strip_prefix(&format!("{}/Questionnaire/", self.base)) {
            if let Some(known) = self.known(id) {
                return Ok(self.of_form(known));
            }
            let check_in = id.strip_prefix("check-in-");
            let check_in = check_in.and_then(|id| self.library.check_in(id));
            return Ok(check_in.map(of_check_in));
        }
        if let Some(id) = url.strip_prefix(&format!("{CHECK_IN}:")) {
            return Ok(self.library.check_in(id).map(of_check_in));
        }
        if let Some(id) = url.strip_prefix(&format!("{INSTRUMENT}:")) {
            let (id, order) = id.split_once(':').unwrap_or((id, ""));
            let instrument = self.library.instrument(id);
            if instrument.is_some_and(|instrument| {
                !order.is_empty() && !instrument.orders.iter().any(|one| one.id == order)
            }) {
                return Err(format!("{id} has no order of items called {order:?}."));
            }
            return Ok(instrument.map(|instrument| of_instrument(instrument, order, true)));
        }
        let panel = ["http://loinc.org/q/", "https://loinc.org/q/"]
            .iter()
            .find_map(|start| url.strip_prefix(start));
        let instrument = panel.and_then(|panel| {
            self.library.instruments().find(|instrument| {
                let loinc = instrument.loinc.as_ref();
                loinc.is_some_and(|loinc| {
                    loinc.panel.as_deref() == Some(panel) && !loinc.items.is_empty()
                })
            })
        });
        Ok(instrument.map(|instrument| Sheet {
            is_loincs: true,
            ..of_instrument(instrument, "", false)
        }))
    }

    /// The only instrument whose items have these link ids, by LOINC's codes; the one that has no others where several have.
    pub fn by_links(&self, links: &[&str]) -> Option<Sheet<'l>> {
        if links.is_empty() {
            return None;
        }
        let code = |link: &str| link.strip_prefix('/').unwrap_or(link).to_owned();
        let mut having: Vec<&Instrument> = self
            .library
            .instruments()
            .filter(|instrument| {
                let codes = instrument.loinc.as_ref().map(|loinc| &loinc.items);
                codes.is_some_and(|codes| links.iter().all(|link| codes.contains(&code(link))))
            })
            .collect();
        if having.len() > 1 {
            having.retain(|instrument| instrument.items == links.len());
        }
        match having.as_slice() {
            [only] => Some(of_instrument(only, "", false)),
            _ => None,
        }
    }

    fn of_form(&self, known: &Known) -> Option<Sheet<'l>> {
        let form = &known.stored.form;
        let instrument = self.library.instrument(&form.instrument)?;
        let order = form.order.clone().unwrap_or_default();
        let turned = turned(instrument, &order);
        let loinc = instrument.loinc.as_ref();
        let items = form.items.iter().map(|item| {
            let mut links = vec![item.link_id.clone()];
            let code = loinc.and_then(|loinc| loinc.items.get(item.item.wrapping_sub(1)));
            links.extend(
                code.into_iter()
                    .flat_map(|code| [format!("/{code}"), code.clone()]),
            );
            let answers = item.answers.iter();
            Place {
                item: item.item,
                links,
                answers: answers
                    .map(|answer| (answer.value, answer.code.clone()))
                    .collect(),
                turned: turned.contains(&item.item),
            }
        });
        Some(Sheet {
            measure: instrument.id.clone(),
            instrument: Some(instrument),
            questionnaire_id: known.stored.questionnaire_id.clone(),
            places: items.collect(),
            is_loincs: known.url.starts_with("http://loinc.org/")
                || known.url.starts_with("https://loinc.org/"),
            order,
        })
    }
}

fn with_version(url: &str, version: &str) -> String {
    match version {
        "" => url.to_owned(),
        version => format!("{url}|{version}"),
    }
}

fn turned<'i>(instrument: &'i Instrument, order: &str) -> &'i [usize] {
    let order = instrument.orders.iter().find(|one| one.id == order);
    order
        .and_then(|order| order.turned.as_ref())
        .unwrap_or(&instrument.turned)
}

/// An instrument whose words are not here: its items by LOINC's codes, and where `numbered` by their numbers.
fn of_instrument<'l>(instrument: &'l Instrument, order: &str, numbered: bool) -> Sheet<'l> {
    let loinc = instrument.loinc.as_ref();
    let codes = loinc
        .map(|loinc| loinc.answers.as_slice())
        .unwrap_or_default();
    let options = instrument.options();
    // Codes are listed least first, one for each answer or none at all.
    let codes = if codes.len() == options.len() {
        codes
    } else {
        &[]
    };
    let turned = turned(instrument, order);
    let wanted = (!order.is_empty()).then_some(order);
    let places = Form::places(instrument, wanted).into_iter().map(|item| {
        let code = loinc.and_then(|loinc| loinc.items.get(item.wrapping_sub(1)));
        let mut links = Vec::new();
        links.extend(
            code.into_iter()
                .flat_map(|code| [format!("/{code}"), code.clone()]),
        );
        if numbered {
            links.push(item.to_string());
        }
        let answers = options.iter().enumerate();
        Place {
            item,
            links,
            answers: answers
                .map(|(place, value)| (*value, codes.get(place).cloned()))
                .collect(),
            turned: turned.contains(&item),
        }
    });
    Sheet {
        measure: instrument.id.clone(),
        instrument: Some(instrument),
        questionnaire_id: String::new(),
        order: order.to_owned(),
        is_loincs: false,
        places: places.collect(),
    }
}

fn of_check_in<'l>(check_in: &CheckIn) -> Sheet<'l> {
    let (least, most) = SLIDER;
    let answers: Vec<(f64, Option<String>)> = (least as i64..=most as i64)
        .map(|answer| (answer as f64, None))
        .collect();
    let place = |(item, question): (usize, &kith_content::check_in::Question)| Place {
        item,
        links: vec![item.to_string()],
        answers: answers.clone(),
        turned: question.turned,
    };
    Sheet {
        measure: check_in.id.clone(),
        instrument: None,
        questionnaire_id: String::new(),
        order: String::new(),
        is_loincs: false,
        places: (1..).zip(&check_in.items).map(place).collect(),
    }
}
