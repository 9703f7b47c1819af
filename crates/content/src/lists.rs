//! The short files of lists: wishes, barriers, consent, sources.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::practice::hash;
use crate::problem::Report;
use crate::table::{self, Table, Text};
use crate::variables::uses;
use crate::wording::{self, guarded};
use crate::words::{Address, Seen, SourceKind};

/// A set of wishes that a practice can speak.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PhraseSet {
    /// What practices and settings call it.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// Wishes said to somebody: "I hope this eases."
    pub you: Vec<String>,
    /// Wishes for oneself: "May this ease."
    pub me: Vec<String>,
    /// Wishes for everybody: "May this ease, for everyone."
    pub all: Vec<String>,
}

impl PhraseSet {
    /// The wishes said to these.
    pub(crate) fn wishes(&self, to: Address) -> &[String] {
        match to {
            Address::You => &self.you,
            Address::Me => &self.me,
            Address::All => &self.all,
        }
    }
}

/// Something that can get in the way of practising.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Barrier {
    /// What is stored when it is named.
    pub code: String,
    /// What stands on the screen.
    pub words: String,
}

/// A layer of consent: something a person agrees to by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// What it is stored as.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Whether Kith cannot be used without it.
    pub required: bool,
    /// Whom it is put to; the key `for` of the file.
    pub audience: Vec<String>,
    /// Its paragraphs.
    pub text: Vec<String>,
    /// The first 16 hexadecimal digits of the SHA-256 of id, title and paragraphs: other words, another version.
    pub version: String,
}

/// A source that practices name as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// What practices call it.
    pub id: String,
    /// Authors, year, where it appeared.
    pub title: String,
    /// Where it can be read.
    pub url: String,
    /// What it is.
    pub kind: SourceKind,
    /// What of it was read.
    pub seen: Seen,
}

/// Reads `phrases.toml`.
pub(crate) fn phrases(report: &mut Report<'_>, text: &str) -> Vec<PhraseSet> {
    let sets = entries(report, text, "set", "id", |report, table, id| {
        let title = table.text(report, "title", 60);
        wording::check(report, title.at, &title.value);
        let is_own = id == OWN;
        let [you, me, all] = ["you", "me", "all"].map(|key| wishes(report, table, key, is_own));
        Some(PhraseSet {
            id,
            title: title.value,
            you,
            me,
            all,
        })
    });
    if report.count() == 0 && !sets.iter().any(|set| set.id == PLAIN) {
        report.add(
            0,
            "the set with the id `plain` is missing: it is used unless another is chosen",
        );
    }
    sets
}

/// The set that is used unless another is chosen.
pub(crate) const PLAIN: &str = "plain";

/// The set for words of one's own, which may be those of a faith.
const OWN: &str = "own";

fn wishes(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    is_own: bool,
) -> Vec<String> {
    let before = report.count();
    let wishes = table.texts(report, key, 120);
    if !(1..=6).contains(&wishes.len()) && report.count() == before {
        report.add(
            table.place_of(key),
            format!("`{key}` has {} wishes: give it one to six", wishes.len()),
        );
    }
    for wish in &wishes {
        wording::check(report, wish.at, &wish.value);
        for fault in guarded::religion(&wish.value) {
            if !is_own {
                report.add(wish.at, fault.message);
            }
        }
        if !uses(&wish.value).is_empty() {
            report.add(wish.at, "a wish is said in many practices and cannot hold a word to fill in: take the { } out");
        }
    }
    wishes.into_iter().map(|wish| wish.value).collect()
}

/// Reads `barriers.toml`.
pub(crate) fn barriers(report: &mut Report<'_>, text: &str) -> Vec<Barrier> {
    entries(report, text, "barrier", "code", |report, table, code| {
        let words = table.text(report, "words", 160);
        wording::check(report, words.at, &words.value);
        Some(Barrier {
            code,
            words: words.value,
        })
    })
}

/// Reads `consent.toml`.
pub(crate) fn layers(report: &mut Report<'_>, text: &str) -> Vec<Layer> {
    entries(report, text, "layer", "id", |report, table, id| {
        let title = table.text(report, "title", 120);
        let required = table.yes_or_no(report, "required");
        let before = report.count();
        let audience = table.texts(report, "for", 40);
        for word in &audience {
            check_id(report, word);
        }
        if audience.is_empty() && report.count() == before {
            report.add(
                table.place_of("for"),
                "`for` is empty: say whom this is put to, such as [\"client\"]",
            );
        }
        let before = report.count();
        let text = table.texts(report, "text", 4000);
        if text.is_empty() && report.count() == before {
            report.add(
                table.place_of("text"),
                "`text` is empty: write at least one paragraph",
            );
        }
        for paragraph in text.iter().chain([&title]) {
            wording::check(report, paragraph.at, &paragraph.value);
        }
        let audience = audience.into_iter().map(|word| word.value).collect();
        let text: Vec<String> = text.into_iter().map(|paragraph| paragraph.value).collect();
        // A character no text holds keeps the parts apart, so that moving words between them is a change too.
        let words = [&id, &title.value]
            .into_iter()
            .chain(&text)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\u{0}");
        let version = hash(&words, 16);
        Some(Layer {
            id,
            title: title.value,
            required,
            audience,
            text,
            version,
        })
    })
}

/// Reads `evidence/sources.toml`.
pub(crate) fn sources(report: &mut Report<'_>, text: &str) -> Vec<Source> {
    entries(report, text, "source", "id", |report, table, id| {
        let title = table.text(report, "title", 400).value;
        let url = table.text(report, "url", 400);
        if !url.value.is_empty()
            && !["https://", "http://"]
                .iter()
                .any(|begin| url.value.starts_with(begin))
        {
            report.add(
                url.at,
                "`url` must be a whole address, beginning with https://",
            );
        }
        let kind = table.word::<SourceKind>(report, "kind");
        let seen = table.word::<Seen>(report, "seen")?;
        let kind = kind?;
        Some(Source {
            id,
            title,
            url: url.value,
            kind,
            seen,
        })
    })
}

/// Reads the tables `[[key]]`, the only thing in the file, each with an id of its own; keeps those without a problem.
pub(crate) fn entries<E>(
    report: &mut Report<'_>,
    text: &str,
    key: &'static str,
    id_key: &'static str,
    read: impl FnMut(&mut Report<'_>, &mut Table<'_>, String) -> Option<E>,
) -> Vec<E> {
    let Some(document) = table::parse(report, 0, text) else {
        return Vec::new();
    };
    let mut root = Table::new(&document, 0, 0);
    let kept = entries_of(report, &mut root, key, id_key, read);
    root.close(report);
    kept
}

/// Reads the tables `[[key]]` of a file that may hold others, each with an id of its own; keeps those without a problem.
pub(crate) fn entries_of<E>(
    report: &mut Report<'_>,
    root: &mut Table<'_>,
    key: &'static str,
    id_key: &'static str,
    mut read: impl FnMut(&mut Report<'_>, &mut Table<'_>, String) -> Option<E>,
) -> Vec<E> {
    let (mut kept, mut ids) = (Vec::new(), BTreeSet::new());
    for mut table in root.tables(report, key) {
        let before = report.count();
        let id = table.text(report, id_key, 60);
        if !id.value.is_empty() {
            check_id(report, &id);
            if !ids.insert(id.value.clone()) {
                report.add(
                    id.at,
                    format!(
                        "the {id_key} `{}` is used twice: give this one another",
                        id.value
                    ),
                );
            }
        }
        let entry = read(report, &mut table, id.value);
        table.close(report);
        kept.extend(entry.filter(|_| report.count() == before));
    }
    kept
}

pub(crate) fn check_id(report: &mut Report<'_>, id: &Text) {
    let is_id = id.value.chars().all(|letter| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '-' | '_')
    });
    if !is_id {
        let message = format!(
            "`{}` is no id: use small letters, digits, - and _ only",
            id.value
        );
        report.add(id.at, message);
    }
}
