//! How sure one may be: GRADE's domains, judged here with their reasons, or by rules whose limits stand here.

use std::collections::BTreeSet;

use super::template::{self, Template};
use super::words::{Asked, Checked, Level};
use super::{Cell, Study};
use crate::problem::Report;
use crate::table::{self, Table};

/// By how many levels a domain lowers or raises, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Down {
    /// By how many levels.
    pub by: usize,
    /// Why, or why not.
    pub reason: Template,
}

/// What people judged of a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// The construct; nothing for all without a judgement of their own.
    pub construct: Option<String>,
    /// The comparison.
    pub comparator: Asked,
    /// How the studies were made and reported.
    pub risk_of_bias: Down,
    /// Whether they answer the question that is asked.
    pub indirectness: Down,
    /// Whether studies, or figures of them, are missing.
    pub publication_bias: Down,
    /// What makes one surer: a large effect, more from more training. Rare.
    pub raises: Option<Down>,
}

/// When studies disagree too much.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inconsistency {
    /// From this I², in percent, by one level where a further trial might show no effect.
    pub serious_i2: f64,
    /// From this by one level always, and by two where it might.
    pub very_serious_i2: f64,
    /// Said of a single study.
    pub single: Template,
    /// Said where they agree.
    pub fine: Template,
    /// Said where they differ, though a further trial would be expected to show an effect too.
    pub spread: Template,
    /// Said where a further one might show none.
    pub serious: Template,
}

/// When figures are too unsure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imprecision {
    /// With fewer people than these, by one level.
    pub people: f64,
    /// Said where there are enough people and the interval leaves out no effect.
    pub fine: Template,
    /// Said of too few people.
    pub few: Template,
    /// Said of an interval that holds no effect, which is by one level more.
    pub wide: Template,
}

/// Everything that certainty is reckoned from.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgements {
    /// Where trials begin.
    pub trials: Level,
    /// Where anything else begins.
    pub others: Level,
    /// What was judged, in the order of the file.
    pub judged: Vec<Judgement>,
    /// When studies disagree too much.
    pub inconsistency: Inconsistency,
    /// When figures are too unsure.
    pub imprecision: Imprecision,
}

impl Default for Judgements {
    /// Without the file nobody may be sure of anything.
    fn default() -> Self {
        Self {
            trials: Level::VeryLow,
            others: Level::VeryLow,
            judged: Vec::new(),
            inconsistency: Inconsistency::default(),
            imprecision: Imprecision::default(),
        }
    }
}

impl Judgements {
    /// The judgement that fits best: of the construct and comparison, of the construct, of the comparison, of anything.
    #[must_use]
    pub fn of(&self, construct: &str, comparator: Asked) -> Option<&Judgement> {
        let fits = |construct: Option<&str>, comparator: Asked| {
            self.judged.iter().find(|judgement| {
                judgement.construct.as_deref() == construct && judgement.comparator == comparator
            })
        };
        fits(Some(construct), comparator)
            .or_else(|| fits(Some(construct), Asked::Any))
            .or_else(|| fits(None, comparator))
            .or_else(|| fits(None, Asked::Any))
    }

    pub(super) fn templates_mut(&mut self) -> Vec<&mut Template> {
        let rules = &mut self.inconsistency;
        let mut all = vec![
            &mut rules.single,
            &mut rules.fine,
            &mut rules.spread,
            &mut rules.serious,
        ];
        let rules = &mut self.imprecision;
        all.extend([&mut rules.fine, &mut rules.few, &mut rules.wide]);
        for judgement in &mut self.judged {
            all.push(&mut judgement.risk_of_bias.reason);
            all.push(&mut judgement.indirectness.reason);
            all.push(&mut judgement.publication_bias.reason);
            all.extend(judgement.raises.as_mut().map(|raises| &mut raises.reason));
        }
        all
    }

    pub(super) fn cell(&self, key: &str) -> Option<Cell> {
        let number = match key {
            "inconsistency/serious_i2" => self.inconsistency.serious_i2,
            "inconsistency/very_serious_i2" => self.inconsistency.very_serious_i2,
            "imprecision/people" => self.imprecision.people,
            _ => return None,
        };
        Some(Cell {
            id: format!("certainty/{key}"),
            number: Some(number),
            words: None,
            verified: Checked::FullText,
        })
    }
}

/// Reads `evidence/certainty.toml`; none when anything is wrong with it.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    constructs: Option<&[&str]>,
    studies: Option<&[Study]>,
) -> Option<Judgements> {
    let document = table::parse(report, 0, text)?;
    let mut root = Table::new(&document, 0, 0);
    let before = report.count();
    let mut begins = root.group(report, "begins")?;
    let trials = begins.word::<Level>(report, "trials");
    let others = begins.word::<Level>(report, "others");
    begins.close(report);

    let mut table = root.group(report, "inconsistency")?;
    let inconsistency = Inconsistency {
        serious_i2: table.number_in(report, "serious_i2", 1.0..=100.0)?,
        very_serious_i2: table.number_in(report, "very_serious_i2", 1.0..=100.0)?,
        single: reason(report, &mut table, "single", &[], studies),
        fine: reason(report, &mut table, "fine", &["i2"], studies),
        spread: reason(report, &mut table, "spread", &["i2"], studies),
        serious: reason(
            report,
            &mut table,
            "serious",
            &["i2", "low", "high"],
            studies,
        ),
    };
    if inconsistency.very_serious_i2 <= inconsistency.serious_i2 {
        report.add(
            table.place_of("very_serious_i2"),
            "`very_serious_i2` must be above `serious_i2`",
        );
    }
    table.close(report);

    let mut table = root.group(report, "imprecision")?;
    let imprecision = Imprecision {
        people: table.number_in(report, "people", 1.0..=100_000.0)?,
        fine: reason(report, &mut table, "fine", &["people"], studies),
        few: reason(report, &mut table, "few", &["people", "wanted"], studies),
        wide: reason(report, &mut table, "wide", &["low", "high"], studies),
    };
    table.close(report);

    let mut judged: Vec<Judgement> = Vec::new();
    let mut questions = BTreeSet::new();
    for mut table in root.tables(report, "judgement") {
        let construct = table.text(report, "construct", 60);
        if let Some(known) = constructs
            && construct.value != "any"
            && !known.contains(&construct.value.as_str())
        {
            let mut allowed = known.to_vec();
            allowed.push("any");
            report.unknown(
                construct.at,
                "a construct of evidence/constructs.toml",
                &construct.value,
                &allowed,
            );
        }
        let comparator = table.word::<Asked>(report, "comparator");
        if let Some(comparator) = comparator
            && !questions.insert((construct.value.clone(), comparator))
        {
            report.add(
                construct.at,
                "this construct and comparator are judged twice: once is enough",
            );
        }
        let risk_of_bias = down(report, &mut table, "risk_of_bias", studies);
        let indirectness = down(report, &mut table, "indirectness", studies);
        let publication_bias = down(report, &mut table, "publication_bias", studies);
        let raises = table
            .says("raises")
            .then(|| down(report, &mut table, "raises", studies))
            .flatten();
        table.close(report);
        if let (Some(comparator), Some(risk_of_bias), Some(indirectness), Some(publication_bias)) =
            (comparator, risk_of_bias, indirectness, publication_bias)
        {
            judged.push(Judgement {
                construct: (construct.value != "any").then_some(construct.value),
                comparator,
                risk_of_bias,
                indirectness,
                publication_bias,
                raises,
            });
        }
    }
    if !judged
        .iter()
        .any(|judgement| judgement.construct.is_none() && judgement.comparator == Asked::Any)
        && report.count() == before
    {
        report.add(0, "the judgement with construct = \"any\" and comparator = \"any\" is missing: it is used where no other fits");
    }
    root.close(report);
    (report.count() == before).then_some(())?;
    Some(Judgements {
        trials: trials?,
        others: others?,
        judged,
        inconsistency,
        imprecision,
    })
}

fn reason(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    names: &[&str],
    studies: Option<&[Study]>,
) -> Template {
    let text = table.text(report, key, 300);
    template::read(report, &text, names, studies)
}

fn down(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    studies: Option<&[Study]>,
) -> Option<Down> {
    let mut domain = table.group(report, key)?;
    let by = domain.whole(report, "by", 0..=3);
    let reason = reason(report, &mut domain, "reason", &[], studies);
    domain.close(report);
    Some(Down { by: by?, reason })
}
