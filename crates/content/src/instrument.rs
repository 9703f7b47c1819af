//! An instrument: a published questionnaire's key and figures. Never its sentences, which belong to others.

mod change;
mod figures;
mod play;
pub(crate) mod read;
mod score;
mod words;

use std::collections::BTreeMap;

use serde::Serialize;

pub use change::{
    Change, ChangeError, Criteria, Figures, Words, change, change_by, criteria, figures,
    reservation, shown,
};
pub use play::answer;
pub use score::{Asking, ScoreError, Scored, band, score};
pub use words::{
    Answerer, Better, By, CheckInKind, Class, Gate, How, Licence, NoteKind, Ordinals, Recalled,
    Rule, Scoring, Then, Verified, When, Who,
};

/// A questionnaire's definition. Items are numbered from 1, as they stand on the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// The file's name without `.toml`.
    pub id: String,
    /// Its full name.
    pub title: String,
    /// What it is called for short.
    pub abbreviation: String,
    /// What it measures.
    pub construct: String,
    /// Who answers it.
    pub audience: Answerer,
    /// About how long answering takes.
    pub minutes: f64,
    /// The time it asks about: "past 2 weeks".
    pub recall: String,
    /// The same in days, where that can be said.
    pub recall_days: Option<usize>,
    /// How many items the form has, fillers included.
    pub items: usize,
    /// The least and the most an answer can score.
    pub answers: (f64, f64),
    /// From one answer to the next.
    pub step: f64,
    /// The items that count the other way round: least and most together, less the answer.
    pub turned: Vec<usize>,
    /// Fillers: shown, never scored.
    pub unscored: Vec<usize>,
    /// The orders its items are printed in, the first being the usual one; empty where there is one only.
    pub orders: Vec<Order>,
    /// The total; none where the instrument has none.
    pub total: Option<Scale>,
    /// Its parts.
    pub subscales: Vec<Scale>,
    /// False where the authors publish no bands, and these are other people's habit.
    pub official_bands: bool,
    /// What becomes of gaps.
    pub missing: Missing,
    /// Items that call for somebody's attention by themselves.
    pub safety: Vec<Safety>,
    /// LOINC's names for it.
    pub loinc: Option<Loinc>,
    /// On what terms its sentences can be had.
    pub texts: Texts,
    /// What else is to be known.
    pub notes: BTreeMap<NoteKind, String>,
    /// How far the key was checked.
    pub verified: Verified,
    /// What comes from memory.
    pub recalled: Vec<Recalled>,
    /// Where all this comes from.
    pub sources: Vec<String>,
    /// The first 12 hexadecimal digits of the SHA-256 of the file: another definition, another version.
    pub version: String,
}

/// One order in which a form prints its items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What an import and a response call it.
    pub id: String,
    /// The items that are turned in this order, where they are others.
    pub turned: Option<Vec<usize>>,
    /// For each place on the form, the item of the usual order that stands there.
    pub places: Option<Vec<usize>>,
}

/// Something that gets a score: the total or a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// What records call it; `total` for the total.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// The items it takes.
    pub items: Vec<usize>,
    /// Whether it uses turned items; without, a high score is more of what it is named for.
    pub keyed: bool,
    /// How its answers become a score.
    pub scoring: Scoring,
    /// The least and the most it can come to.
    pub range: (f64, f64),
    /// Which way is the better one.
    pub better: Better,
    /// Where screening counts it as positive.
    pub cut_off: Option<CutOff>,
    /// Another line in use, and by whom.
    pub other_cut_off: Option<(CutOff, String)>,
    /// What its scores are called.
    pub bands: Vec<Band>,
    /// The table from sums to scores.
    pub lookup: Option<Lookup>,
    /// The parts whose scores it is the sum of, where it is worked out of those.
    pub sum_of: Vec<String>,
    /// How well it agrees with itself.
    pub reliability: Reliability,
    /// Whom it was tried on.
    pub norms: Norms,
    /// A published fixed criterion of change.
    pub criterion: Option<Criterion>,
    /// The published smallest change that matters, which is another thing than a reliable one.
    pub mcid: Option<f64>,
    /// Too unreliable to show a person.
    pub research_only: bool,
}

/// A line, and on which side of it a score counts as positive.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CutOff {
    /// The line.
    pub at: f64,
    /// The side, with the line itself.
    pub rule: Rule,
}

impl CutOff {
    /// Whether a score counts as positive.
    pub fn is_met(&self, score: f64) -> bool {
        match self.rule {
            Rule::AtLeast => score >= self.at,
            Rule::AtMost => score <= self.at,
        }
    }
}

/// What scores from one number to another are called.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Its name.
    pub label: String,
    /// The first score of it. A score belongs to the last band whose `from` it reaches.
    pub from: f64,
    /// The last printed score of it.
    pub to: f64,
}

/// A published table from sums to scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Lookup {
    /// The sum of the first value.
    pub from: f64,
    /// The scores, sum by sum.
    pub values: Vec<f64>,
    /// Their standard errors, where published.
    pub se: Vec<f64>,
}

/// Figures of reliability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability {
    /// Cronbach's alpha.
    pub alpha: Option<f64>,
    /// The span of alpha where no single figure is published.
    pub alpha_range: Option<(f64, f64)>,
    /// Correlation between two times.
    pub retest: Option<f64>,
    /// The span of it over the parts, where no single figure is published.
    pub retest_range: Option<(f64, f64)>,
    /// The time between the two, in words.
    pub interval: Option<String>,
    /// The same in days.
    pub days: Option<f64>,
}

/// A group's scores, in the unit of the score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Norm {
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation.
    pub sd: Option<f64>,
    /// Who they are.
    pub population: String,
    /// How many.
    pub n: Option<usize>,
}

/// Groups whose scores are published.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Norms {
    /// People in general, or the nearest thing to it; the men among them where women stand beside.
    pub general: Option<Norm>,
    /// Women.
    pub female: Option<Norm>,
    /// Older people.
    pub older: Option<Norm>,
    /// Patients.
    pub clinical: Option<Norm>,
}

/// A published fixed criterion of change.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// So many points count.
    pub points: f64,
    /// The criterion's own line for recovery, where it names one.
    pub cut_off: Option<CutOff>,
    /// Who says so.
    pub source: String,
}

/// What becomes of gaps. Fillers never count.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// The most items that may be missing for a total; any number where the parts alone are ruled.
    pub at_most: Option<usize>,
    /// What becomes of them.
    pub how: How,
    /// The most that may be missing of each part, where the usual rule does not hold.
    pub each_subscale: Option<usize>,
    /// How many answers each part needs, in their order, in place of the rule above.
    pub each_subscale_answered: Vec<usize>,
    /// Whether a prorated part is rounded to a whole number.
    pub rounded: bool,
    /// Whether too many gaps in the whole form leave the parts without a score too.
    pub whole_form: bool,
    /// Whose rule it is.
    pub by: By,
    /// What else is to be said of it.
    pub note: Option<String>,
}

/// An item that calls for attention by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Safety {
    /// Its number.
    pub item: usize,
    /// What it is about, in our words.
    pub about: String,
    /// The least answer, as given, that counts.
    pub at_least: f64,
    /// What is to be done.
    pub action: String,
    /// On what ground.
    pub basis: String,
}

/// LOINC's names for an instrument. Never its display names, which often are item texts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loinc {
    /// The panel.
    pub panel: Option<String>,
    /// The score.
    pub score: Option<String>,
    /// The items in order.
    pub items: Vec<String>,
    /// The list of answers.
    pub answer_list: Option<String>,
    /// The answers in order of rising value.
    pub answers: Vec<String>,
    /// Set where LOINC numbers the answers the other way round: map by code.
    pub ordinals: Option<Ordinals>,
    /// Whether LOINC has turned the turned items' numbers already.
    pub turned_already: bool,
    /// An item of the form that is not scored.
    pub extra_item: Option<ExtraItem>,
    /// What to watch for.
    pub note: Option<String>,
    /// What to watch for with the items.
    pub items_note: Option<String>,
}

/// An item that stands on a form and is not scored.
#[derive(Clone, Debug, PartialEq)]
pub struct ExtraItem {
    /// Its code.
    pub code: String,
    /// What it is about, in our words.
    pub what: String,
    /// The list of its answers.
    pub answer_list: String,
    /// The answers.
    pub answers: Vec<String>,
}

/// On what terms the sentences can be had, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts {
    /// The kind of licence.
    pub licence: Licence,
    /// The licence in plain words.
    pub note: String,
    /// Whether nothing is said of clinical use, so that a practice asks first.
    pub clinical_terms_unstated: bool,
    /// What is asked before sentences are taken in.
    pub gate: Gate,
    /// Packages somebody may take them from.
    pub packages: Vec<String>,
    /// Which items of such a package, in order.
    pub package_items: Vec<usize>,
    /// The items' numbers in the International Personality Item Pool.
    pub ipip_ids: Vec<String>,
    /// The items' numbers in the SAPA project.
    pub sapa_ids: Vec<String>,
}

impl Instrument {
    /// The part with this id, or the total for `total`.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.total
            .iter()
            .chain(&self.subscales)
            .find(|scale| scale.id == id)
    }

    /// The items that are scored, in order.
    pub fn scored(&self) -> impl Iterator<Item = usize> + '_ {
        (1..=self.items).filter(|item| !self.unscored.contains(item))
    }

    /// The answers that can be given, least first.
    pub fn options(&self) -> Vec<f64> {
        let (least, most) = self.answers;
        let steps = ((most - least) / self.step).round() as usize;
        (0..=steps)
            .map(|step| least + self.step * step as f64)
            .collect()
    }
}

impl Scale {
    /// How many of its items may be missing: the total's rule for the total, the parts' rule for a part.
    pub(crate) fn may_lack(&self, missing: &Missing, place: Option<usize>) -> usize {
        let items = self.items.len();
        let Some(place) = place else {
            return missing.at_most.unwrap_or(0);
        };
        if let Some(&answered) = missing.each_subscale_answered.get(place) {
            return items.saturating_sub(answered);
        }
        let usual = usize::from(items >= 4);
        let most = missing.each_subscale.unwrap_or(usual);
        most.min(missing.at_most.unwrap_or(most))
    }
}
