//! Reads a FHIR Questionnaire, R4 and what R5 calls otherwise.

use std::collections::BTreeSet;

use serde_json::Value;

use super::draft::{ANSWER, Choice, Code, Draft, LEAD, Question, WORDS, file_name, short};
use super::json::{
    Object, clean, code, extension, extensions, is_language, numbers, object, objects,
    same_language, text, translations,
};
use super::{Imported, MOST_BYTES, Reason, Refused, Wanted, export, matching};
use crate::library::Library;

const CALCULATED: &str =
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression";
pub(super) const LEAST: &str = "http://hl7.org/fhir/StructureDefinition/minValue";
pub(super) const MOST: &str = "http://hl7.org/fhir/StructureDefinition/maxValue";

const DEPTH: usize = 16;
const QUESTIONS: usize = 300;
const CHOICES: usize = 40;
const TITLE: usize = 300;
// LOINC's own notices come with the owner's and are long.
const CREDIT: usize = 8_000;

/// Reads a Questionnaire, alone or as the only one of a Bundle, and matches it to its instrument's key.
///
/// # Errors
/// Lists everything in which it differs from the key.
pub fn from_fhir(json: &str, library: &Library, wanted: &Wanted<'_>) -> Result<Imported, Refused> {
    if json.len() > MOST_BYTES {
        return Err(Refused::one(
            "",
            "The file is larger than any questionnaire.",
        ));
    }
    let json = json.trim_start_matches('\u{feff}');
    let value: Value = serde_json::from_str(json).map_err(|error| {
        let what = format!(
            "The file cannot be read as JSON (line {}, column {}).",
            error.line(),
            error.column()
        );
        Refused::one("", what)
    })?;
    let questionnaire = questionnaire(&value)?;
    matching::form(draft(questionnaire, wanted), library, wanted)
}

fn questionnaire(value: &Value) -> Result<&Object, Refused> {
    let none = || Refused::one("", "The file holds no FHIR Questionnaire.");
    let root = value.as_object().ok_or_else(none)?;
    match text(root, "resourceType") {
        "Questionnaire" => Ok(root),
        // LOINC answers a search with a Bundle.
        "Bundle" => {
            let mut found = objects(root, "entry")
                .filter_map(|entry| object(entry, "resource"))
                .filter(|resource| text(resource, "resourceType") == "Questionnaire");
            let first = found.next().ok_or_else(none)?;
            match found.next() {
                None => Ok(first),
                Some(_) => Err(Refused::one(
                    "",
                    "The file holds several questionnaires; give them one by one.",
                )),
            }
        }
        _ => Err(none()),
    }
}

struct Reader<'a> {
    draft: Draft,
    /// The language of the translations to take; none for the file's own words.
    translated: Option<String>,
    contained: Vec<&'a Object>,
    /// Whether there is a heading after the first question.
    headings: bool,
    totals: bool,
}

fn draft(root: &Object, wanted: &Wanted<'_>) -> Draft {
    let contained: Vec<&Object> = objects(root, "contained").collect();
    let own = text(root, "language");
    let mut languages = BTreeSet::new();
    seen_languages(root, 0, &mut languages);
    for set in &contained {
        for concept in concepts(set).map(|(_, concept)| concept) {
            languages.extend(objects(concept, "designation").map(|each| text(each, "language")));
        }
    }
    let mut reader = Reader {
        draft: Draft::default(),
        translated: None,
        contained,
        headings: false,
        totals: false,
    };
    reader.choose_language(own, &languages, wanted.language);
    let draft = &mut reader.draft;
    draft.languages = std::iter::once(own)
        .chain(languages.iter().copied())
        .filter(|tag| is_language(tag))
        .map(ToOwned::to_owned)
        .collect();
    draft.languages.dedup();
    draft.codes = objects(root, "code").map(code).collect();
    draft.source = export::source(text(root, "url").trim())
        .and_then(|source| clean(&source, TITLE))
        .unwrap_or_else(|| file_name(wanted.file));
    draft.source_version = clean(text(root, "version"), TITLE).unwrap_or_default();
    if text(root, "status") == "retired" {
        let warning = "Its publisher has retired this questionnaire.";
        draft.warnings.push(warning.into());
    }
    reader.draft.title = reader.words_or_own(root, "title", TITLE);
    if reader.draft.title.is_empty() {
        reader.draft.title = clean(text(root, "name"), TITLE).unwrap_or_default();
    }
    reader.draft.credit = reader.words_or_own(root, "copyright", CREDIT);
    if reader.draft.credit.is_empty() {
        reader.draft.credit = clean(wanted.credit, CREDIT).unwrap_or_default();
    }
    reader.items(root, 0);
    let mut draft = reader.draft;
    if reader.headings {
        let warning = "Headings between the questions stand together above all of them here.";
        draft.warnings.push(warning.into());
    }
    if reader.totals {
        let warning = "A total in the file is left out: Kith works scores out by its own key.";
        draft.warnings.push(warning.into());
    }
    draft
}

fn seen_languages<'a>(item: &'a Object, depth: usize, seen: &mut BTreeSet<&'a str>) {
    seen.extend(translations(item, "text").iter().map(|(tag, _)| *tag));
    for option in objects(item, "answerOption") {
        seen.extend(
            translations(option, "valueString")
                .iter()
                .map(|(tag, _)| *tag),
        );
        if let Some(coding) = object(option, "valueCoding") {
            seen.extend(translations(coding, "display").iter().map(|(tag, _)| *tag));
        }
    }
    if depth < DEPTH {
        for inner in objects(item, "item") {
            seen_languages(inner, depth + 1, seen);
        }
    }
}

/// The concepts of a set of answers and whose codes they are.
fn concepts<'a>(set: &'a Object) -> impl Iterator<Item = (&'a str, &'a Object)> {
    let composed = object(set, "compose").into_iter().flat_map(|compose| {
        objects(compose, "include").flat_map(|include| {
            let system = text(include, "system");
            objects(include, "concept").map(move |concept| (system, concept))
        })
    });
    let expanded = object(set, "expansion").into_iter().flat_map(|expansion| {
        objects(expansion, "contains").map(|concept| (text(concept, "system"), concept))
    });
    let mut composed = composed.peekable();
    let expanded = expanded.take(if composed.peek().is_some() {
        0
    } else {
        usize::MAX
    });
    composed.chain(expanded)
}

impl<'a> Reader<'a> {
    fn refuse(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.draft.reasons.push(Reason::new(place, what));
    }

    fn choose_language(&mut self, own: &str, there: &BTreeSet<&str>, asked: Option<&str>) {
        let asked = asked.map(str::trim).filter(|tag| !tag.is_empty());
        let translated = asked.and_then(|asked| {
            let exact = there.iter().find(|tag| tag.eq_ignore_ascii_case(asked));
            exact.or_else(|| there.iter().find(|tag| same_language(tag, asked)))
        });
        self.draft.language = match (asked, translated) {
            (None, _) if own.is_empty() => {
                self.refuse("", "The file does not say which language it is in. Say it.");
                return;
            }
            (None, _) => own.to_owned(),
            (Some(asked), _) if same_language(own, asked) && !own.is_empty() => own.to_owned(),
            (Some(_), Some(tag)) => {
                self.translated = Some((*tag).to_owned());
                (*tag).to_owned()
            }
            (Some(asked), None) if own.is_empty() => asked.to_owned(),
            (Some(asked), None) => {
                let what = format!(
                    "The file is in {}, and has no words in {}.",
                    short(own),
                    short(asked)
                );
                self.refuse("", what);
                return;
            }
        };
        if !is_language(&self.draft.language) {
            let what = format!(
                "{} is no language tag, such as en or de-AT.",
                short(&self.draft.language)
            );
            self.refuse("", what);
        }
    }

    /// The words under a key, in the language that was chosen; none where there are none in it.
    fn words_if_any(&self, object: &Object, key: &str, most: usize) -> Option<Option<String>> {
        let own = text(object, key);
        let found = match &self.translated {
            None => own,
            Some(tag) => {
                let all = translations(object, key);
                let found = all.iter().find(|(other, _)| other == tag);
                match found {
                    Some((_, words)) => words,
                    // A bare number is the same in every language.
                    None if !own.is_empty() && !own.chars().any(char::is_alphabetic) => own,
                    None => return None,
                }
            }
        };
        Some(clean(found, most))
    }

    fn words_or_own(&mut self, object: &Object, key: &str, most: usize) -> String {
        let found = self
            .words_if_any(object, key, most)
            .unwrap_or_else(|| clean(text(object, key), most));
        found.unwrap_or_else(|| {
            self.refuse("", format!("Its {key} is too long."));
            String::new()
        })
    }

    fn words(&mut self, object: &Object, key: &str, most: usize, place: &str) -> String {
        match self.words_if_any(object, key, most) {
            Some(Some(words)) => words,
            Some(None) => {
                self.refuse(place, format!("Its words are longer than {most} signs."));
                String::new()
            }
            None => {
                let tag = self.translated.clone().unwrap_or_default();
                self.refuse(place, format!("It has no words in {}.", short(&tag)));
                String::new()
            }
        }
    }

    fn items(&mut self, parent: &'a Object, depth: usize) {
        for item in objects(parent, "item") {
            if depth > DEPTH || self.draft.questions.len() > QUESTIONS {
                let what = "There are more questions, or more groups within groups, than any questionnaire has.";
                if !self.draft.reasons.iter().any(|reason| reason.what == what) {
                    self.refuse("", what);
                }
                return;
            }
            let place = format!("Question {}", short(text(item, "linkId")));
            match text(item, "type") {
                "group" | "display" => {
                    self.heading(item, &place);
                    self.items(item, depth + 1);
                }
                _ if self.is_total(item) => {
                    self.totals = true;
                    self.items(item, depth + 1);
                }
                kind => {
                    self.question(item, kind, &place);
                    // A note under a question is help with filling in, no heading; a question is one wherever it stands.
                    let headings = (self.headings, self.draft.lead.len());
                    self.items(item, depth + 1);
                    self.headings = headings.0;
                    self.draft.lead.truncate(headings.1);
                }
            }
        }
    }

    fn heading(&mut self, item: &Object, place: &str) {
        if text(item, "text").trim().is_empty() {
            return;
        }
        let words = self.words(item, "text", LEAD, place);
        if words.is_empty() {
            return;
        }
        self.headings |= !self.draft.questions.is_empty();
        self.draft.lead.push(words);
    }

    fn is_total(&self, item: &Object) -> bool {
        item.get("readOnly").and_then(Value::as_bool) == Some(true)
            || extension(item, CALCULATED).is_some()
    }

    fn question(&mut self, item: &'a Object, kind: &str, place: &str) {
        let link_id = clean(text(item, "linkId"), 255).unwrap_or_default();
        if link_id.is_empty() {
            self.refuse(place, "It has no linkId.");
        }
        let words = self.words(item, "text", WORDS, place);
        let mut choices = self.choices(item, place);
        if choices.is_empty() && kind == "integer" {
            choices = whole_numbers(item);
        }
        if choices.len() > CHOICES {
            self.refuse(place, format!("It has more than {CHOICES} answers."));
            choices.truncate(CHOICES);
        }
        self.draft.questions.push(Question {
            link_id,
            text: words,
            codes: objects(item, "code").map(code).collect(),
            choices,
        });
    }

    fn choices(&mut self, item: &'a Object, place: &str) -> Vec<Choice> {
        let mut choices = Vec::new();
        for option in objects(item, "answerOption").take(CHOICES + 1) {
            choices.push(self.option(option, place));
        }
        let set = text(item, "answerValueSet");
        if !choices.is_empty() || set.is_empty() {
            return choices;
        }
        let Some(set) = set.strip_prefix('#').and_then(|id| {
            let mut sets = self
                .contained
                .iter()
                .filter(|one| text(one, "resourceType") == "ValueSet");
            sets.find(|one| text(one, "id") == id).copied()
        }) else {
            let what = format!(
                "Its answers do not stand in the file, but at {}.",
                short(set)
            );
            self.refuse(place, what);
            return choices;
        };
        for (system, concept) in concepts(set).take(CHOICES + 1) {
            choices.push(self.concept(system, concept, place));
        }
        choices
    }

    fn option(&mut self, option: &Object, place: &str) -> Choice {
        let mut found = numbers(option);
        if let Some(number) = option.get("valueInteger").and_then(Value::as_f64) {
            found.push(number);
            return Choice {
                text: number.to_string(),
                code: Code::default(),
                number: self.number(&found, place),
            };
        }
        let (text, code) = match object(option, "valueCoding") {
            Some(coding) => {
                found.extend(numbers(coding));
                (self.words(coding, "display", ANSWER, place), code(coding))
            }
            None => (
                self.words(option, "valueString", ANSWER, place),
                Code::default(),
            ),
        };
        let number = self.number(&found, place);
        Choice { text, code, number }
    }

    fn concept(&mut self, system: &str, concept: &Object, place: &str) -> Choice {
        let translated = self.translated.as_ref().and_then(|tag| {
            let mut words = objects(concept, "designation");
            let found = words.find(|words| text(words, "language") == tag.as_str())?;
            clean(text(found, "value"), ANSWER)
        });
        let text = match translated {
            Some(words) => words,
            None => self.words(concept, "display", ANSWER, place),
        };
        Choice {
            text,
            code: Code {
                system: system.to_owned(),
                ..code(concept)
            },
            number: self.number(&numbers(concept), place),
        }
    }

    fn number(&mut self, found: &[f64], place: &str) -> Option<f64> {
        let first = *found.first()?;
        if found.iter().any(|number| *number != first) {
            self.refuse(place, "One of its answers has two different numbers.");
        }
        Some(first)
    }
}

/// The answers of a question for a number with a least and a most, such as a slider.
fn whole_numbers(item: &Object) -> Vec<Choice> {
    let bound = |url| {
        extensions(item, url)
            .find_map(|extension| extension.get("valueInteger").and_then(Value::as_i64))
    };
    let (Some(least), Some(most)) = (bound(LEAST), bound(MOST)) else {
        return Vec::new();
    };
    let size = most
        .checked_sub(least)
        .and_then(|size| usize::try_from(size).ok());
    if size.is_none_or(|size| size > CHOICES) {
        return Vec::new();
    }
    (least..=most)
        .map(|number| Choice {
            text: number.to_string(),
            code: Code::default(),
            number: Some(number as f64),
        })
        .collect()
}
