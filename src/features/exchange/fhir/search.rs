//! How a search is read, what it finds, and the pages it is answered with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use serde_json::{Value, json};

use super::outcome::Issue;
use super::rules::Kind;

/// One thing that is found, with what a search goes by.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the answers are in the order of, Unix milliseconds.
    pub at: i64,
    /// When what is said of it last changed.
    pub changed_at: i64,
    /// Whose; empty where it is about nobody.
    pub person_id: String,
    /// As it leaves.
    pub resource: Value,
}

impl Entry {
    /// Its id.
    pub fn id(&self) -> &str {
        self.resource["id"].as_str().unwrap_or_default()
    }

    fn key(&self) -> (i64, &str) {
        (self.at, self.id())
    }
}

/// A code with the system it belongs to: `system|code`, `|code`, `code` or `system|`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    system: Option<String>,
    code: String,
}

impl Token {
    fn read(text: &str) -> Self {
        match text.split_once('|') {
            Some((system, code)) => Self {
                system: Some(system.to_owned()),
                code: code.to_owned(),
            },
            None => Self {
                system: None,
                code: text.to_owned(),
            },
        }
    }

    fn is(&self, system: &str, code: &str) -> bool {
        self.system.as_deref().is_none_or(|wanted| wanted == system)
            && (self.code == code || (self.code.is_empty() && self.system.is_some()))
    }
}

/// One condition; the values in it are alternatives.
#[derive(Clone, Debug, PartialEq)]
enum Filter {
    Id(Vec<String>),
    Patient(Vec<String>),
    Questionnaire(Vec<(String, Option<String>)>),
    Url(Vec<String>),
    Code(Vec<Token>),
    Category(Vec<Token>),
    Identifier(Vec<Token>),
    Status(Vec<Token>),
    At(Within),
    Changed(Within),
}

/// From an instant on, and before another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Within {
    from: Option<i64>,
    before: Option<i64>,
}

impl Within {
    fn has(self, at: i64) -> bool {
        self.from.is_none_or(|from| from <= at) && self.before.is_none_or(|before| at < before)
    }
}

impl Filter {
    fn holds(&self, entry: &Entry) -> bool {
        let resource = &entry.resource;
        let text = |key: &str| resource[key].as_str().unwrap_or_default();
        let codings = |codings: &Value, tokens: &[Token]| {
            codings.as_array().into_iter().flatten().any(|coding| {
                let part = |key: &str| coding[key].as_str().unwrap_or_default();
                tokens
                    .iter()
                    .any(|token| token.is(part("system"), part("code")))
            })
        };
        match self {
            Self::Id(ids) => ids.iter().any(|id| id == entry.id()),
            Self::Patient(patients) => {
                let subject = resource["subject"]["reference"]
                    .as_str()
                    .unwrap_or_default();
                let subject = subject.strip_prefix("Patient/").unwrap_or_default();
                patients.iter().any(|patient| patient == subject)
            }
            Self::Questionnaire(addresses) => {
                let whole = text("questionnaire");
                let (url, version) = split_canonical(whole);
                addresses.iter().any(|(wanted, of)| {
                    wanted == url && of.as_deref().is_none_or(|of| Some(of) == version)
                })
            }
            Self::Url(urls) => urls.iter().any(|url| url == text("url")),
            Self::Code(tokens) => {
                let code = &resource["code"];
                codings(
                    if code.is_array() {
                        code
                    } else {
                        &code["coding"]
                    },
                    tokens,
                )
            }
            Self::Category(tokens) => resource["category"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|category| codings(&category["coding"], tokens)),
            Self::Identifier(tokens) => match &resource["identifier"] {
                Value::Array(_) => identified(&resource["identifier"], tokens),
                one => identified(&json!([one]), tokens),
            },
            Self::Status(tokens) => tokens.iter().any(|token| token.code == text("status")),
            Self::At(within) => within.has(entry.at),
            Self::Changed(within) => within.has(entry.changed_at),
        }
    }
}

fn identified(identifiers: &Value, tokens: &[Token]) -> bool {
    let part = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    identifiers.as_array().into_iter().flatten().any(|one| {
        let (system, value) = (part(one, "system"), part(one, "value"));
        tokens.iter().any(|token| token.is(&system, &value))
    })
}

/// `url|version` in its parts.
pub fn split_canonical(canonical: &str) -> (&str, Option<&str>) {
    match canonical.split_once('|') {
        Some((url, version)) => (url, Some(version).filter(|version| !version.is_empty())),
        None => (canonical, None),
    }
}

/// The id in `ID`, `Patient/ID` or an address that ends like that.
pub fn patient_id(reference: &str) -> &str {
    match reference.rsplit_once("Patient/") {
        Some((before, id)) if before.is_empty() || before.ends_with('/') => id,
        _ => reference,
    }
}

/// The usual number of entries on a page, and the most.
const USUAL: usize = 20;
const MOST: usize = 100;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    filters: Vec<Filter>,
    count: usize,
    after: Option<(i64, String)>,
    only_count: bool,
    /// What of the question was understood, for the link to itself.
    used: Vec<(String, String)>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How many in all.
    pub total: usize,
    /// Those of this page.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    next: Option<String>,
}

impl Search {
    /// Reads the parameters of a search; a day without an offset is one in `zone`.
    ///
    /// # Errors
    /// Everything that cannot be used. What is not known is one of these only when `strict`; else it is as if it were not there,
    /// and the link to itself shows that.
    pub fn read(
        kind: Kind,
        asked: &[(String, String)],
        strict: bool,
        zone: &TimeZone,
    ) -> Result<Self, Vec<Issue>> {
        let mut search = Self {
            filters: Vec::new(),
            count: USUAL,
            after: None,
            only_count: false,
            used: Vec::new(),
        };
        let mut issues = Vec::new();
        for (name, value) in asked {
            if value.is_empty() || name == "_format" || name == "_pretty" {
                continue;
            }
            match search.take(kind, name, value, zone) {
                Ok(true) => search.used.push((name.clone(), value.clone())),
                Ok(false) if strict => issues.push(Issue::error(
                    "not-supported",
                    "",
                    format!("{} cannot be searched by {name:?}.", kind.name()),
                )),
                Ok(false) => {}
                Err(words) => issues.push(Issue::error("value", "", words)),
            }
        }
        match issues.is_empty() {
            true => Ok(search),
            false => Err(issues),
        }
    }

    /// Takes one parameter; false when it is not known.
    fn take(
        &mut self,
        kind: Kind,
        name: &str,
        value: &str,
        zone: &TimeZone,
    ) -> Result<bool, String> {
        match name {
            "_count" => {
                let count: usize = value
                    .parse()
                    .map_err(|_| format!("_count is a whole number up to {MOST}."))?;
                // FHIR takes a count of nothing as a question for the number alone.
                self.only_count |= count == 0;
                self.count = count.clamp(1, MOST);
                return Ok(true);
            }
            "_summary" if value == "count" => {
                self.only_count = true;
                return Ok(true);
            }
            "_summary" if value == "false" => return Ok(true),
            "page" => {
                self.after = Some(read_cursor(value).ok_or("That page is not one of ours.")?);
                // It goes into the next link anew.
                return Ok(true);
            }
            _ => {}
        }
        let (plain, modifier) = name
            .split_once(':')
            .map_or((name, None), |(a, b)| (a, Some(b)));
        if !kind.parameters().iter().any(|(known, _)| *known == plain) {
            return Ok(false);
        }
        let is_reference = matches!(plain, "patient" | "subject");
        match modifier {
            None => {}
            Some("Patient") if is_reference => {}
            Some(modifier) => {
                return Err(format!(
                    "{plain} does not take the modifier {modifier:?} here."
                ));
            }
        }
        let values: Vec<String> = alternatives(value);
        let texts = || values.clone();
        let tokens = || {
            values
                .iter()
                .map(|value| Token::read(value))
                .collect::<Vec<_>>()
        };
        self.filters.push(match plain {
            "_id" => Filter::Id(texts()),
            "patient" | "subject" => {
                let ids = values.iter().map(|value| patient_id(value).to_owned());
                Filter::Patient(ids.collect())
            }
            "questionnaire" => {
                let parts = values.iter().map(|value| {
                    let (url, version) = split_canonical(value);
                    (url.to_owned(), version.map(str::to_owned))
                });
                Filter::Questionnaire(parts.collect())
            }
            "url" => Filter::Url(texts()),
            "code" => Filter::Code(tokens()),
            "category" => Filter::Category(tokens()),
            "identifier" => Filter::Identifier(tokens()),
            "status" => Filter::Status(tokens()),
            "authored" | "date" => Filter::At(within(value, zone)?),
            "_lastUpdated" => Filter::Changed(within(value, zone)?),
            _ => return Ok(false),
        });
        Ok(true)
    }

    /// The patients it is about, where it names some.
    pub fn patients(&self) -> Option<&[String]> {
        self.filters.iter().find_map(|filter| match filter {
            Filter::Patient(ids) => Some(ids.as_slice()),
            _ => None,
        })
    }

    /// What of these is found, a page of it. Pages go on after the last one shown, so that what comes in meanwhile moves none.
    pub fn page(&self, mut entries: Vec<Entry>) -> Page {
        entries.retain(|entry| self.filters.iter().all(|filter| filter.holds(entry)));
        entries.sort_by(|a, b| a.key().cmp(&b.key()));
        let total = entries.len();
        if self.only_count {
            entries.clear();
        }
        if let Some((at, id)) = &self.after {
            entries.retain(|entry| entry.key() > (*at, id.as_str()));
        }
        let goes_on = entries.len() > self.count;
        entries.truncate(self.count);
        let last = entries.last().filter(|_| goes_on);
        let next = last.map(|last| write_cursor(last.at, last.id()));
        Page {
            total,
            entries,
            next,
        }
    }

    /// A page as a Bundle; `place` is the address of the search without its parameters.
    pub fn bundle(&self, place: &str, base: &str, page: &Page) -> Value {
        let address = |parameters: &[(String, String)]| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(parameters);
            match query.finish() {
                query if query.is_empty() => place.to_owned(),
                query => format!("{place}?{query}"),
            }
        };
        let mut links = vec![json!({"relation": "self", "url": address(&self.used)})];
        if let Some(next) = &page.next {
            let mut onward: Vec<_> = self.used.clone();
            onward.retain(|(name, _)| name != "page");
            onward.push(("page".to_owned(), next.clone()));
            links.push(json!({"relation": "next", "url": address(&onward)}));
        }
        let entries: Vec<Value> = page
            .entries
            .iter()
            .map(|entry| {
                json!({
                    "fullUrl": full_url(base, &entry.resource),
                    "resource": entry.resource,
                    "search": {"mode": "match"},
                })
            })
            .collect();
        let mut bundle = json!({
            "resourceType": "Bundle", "type": "searchset", "total": page.total, "link": links,
        });
        if let (false, Some(bundle)) = (entries.is_empty(), bundle.as_object_mut()) {
            bundle.insert("entry".to_owned(), Value::Array(entries));
        }
        bundle
    }
}

/// The address of a resource.
pub fn full_url(base: &str, resource: &Value) -> String {
    let part = |key: &str| resource[key].as_str().unwrap_or_default();
    format!("{base}/{}/{}", part("resourceType"), part("id"))
}

/// Values divided by commas; a comma of their own has a backslash before it.
fn alternatives(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let letter = match letter {
            ',' => {
                values.push(String::new());
                continue;
            }
            '\\' => letters.next().unwrap_or('\\'),
            letter => letter,
        };
        if let Some(value) = values.last_mut() {
            value.push(letter);
        }
    }
    values.retain(|value| !value.is_empty());
    values
}

fn write_cursor(at: i64, id: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{at}.{id}"))
}

fn read_cursor(text: &str) -> Option<(i64, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, id.to_owned()))
}

/// A date with a prefix as a span of instants (FHIR R4, search, 3.1.1.4.6).
fn within(text: &str, zone: &TimeZone) -> Result<Within, String> {
    let (prefix, value) = match text.get(..2) {
        Some(prefix) if prefix.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            (prefix, text.get(2..).unwrap_or_default())
        }
        _ => ("eq", text),
    };
    let (first, after) = span(value, zone).ok_or_else(|| {
        format!("{text:?} is no date. It looks like ge2026-11-23 or lt2026-11-23T08:30:00Z.")
    })?;
    let (from, before) = match prefix {
        "eq" => (Some(first), Some(after)),
        "gt" | "sa" => (Some(after), None),
        "ge" => (Some(first), None),
        "lt" | "eb" => (None, Some(first)),
        "le" => (None, Some(after)),
        _ => {
            return Err(format!(
                "A date takes ge, gt, le, lt or eq before it, not {prefix:?}."
            ));
        }
    };
    Ok(Within { from, before })
}

/// The first instant of a year, month, day, minute or second, and the first one after it.
fn span(text: &str, zone: &TimeZone) -> Option<(i64, i64)> {
    // A plus sign in an address means a space unless it was written otherwise.
    let text = text.replace(' ', "+");
    if !text.is_ascii() {
        return None;
    }
    if text.len() <= 10 {
        let (whole, length) = match text.len() {
            4 => (format!("{text}-01-01"), 1.year()),
            7 => (format!("{text}-01"), 1.month()),
            10 => (text.clone(), 1.day()),
            _ => return None,
        };
        let first: Date = whole.parse().ok()?;
        let after = first.checked_add(length).ok()?;
        return Some((midnight(first, zone)?, midnight(after, zone)?));
    }
    let clock = text.get(11..)?;
    let length: Span = match clock.find(['Z', '+', '-']).unwrap_or(clock.len()) {
        5 => 1.minute(),
        8 => 1.second(),
        9.. => 1.millisecond(),
        _ => return None,
    };
    let first = match text.parse::<Timestamp>() {
        Ok(at) => at,
        Err(_) => zone.to_timestamp(text.parse::<DateTime>().ok()?).ok()?,
    };
    let after = first.checked_add(length).ok()?;
    Some((first.as_millisecond(), after.as_millisecond()))
}

fn midnight(day: Date, zone: &TimeZone) -> Option<i64> {
    let at = zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    Some(at.ok()?.as_millisecond())
}
