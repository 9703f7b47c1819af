//! All content together: which file is read as what, and how its parts are found.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::check_in::{self, CheckIn, CheckIns};
use crate::evidence::{self, CERTAINTY, CLAIMS, CONSTRUCTS, Evidence, STATEMENTS, STUDIES, Study};
use crate::guess::{did_you_mean, nearest};
use crate::instrument::{self, Instrument};
use crate::lesson::{self, Lesson};
use crate::lists::{self, Barrier, Layer, PLAIN, PhraseSet, Source};
use crate::measure::{self, Measure};
use crate::practice::{self, Around, Practice};
use crate::problem::{Problem, Report};
use crate::programme::{self, Programme};
use crate::rationale::{self, Rationale};
use crate::routing::{self, Routing};
use crate::safety::{self, Safety};
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
    practices: Arc<BTreeMap<String, Practice>>,
    programmes: Arc<BTreeMap<String, Programme>>,
    lessons: Arc<BTreeMap<String, Lesson>>,
    instruments: Arc<BTreeMap<String, Instrument>>,
    check_ins: CheckIns,
    measures: Arc<Vec<Measure>>,
    phrases: Vec<PhraseSet>,
    barriers: Vec<Barrier>,
    layers: Vec<Layer>,
    sources: Vec<Source>,
    routing: Routing,
    safety: Safety,
    rationales: Vec<Rationale>,
    ways: Ways,
    evidence: Arc<Evidence>,
}

/// The largest file that is read, in bytes.
const LARGEST_FILE: usize = 256 * 1024;

const PHRASES: &str = "phrases.toml";
const BARRIERS: &str = "barriers.toml";
const CONSENT: &str = "consent.toml";
const RATIONALE: &str = "rationale.toml";
const WAYS: &str = "ways.toml";
const SOURCES: &str = "evidence/sources.toml";
const EVIDENCE: &str = "evidence/";
const CHECK_INS: &str = "check-ins.toml";
const ROUTING: &str = "routing.toml";
const SAFETY: &str = "safety.toml";

impl Library {
    /// Reads content files; a later file with the same path replaces an earlier one. Never fails: whatever is wrong
    /// is a [`Problem`], and whatever is not is in the library. A practice with any problem is left out; so is the
    /// entry of a list.
    pub fn read(files: impl IntoIterator<Item = File>) -> Loaded {
        let mut by_path: BTreeMap<String, String> = BTreeMap::new();
        // What a clinic's own safety.toml replaces: with a fault in hers, this one goes on being asked.
        let mut replaced_safety = None;
        for file in files {
            let path = file.path.replace('\\', "/");
            let path = path.strip_prefix("./").unwrap_or(&path).to_owned();
            let is_safety = path == SAFETY;
            let before = by_path.insert(path, file.text);
            if is_safety {
                replaced_safety = before.or(replaced_safety);
            }
        }
        let mut reading = Reading {
            by_path,
            problems: Vec::new(),
            broken: BTreeSet::new(),
        };

        let version = reading.version_of(EVIDENCE);
        let (mut sources, sources_are_good) = reading.list(SOURCES, lists::sources);
        let (evidence, studies_are_good) = reading.evidence(&sources);
        let evidence = Evidence {
            version,
            ..evidence
        };
        sources.extend(evidence.studies.iter().map(Study::as_source));
        let sources_are_good = sources_are_good && studies_are_good;
        let (phrases, phrases_are_good) = reading.list(PHRASES, lists::phrases);
        let (barriers, barriers_are_good) = reading.list(BARRIERS, lists::barriers);
        let (layers, _) = reading.list(CONSENT, lists::layers);
        let names = sources_are_good.then(|| ids(&sources, |source| &source.id));
        let evidence = reading.said_of(evidence, studies_are_good, names.as_deref());
        let safety = reading.safety(names.as_deref(), replaced_safety.as_deref());
        let sources_known = sources_are_good.then_some(sources.as_slice());
        let around = Around {
            sources: sources_known,
            has_plain_wishes: !phrases_are_good || phrases.iter().any(|set| set.id == PLAIN),
        };
        let (rationales, _) = reading.list(RATIONALE, |report, text| {
            rationale::read(report, text, names.as_deref())
        });
        let routing_text = reading.by_path.remove(ROUTING);
        let ways_text = reading.by_path.remove(WAYS);
        let slugs = reading.names("practices/", ".md");
        let practices = reading.folder("practices/", ".md", |report, slug, text| {
            practice::read(report, slug, text, &around)
        });
        let is_broken = |slug: &str| slugs.iter().any(|known| known == slug);
        let ways = ways_text
            .and_then(|text| {
                reading.one(WAYS, &text, |report, text| {
                    ways::read(report, text, &practices, is_broken)
                })
            })
            .unwrap_or_default();
        let lessons = reading.folder("lessons/", ".md", lesson::read);
        let instruments = reading.folder("instruments/", ".toml", instrument::read::read);
        let (check_ins, check_ins_are_good) = reading.check_ins(&instruments);
        let measures = measure::measures(instruments.values(), &check_ins.all);
        reading.check_names(&measures);
        let broken = std::mem::take(&mut reading.broken);
        let around = programme::read::Around {
            practices: &practices,
            lessons: &lessons,
            broken: &broken,
            measures: check_ins_are_good.then_some(measures.as_slice()),
            sources: sources_known,
        };
        let programmes = reading.folder("programmes/", ".toml", |report, slug, text| {
            programme::read::read(report, slug, text, &around)
        });
        let around = routing::Around {
            practices: &practices,
            slugs: &slugs,
            barriers: barriers_are_good.then_some(barriers.as_slice()),
            phrases: phrases_are_good.then_some(phrases.as_slice()),
        };
        let routing = routing_text
            .and_then(|text| {
                reading.one(ROUTING, &text, |report, text| {
                    routing::read(report, text, &around)
                })
            })
            .unwrap_or_default();
        reading.rest();

        let mut problems = reading.problems;
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Loaded {
            library: Self {
                practices: practices.into(),
                programmes: programmes.into(),
                lessons: lessons.into(),
                instruments: instruments.into(),
                check_ins,
                measures: measures.into(),
                phrases,
                barriers,
                layers,
                sources,
                routing,
                safety,
                rationales,
                ways,
                evidence: evidence.into(),
            },
            problems,
        }
    }

    /// The same, holding in common with another library whatever is equal in both: of a thousand clinics few have
    /// anything of their own, and none has everything.
    #[must_use]
    pub fn sharing(mut self, other: &Self) -> Self {
        share(&mut self.practices, &other.practices);
        share(&mut self.programmes, &other.programmes);
        share(&mut self.lessons, &other.lessons);
        share(&mut self.instruments, &other.instruments);
        share(&mut self.measures, &other.measures);
        share(&mut self.evidence, &other.evidence);
        self
    }

    /// The practice with this slug.
    pub fn practice(&self, slug: &str) -> Option<&Practice> {
        self.practices.get(slug)
    }

    /// Reads a practice that is no part of this library, with the sources and wishes of this one.
    pub(crate) fn read_practice(&self, slug: &str, text: &str) -> (Option<Practice>, Vec<Problem>) {
        let around = Around {
            sources: Some(&self.sources),
            has_plain_wishes: self.phrase_set(PLAIN).is_some(),
        };
        let mut reading = Reading {
            by_path: BTreeMap::new(),
            problems: Vec::new(),
            broken: BTreeSet::new(),
        };
        let path = format!("practices/{slug}.md");
        let practice = reading.one(&path, text, |report, text| {
            practice::read(report, slug, text, &around)
        });
        (practice.flatten(), reading.problems)
    }

    /// All practices, in the order of their slugs.
    pub fn practices(&self) -> impl Iterator<Item = &Practice> {
        self.practices.values()
    }

    /// The slug most like this one, to ask "did you mean …?" with. None when nothing is like it.
    pub fn nearest_practice(&self, slug: &str) -> Option<&str> {
        nearest(slug, self.practices.keys().map(String::as_str))
    }

    /// The programme with this slug.
    pub fn programme(&self, slug: &str) -> Option<&Programme> {
        self.programmes.get(slug)
    }

    /// All programmes, in the order of their slugs.
    pub fn programmes(&self) -> impl Iterator<Item = &Programme> {
        self.programmes.values()
    }

    /// The slug most like this one, to ask "did you mean …?" with. None when nothing is like it.
    pub fn nearest_programme(&self, slug: &str) -> Option<&str> {
        nearest(slug, self.programmes.keys().map(String::as_str))
    }

    /// The lesson with this slug.
    pub fn lesson(&self, slug: &str) -> Option<&Lesson> {
        self.lessons.get(slug)
    }

    /// All lessons, in the order of their slugs.
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.lessons.values()
    }

    /// The instrument with this id.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.get(id)
    }

    /// All instruments, in the order of their ids.
    pub fn instruments(&self) -> impl Iterator<Item = &Instrument> {
        self.instruments.values()
    }

    /// The id most like this one, to ask "did you mean …?" with. None when nothing is like it.
    pub fn nearest_instrument(&self, id: &str) -> Option<&str> {
        nearest(id, self.instruments.keys().map(String::as_str))
    }

    /// The check-ins, and what is said with every one of them.
    pub fn check_ins(&self) -> &CheckIns {
        &self.check_ins
    }

    /// The check-in with this id.
    pub fn check_in(&self, id: &str) -> Option<&CheckIn> {
        self.check_ins.all.iter().find(|check_in| check_in.id == id)
    }

    /// The measures that programmes may ask for: instruments, check-ins, other questions of Kith's own.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// The measure with this id.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }

    /// The barrier's code most like this one.
    pub fn nearest_barrier(&self, code: &str) -> Option<&str> {
        nearest(
            code,
            self.barriers.iter().map(|barrier| barrier.code.as_str()),
        )
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

    /// What is offered when a practice does not fit.
    pub fn routing(&self) -> &Routing {
        &self.routing
    }

    /// What is known from studies, and how it is told.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The sources that practices may name: those of their own file in its order, then every study.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What is asked about harm, what follows, and the words of the help page.
    pub fn safety(&self) -> &Safety {
        &self.safety
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
    /// Files that were left out because of their problems.
    broken: BTreeSet<String>,
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

    /// Reads the check-ins, which name instruments. An instrument that is broken itself is not held against them.
    fn check_ins(&mut self, instruments: &BTreeMap<String, Instrument>) -> (CheckIns, bool) {
        let broken = self.broken.clone();
        let is_instrument = |id: &str| {
            instruments.contains_key(id) || broken.contains(&format!("instruments/{id}.toml"))
        };
        let (found, is_good) = self.list(CHECK_INS, |report, text| {
            check_in::read(report, text, &is_instrument)
                .into_iter()
                .collect()
        });
        (found.into_iter().next().unwrap_or_default(), is_good)
    }

    /// Reports an id that two measures share: a record could not be told from the other's.
    fn check_names(&mut self, measures: &[Measure]) {
        let mut seen = BTreeSet::new();
        for measure in measures {
            if !seen.insert(measure.id.as_str()) {
                let mut report = Report::new(CHECK_INS, "");
                let id = &measure.id;
                report.add(
                    0,
                    format!("`{id}` is the id of two measures: give one another"),
                );
                self.problems.extend(report.finish());
            }
        }
    }

    /// Reads `safety.toml`. With any fault in it, what it replaced is used whole: half a list of questions would
    /// give somebody in danger a green light.
    fn safety(&mut self, sources: Option<&[&str]>, replaced: Option<&str>) -> Safety {
        let Some(text) = self.by_path.remove(SAFETY) else {
            return Safety::default();
        };
        let read = |report: &mut Report<'_>, text: &str| safety::read(report, text, sources);
        if let Some(safety) = self.one(SAFETY, &text, read).flatten() {
            return safety;
        }
        let before = replaced.map(with_plain_line_ends);
        before
            .and_then(|text| read(&mut Report::new(SAFETY, &text), &text))
            .unwrap_or_default()
    }

    /// What tells one state of a folder's files from another.
    fn version_of(&self, folder: &str) -> String {
        let files: String = self
            .by_path
            .iter()
            .filter(|(path, _)| path.starts_with(folder))
            .map(|(path, text)| format!("{path}\n{}\n", with_plain_line_ends(text)))
            .collect();
        practice::hash(&files, 12)
    }

    /// What the files of a folder are called, whether anything is wrong with them or not.
    fn names(&self, folder: &str, ending: &str) -> Vec<String> {
        self.by_path
            .keys()
            .filter_map(|path| path.strip_prefix(folder)?.strip_suffix(ending))
            .map(str::to_owned)
            .collect()
    }

    /// Reads constructs and studies. Says also whether all studies are without problems: only then is one that is
    /// missing held against who names it.
    fn evidence(&mut self, sources: &[Source]) -> (Evidence, bool) {
        let (constructs, constructs_are_good) = self.list(CONSTRUCTS, evidence::constructs::read);
        let known = ids(&constructs, |construct| &construct.id);
        let studies = self.names(STUDIES, ".toml");
        let sources = ids(sources, |source| &source.id);
        let around = evidence::read::Around {
            constructs: constructs_are_good.then_some(known.as_slice()),
            studies: &studies,
            sources: &sources,
        };
        let read = self.folder(STUDIES, ".toml", |report, id, text| {
            evidence::read::read(report, id, text, &around)
        });
        let are_good = read.len() == studies.len();
        let read: Vec<Study> = read.into_values().collect();
        self.problems.extend(evidence::between(&read, STUDIES));
        let evidence = Evidence {
            studies: read,
            constructs,
            ..Evidence::default()
        };
        (evidence, are_good)
    }

    /// Reads what is judged and told of the studies, which names their cells.
    fn said_of(
        &mut self,
        mut evidence: Evidence,
        studies_are_good: bool,
        sources: Option<&[&str]>,
    ) -> Evidence {
        let constructs = ids(&evidence.constructs, |construct| &construct.id);
        let constructs = (!constructs.is_empty()).then_some(constructs.as_slice());
        let studies = studies_are_good.then_some(evidence.studies.as_slice());
        let (contested, _) = self.list(CLAIMS, |report, text| {
            evidence::claims::read(report, text, constructs, studies, sources)
        });
        let certainty = self.by_path.remove(CERTAINTY).and_then(|text| {
            self.one(CERTAINTY, &text, |report, text| {
                evidence::certainty::read(report, text, constructs, studies)
            })
        });
        let lines = self.by_path.remove(STATEMENTS).and_then(|text| {
            self.one(STATEMENTS, &text, |report, text| {
                evidence::wording::read(report, text, studies)
            })
        });
        evidence.contested = contested;
        evidence.certainty = certainty.flatten().unwrap_or_default();
        evidence.lines = lines.flatten().unwrap_or_default();
        evidence
    }

    /// Reads the files that stand in a folder and end like this, by their names without both.
    fn folder<E>(
        &mut self,
        folder: &str,
        ending: &str,
        read: impl Fn(&mut Report<'_>, &str, &str) -> Option<E>,
    ) -> BTreeMap<String, E> {
        let mut entries = BTreeMap::new();
        for (path, text) in std::mem::take(&mut self.by_path) {
            let name = path
                .strip_prefix(folder)
                .and_then(|name| name.strip_suffix(ending))
                .filter(|name| !name.contains('/') && *name != "README");
            let Some(name) = name else {
                self.by_path.insert(path, text);
                continue;
            };
            let entry = self
                .one(&path, &text, |report, text| read(report, name, text))
                .flatten();
            match entry {
                Some(entry) => {
                    entries.insert(name.to_owned(), entry);
                }
                None => {
                    self.broken.insert(path);
                }
            }
        }
        entries
    }

    /// Reports the files that nothing reads.
    fn rest(&mut self) {
        for path in std::mem::take(&mut self.by_path).into_keys() {
            if path == "README.md" || path.ends_with("/README.md") {
                continue;
            }
            let lists = [
                PHRASES, BARRIERS, CONSENT, SAFETY, SOURCES, CHECK_INS, ROUTING, RATIONALE, WAYS,
                CONSTRUCTS, CERTAINTY, CLAIMS, STATEMENTS,
            ];
            let guess = did_you_mean(&path, lists);
            let mut report = Report::new(&path, "");
            report.add_allowed(
                0,
                format!("nothing reads this file{guess}"),
                format!(
                    "practices/NAME.md, programmes/NAME.toml, lessons/NAME.md, instruments/NAME.toml, evidence/studies/NAME.toml, {}, README.md",
                    lists.join(", ")
                ),
            );
            self.problems.extend(report.finish());
        }
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

fn share<T: PartialEq>(mine: &mut Arc<T>, theirs: &Arc<T>) {
    if mine == theirs {
        *mine = Arc::clone(theirs);
    }
}

/// The ids of entries.
fn ids<E>(entries: &[E], id: impl Fn(&E) -> &String) -> Vec<&str> {
    entries.iter().map(|entry| id(entry).as_str()).collect()
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
