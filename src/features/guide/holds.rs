//! What holds for a person today, above every row of the table: what may not be offered, how long, and in which forms.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use kith_content::{Audience, Forms, Library, Modality, Offered, Practice, Row, Target};

use super::rules::{Asked, NOTHING, SAME_KIND, Withheld};
use crate::features::library::usual_minutes;
use crate::features::sittings::Sitting;
use kith_base::web::locale::days_between;

/// Days for which what went badly is not offered again by itself.
const BADLY_DAYS: i64 = 14;
/// Days for which nothing of kindness to oneself is offered after it hurt.
const TENDER_DAYS: i64 = 7;
/// What an offer lasts when nobody has said otherwise.
const SHORT: f64 = 3.0;
/// Barriers that say kindness to oneself, or what it stirs, is what hurts just now.
const TENDER: [&str; 3] = ["fear-self", "backdraft", "trauma"];

/// What holds for this person today.
pub(super) struct Holds<'a> {
    library: &'a Library,
    asked: &'a Asked<'a>,
    /// What got in the way of the practice that is replaced.
    pub(super) barrier: Option<String>,
    /// Rows whose days are not over: with the kind of practice it was then, and the day they end.
    rows: Vec<(&'a Row, Option<Modality>, Date)>,
    /// Kindness to oneself, or what it stirs, is what hurt.
    tender: bool,
    /// Something left her much worse in the last days: then not even what a row names for it.
    hurt: bool,
    /// It left her worse.
    worse: bool,
}

impl<'a> Holds<'a> {
    pub(super) fn of(library: &'a Library, asked: &'a Asked<'a>) -> Self {
        let routing = library.routing();
        let own = asked
            .recent
            .iter()
            .rev()
            .filter(|sitting| is(sitting, asked.practice));
        let recorded = own.clone().find_map(|sitting| sitting.barrier.as_deref());
        let barrier = asked
            .barrier
            .or(recorded)
            .filter(|barrier| *barrier != NOTHING)
            .map(str::to_owned);
        let mut rows = Vec::new();
        let now = barrier.as_deref().filter(|_| asked.barrier.is_some());
        let named = now.map(|barrier| (barrier, asked.practice, 0));
        let tapped = asked.recent.iter().filter_map(|sitting| {
            let barrier = sitting.barrier.as_deref()?;
            let practice = library.practice(&sitting.practice);
            Some((barrier, practice, days_back(sitting, asked.today)))
        });
        for (barrier, practice, back) in named.into_iter().chain(tapped) {
            if let Some(row) = routing.row(barrier)
                && back < row.days
            {
                let until = asked.today.saturating_add((row.days - back).days());
                rows.push((row, practice.map(|practice| practice.modality), until));
            }
        }
        let much_worse = |effect: Option<i64>| {
            effect.is_some_and(|effect| effect <= routing.triggers.much_worse)
        };
        let last = asked
            .effect
            .or_else(|| own.clone().find_map(|sitting| sitting.effect));
        let lately = || {
            let days = |sitting: &&Sitting| days_back(sitting, asked.today) < TENDER_DAYS;
            asked.recent.iter().filter(days)
        };
        let hurt = much_worse(last) || lately().any(|sitting| much_worse(sitting.effect));
        let tender = hurt
            || barrier
                .as_deref()
                .is_some_and(|barrier| TENDER.contains(&barrier))
            || lately()
                .filter_map(|sitting| sitting.barrier.as_deref())
                .any(|barrier| TENDER.contains(&barrier));
        Self {
            library,
            asked,
            barrier,
            rows,
            tender,
            hurt,
            worse: last.is_some_and(|effect| effect < 0),
        }
    }

    /// Everything a row lets wait, each practice once, with the later day.
    pub(super) fn withheld(&self) -> Vec<Withheld> {
        let mut latest: BTreeMap<&str, (Date, &Row)> = BTreeMap::new();
        for practice in self.library.practices() {
            for (row, replaced, until) in &self.rows {
                let withholds = row
                    .withheld
                    .iter()
                    .any(|block| block.withholds(practice, *replaced));
                let later = latest
                    .get(practice.slug.as_str())
                    .is_none_or(|(other, _)| other < until);
                if withholds && later {
                    latest.insert(&practice.slug, (*until, row));
                }
            }
        }
        latest
            .into_iter()
            .map(|(slug, (until, row))| Withheld {
                practice: slug.to_owned(),
                until,
                reason: format!("{}; this one can wait.", row.say),
            })
            .collect()
    }

    /// What stands against a practice. Nothing here is ever softened; `named`: the row for what got in the
    /// way names it, so that it may be of the same kind, and may ask a little more where nothing went badly.
    pub(super) fn why_not(&self, practice: &Practice, named: bool) -> Option<String> {
        let asked = self.asked;
        let replaced = asked.practice;
        let withheld = self.rows.iter().any(|(row, kind, _)| {
            row.withheld
                .iter()
                .any(|block| block.withholds(practice, *kind))
        });
        let went_badly = asked.recent.iter().any(|sitting| {
            let triggers = &self.library.routing().triggers;
            sitting.practice == practice.slug
                && days_back(sitting, asked.today) < BADLY_DAYS
                && (sitting
                    .effect
                    .is_some_and(|effect| effect <= triggers.much_worse)
                    || sitting.fit.is_some_and(|fit| fit <= triggers.poor_fit))
        });
        let why = if !asked.may.contains(&practice.slug) {
            "it is not for this person to start"
        } else if replaced.is_some_and(|replaced| replaced.slug == practice.slug) {
            "it is what is replaced"
        } else if withheld {
            "it can wait, after what got in the way"
        } else if went_badly {
            "it went badly lately"
        } else if practice.load > self.heaviest(named) {
            "it is heavier than it may be now"
        } else if self
            .longest(practice)
            .is_some_and(|most| most < practice.minutes.0)
        {
            "it cannot be as short as it has to be now"
        } else if self.tender && (self.hurt || !named) && is_kindness_to_oneself(practice, named) {
            "kindness to oneself can wait"
        } else if needs_a_form_not_wanted(practice, asked.forms) {
            "it needs a form that is not wanted"
        } else if !named && replaced.is_some_and(|other| other.modality == practice.modality) {
            SAME_KIND
        } else {
            return None;
        };
        Some(why.to_owned())
    }

    /// The heaviest it may be.
    fn heaviest(&self, named: bool) -> u8 {
        let replaced = self.asked.practice.map_or(1, |practice| practice.load);
        let light = if self.tender { 1 } else { u8::MAX };
        let most = self.asked.limits.load_most.min(light);
        if named && !self.worse {
            most
        } else {
            most.min(replaced)
        }
    }

    /// The longest it may be, if there is a bound.
    fn longest(&self, practice: &Practice) -> Option<f64> {
        let rows = self
            .rows
            .iter()
            .flat_map(|(row, kind, _)| row.withheld.iter().map(move |block| (block, *kind)))
            .filter(|(block, kind)| block.is_about(practice, *kind))
            .filter_map(|(block, _)| block.longer_than);
        rows.chain(self.asked.limits.minutes_most)
            .min_by(f64::total_cmp)
    }

    pub(super) fn minutes(
        &self,
        practice: &Practice,
        offered: Option<&Offered>,
        row: Option<&Row>,
    ) -> f64 {
        let usual = offered
            .and_then(|offered| offered.minutes)
            .unwrap_or_else(|| usual_minutes(practice).min(SHORT));
        let last = self
            .asked
            .recent
            .iter()
            .rev()
            .find(|sitting| is(sitting, self.asked.practice));
        let half = last
            .filter(|_| row.is_some_and(|row| row.halve))
            .map(|sitting| (sitting.minutes / 2.0).round().max(1.0));
        let most = self.longest(practice).unwrap_or(f64::INFINITY);
        usual
            .min(half.unwrap_or(f64::INFINITY))
            .min(most)
            .max(practice.minutes.0)
    }

    /// The forms she wants, without those that can wait.
    pub(super) fn forms(&self, practice: &Practice) -> Forms {
        self.rows
            .iter()
            .flat_map(|(row, kind, _)| row.withheld.iter().map(move |block| (block, *kind)))
            .filter(|(block, kind)| block.is_about(practice, *kind))
            .flat_map(|(block, _)| &block.forms)
            .fold(self.asked.forms, |forms, form| forms.with(*form, false))
    }

    /// Practices of other kinds: lightest first; among equals those for everybody, those her plan does not hold, then
    /// what she has done least, so that it is something else indeed.
    pub(super) fn others(&self) -> Vec<&'a Practice> {
        let mut others: Vec<_> = self
            .library
            .practices()
            .filter(|practice| self.why_not(practice, false).is_none())
            .collect();
        others.sort_by_key(|practice| {
            let planned = self.asked.planned.contains(&practice.slug);
            let few = !practice.audience.contains(&Audience::Adult);
            let times = self.times(practice);
            (practice.load, few, planned, times, &practice.slug)
        });
        others
    }

    fn times(&self, practice: &Practice) -> usize {
        self.asked
            .recent
            .iter()
            .filter(|sitting| sitting.practice == practice.slug)
            .count()
    }

    /// A practice of the class to change to; none once it was changed for the same reason already.
    pub(super) fn of_other_class(&self) -> Option<&'a Practice> {
        let routing = self.library.routing();
        let from = self.asked.practice?.modality;
        let class = routing.class_of(from)?;
        let changed = self.asked.recent.iter().any(|sitting| {
            sitting.barrier == self.barrier
                && self
                    .library
                    .practice(&sitting.practice)
                    .and_then(|practice| routing.class_of(practice.modality))
                    .is_some_and(|other| other.name != class.name)
        });
        let other = routing.other_class(from)?;
        self.others()
            .into_iter()
            .find(|practice| !changed && other.modalities.contains(&practice.modality))
    }

    /// The practice itself may be kept with other wishes, unless it left her worse.
    pub(super) fn may_keep_with_own_words(&self) -> bool {
        !self.worse
            && self.asked.practice.is_some_and(|practice| {
                self.asked.may.contains(&practice.slug) && practice.script.speaks_wishes()
            })
    }
}

fn is(sitting: &Sitting, practice: Option<&Practice>) -> bool {
    practice.is_some_and(|practice| practice.slug == sitting.practice)
}

/// Days since a sitting; a day that cannot be read counts as today, which lets more wait and not less.
fn days_back(sitting: &Sitting, today: Date) -> i64 {
    sitting
        .started_on
        .parse()
        .map_or(0, |on| days_between(on, today).max(0))
}

/// Words, touch or pictures of kindness to oneself; feet on the floor and a stone in the hand are not that. What a
/// row names is let be where it is something to do, or is not for oneself alone.
fn is_kindness_to_oneself(practice: &Practice, named: bool) -> bool {
    let for_oneself = if named {
        practice
            .targets
            .iter()
            .all(|target| *target == Target::Oneself)
    } else {
        practice.targets.contains(&Target::Oneself)
    };
    for_oneself
        && match practice.modality {
            Modality::BreathBody | Modality::NatureObject => false,
            Modality::SelfCareAct => !named,
            _ => true,
        }
}

/// Pictures or touch for somebody who wants none, in a practice that has no other wording.
fn needs_a_form_not_wanted(practice: &Practice, forms: Forms) -> bool {
    use kith_content::Form::{Imagery, Touch};
    [(Modality::Imagery, Imagery), (Modality::Touch, Touch)]
        .into_iter()
        .any(|(modality, form)| {
            practice.modality == modality
                && !forms.has(form)
                && !practice.script.forms().contains(&form)
        })
}
