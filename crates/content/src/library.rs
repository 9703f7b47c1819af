//! All content together: which file is read as what, and how its parts are found.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::guess::{did_you_mean, nearest};
use crate::lists::{self, Barrier, Layer, PLAIN, PhraseSet, Source};
use crate::practice::{self, Around, Practice};
use crate::problem::{Problem, Report};
use crate::rationale::{self, Rationale};
use crate::ways::{self, Ways};

/// A content file as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path relative to `content/`: `practices/soles-ground.md`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// What reading gives: everything that is good, and what is wrong with the rest.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The practices, and the entries of lists, without a problem.
    pub library: Library,
    /// The problems, by file, line and column.
    pub problems: Vec<Problem>,
}

/// All content that can be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Library {
    practices: BTreeMap<String, Practice>,
    phrases: Vec<PhraseSet>,
    barriers: Vec<Barrier>,
    layers: Vec<Layer>,
    sources: Vec<Source>,
    rationales: Vec<Rationale>,
    ways: Ways,
}

/// The largest file that is read, in bytes.
const LARGEST_FILE: usize = 256 * 1024;

const PHRASES: &str = "phrases.toml";
const BARRIERS: &str = "barriers.toml";
const CONSENT: &str = "consent.toml";
const RATIONALE: &str = "rationale.toml";
const WAYS: &str = "ways.toml";
const SOURCES: &str = "evidence/sources.toml";

impl Library {
    /// Reads content files; a later file with the same path replaces an earlier one. Never fails: whatever is wrong
    /// is a [`Problem`], and whatever is not is in the library. A practice with any problem is left out; so is the
    /// entry of a list.
    pub fn read(files: impl IntoIterator<Item = File>) -> Loaded {
        let mut by_path: BTreeMap<String, String> = BTreeMap::new();
        for file in files {
            let path = file.path.replace('\\', "/");
            by_path.insert(
                path.strip_prefix("./").unwrap_or(&path).to_owned(),
                file.text,
            );
        }
        let mut reading = Reading {
            by_path,
            problems: Vec::new(),
        };

        let (sources, sources_are_good) = reading.list(SOURCES, lists::sources);
        let (phrases, phrases_are_good) = reading.list(PHRASES, lists::phrases);
        let (barriers, _) = reading.list(BARRIERS, lists::barriers);
        let (layers, _) = reading.list(CONSENT, lists::layers);
        let around = Around {
            sources: sources_are_good
                .then(|| sources.iter().map(|source| source.id.as_str()).collect()),
            has_plain_wishes: !phrases_are_good || phrases.iter().any(|set| set.id == PLAIN),
        };
        let (rationales, _) = reading.list(RATIONALE, |report, text| {
            rationale::read(report, text, around.sources.as_deref())
        });
        let ways = reading.by_path.remove(WAYS);
        let slugs = reading.slugs();
        let practices = reading.practices(&around);
        let is_broken = |slug: &str| slugs.iter().any(|known| known == slug);
        let ways = ways
            .and_then(|text| {
                reading.one(WAYS, &text, |report, text| {
                    ways::read(report, text, &practices, is_broken)
                })
            })
            .unwrap_or_default();

        let mut problems = reading.problems;
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Loaded {
            library: Self {
                practices,
                phrases,
                barriers,
                layers,
                sources,
                rationales,
                ways,
            },
            problems,
        }
    }

    /// The practice with this slug.
    pub fn practice(&self, slug: &str) -> Option<&Practice> {
        self.practices.get(slug)
    }

    /// All practices, in the order of their slugs.
    pub fn practices(&self) -> impl Iterator<Item = &Practice> {
        self.practices.values()
    }

    /// The slug most like this one, to ask "did you mean …?" with. None when nothing is like it.
    pub fn nearest_practice(&self, slug: &str) -> Option<&str> {
        nearest(slug, self.practices.keys().map(String::as_str))
    }

    /// The sets of wishes, in the order of their file.
    pub fn phrases(&self) -> &[PhraseSet] {
        &self.phrases
    }

    /// The set of wishes with this id.
    pub fn phrase_set(&self, id: &str) -> Option<&PhraseSet> {
        self.phrases.iter().find(|set| set.id == id)
    }

    /// The set that is used unless another is chosen: `plain`. Without one there are no wishes, which reading has
    /// reported for whatever practice speaks any.
    pub fn plain_phrases(&self) -> &PhraseSet {
        static NO_WISHES: PhraseSet = PhraseSet {
            id: String::new(),
            title: String::new(),
            you: Vec::new(),
            me: Vec::new(),
            all: Vec::new(),
        };
        self.phrase_set(PLAIN).unwrap_or(&NO_WISHES)
    }

    /// What can get in the way, in the order of its file.
    pub fn barriers(&self) -> &[Barrier] {
        &self.barriers
    }

    /// The layers of consent, in the order of their file.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The sources, in the order of their file.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What to say to whoever asks why, in the order of its file.
    pub fn rationales(&self) -> &[Rationale] {
        &self.rationales
    }

    /// What ways to practise are put together from.
    pub fn ways(&self) -> &Ways {
        &self.ways
    }
}

struct Reading {
    by_path: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reading {
    /// Reads a file of lists, if it is there. Says also whether it is without problems: only then is what is missing
    /// in it held against others.
    fn list<E>(
        &mut self,
        path: &str,
        read: impl FnOnce(&mut Report<'_>, &str) -> Vec<E>,
    ) -> (Vec<E>, bool) {
        let Some(text) = self.by_path.remove(path) else {
            return (Vec::new(), true);
        };
        let before = self.problems.len();
        let entries = self
            .one(path, &text, |report, text| read(report, text))
            .unwrap_or_default();
        (entries, self.problems.len() == before)
    }

    /// The slugs of all practice files, whether they can be read or not.
    fn slugs(&self) -> Vec<String> {
        let slug = |path: &String| {
            let name = path.strip_prefix("practices/")?;
            name.strip_suffix(".md").map(str::to_owned)
        };
        self.by_path.keys().filter_map(slug).collect()
    }

    fn practices(&mut self, around: &Around<'_>) -> BTreeMap<String, Practice> {
        let mut practices = BTreeMap::new();
        for (path, text) in std::mem::take(&mut self.by_path) {
            let slug = path
                .strip_prefix("practices/")
                .and_then(|name| name.strip_suffix(".md"));
            match slug.filter(|slug| !slug.contains('/')) {
                _ if path == "README.md" || path.ends_with("/README.md") => {}
                Some(slug) => {
                    let practice = self
                        .one(&path, &text, |report, text| {
                            practice::read(report, slug, text, around)
                        })
                        .flatten();
                    practices.extend(practice.map(|practice| (slug.to_owned(), practice)));
                }
                None => {
                    let guess = did_you_mean(
                        &path,
                        [PHRASES, BARRIERS, CONSENT, SOURCES, RATIONALE, WAYS],
                    );
                    let mut report = Report::new(&path, "");
                    report.add_allowed(
                        0,
                        format!("nothing reads this file{guess}"),
                        format!("practices/NAME.md, {PHRASES}, {BARRIERS}, {CONSENT}, {SOURCES}, {RATIONALE}, {WAYS}, README.md"),
                    );
                    self.problems.extend(report.finish());
                }
            }
        }
        practices
    }

    /// Reads one file, unless it is too large, and gathers its problems.
    fn one<R>(
        &mut self,
        path: &str,
        text: &str,
        read: impl FnOnce(&mut Report<'_>, &str) -> R,
    ) -> Option<R> {
        if text.len() > LARGEST_FILE {
            let mut report = Report::new(path, "");
            report.add(
                0,
                format!(
                    "this file is larger than {} KB: split it",
                    LARGEST_FILE / 1024
                ),
            );
            self.problems.extend(report.finish());
            return None;
        }
        let text = with_plain_line_ends(text);
        let mut report = Report::new(path, &text);
        let result = read(&mut report, &text);
        self.problems.extend(report.finish());
        Some(result)
    }
}

/// Line ends as `\n`, and no byte-order mark, so that an editor's habits change neither meaning nor revision.
fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
