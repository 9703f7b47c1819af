//! What may be said of an answer: which lines, in which order, and what stands in their places.

use std::collections::BTreeSet;

use kith_content::evidence::{
    Against, AskedComparator, Evidence, Favours, Level, Line, Named, Study, ToldTo, WHOLE,
};

use crate::answer::Answer;
use crate::pool::{Pool, leaves_out_nothing};
use crate::question::FamilyAsked;
use crate::said::{Filling, Fillings, Said, decimals, percent, plain, whole};
use crate::select::{Excluded, Taken};

/// The address that stands for a number that was asked for.
const LEVEL: &str = "question/level";

/// What is said to somebody, the most important first.
pub(crate) fn say(evidence: &Evidence, answer: &Answer<'_>, to: ToldTo) -> Vec<Said> {
    let speaker = Speaker {
        evidence,
        answer,
        to,
    };
    let mut said = Vec::new();
    match &answer.pool {
        Some(pool) => speaker.of_pool(pool, &mut said),
        None => speaker.of_nothing(&mut said),
    }
    speaker.line(Line::Limit, &speaker.words(), &mut said);
    speaker.line(Line::Harm, &speaker.words(), &mut said);
    speaker.contested(&mut said);
    said
}

/// What must be known before a pool is believed, in a colleague's words.
pub(crate) fn limits(evidence: &Evidence, answer: &Answer<'_>) -> Vec<Said> {
    let speaker = Speaker {
        evidence,
        answer,
        to: ToldTo::Colleague,
    };
    let mut said = Vec::new();
    if let Some(pool) = &answer.pool {
        speaker.verdict_if_bad(pool, &mut said);
        speaker.line(Line::Leans, &speaker.words(), &mut said);
        speaker.comparisons(pool, &mut said);
        speaker.make_up(pool, &mut said);
        speaker.follow_up(pool, &mut said);
    } else {
        speaker.line(Line::NoTrial, &speaker.words(), &mut said);
    }
    speaker.directions(&mut said);
    speaker.line(Line::Limit, &speaker.words(), &mut said);
    said
}

struct Speaker<'a> {
    evidence: &'a Evidence,
    answer: &'a Answer<'a>,
    to: ToldTo,
}

impl Speaker<'_> {
    fn of_pool(&self, pool: &Pool<'_>, said: &mut Vec<Said>) {
        let fillings = self.figures(pool);
        if !self.verdict_if_bad(pool, said) {
            let level = self
                .answer
                .certainty
                .as_ref()
                .map_or(Level::VeryLow, |certainty| certainty.level);
            let finding = match level {
                Level::High => Line::FindingHigh,
                Level::Moderate => Line::FindingModerate,
                Level::Low => Line::FindingLow,
                Level::VeryLow => Line::FindingVeryLow,
            };
            self.line(finding, &fillings, said);
        }
        self.line(Line::Size, &fillings, said);
        self.comparisons(pool, said);
        self.better_off(pool, said);
        if pool.taken.len() > 2
            && let Some((low, high)) = pool.careful_further
        {
            let mut fillings = self.words();
            fillings.insert("further_low", computed(low, pool));
            fillings.insert("further_high", computed(high, pool));
            self.line(Line::Further, &fillings, said);
        }
        if let Some((least, most)) = self.answer.without_one {
            let mut fillings = self.words();
            fillings.insert("least", computed(least, pool));
            fillings.insert("most", computed(most, pool));
            self.line(Line::LeaveOneOut, &fillings, said);
        }
        self.follow_up(pool, said);
        self.published(said);
        self.line(Line::Leans, &fillings, said);
        self.make_up(pool, said);
        self.directions(said);
        self.certainty(said);
        self.dose(pool, said);
        self.line(Line::Cost, &fillings, said);
        self.line(Line::ChangeMind, &fillings, said);
        let tell: Vec<&Taken<'_>> = pool
            .taken
            .iter()
            .filter(|taken| taken.study.harms.is_some())
            .collect();
        let none = Line::NoHarmTrials;
        self.share(Line::HarmTrials, Some(none), &tell, pool, "harms", said);
    }

    fn of_nothing(&self, said: &mut Vec<Said>) {
        let fillings = self.words();
        self.line(Line::NoTrial, &fillings, said);
        self.directions(said);
        self.published(said);
        self.line(Line::ChangeMind, &fillings, said);
    }

    /// Says first what keeps a pool from being believed. Says also whether there was such a thing.
    fn verdict_if_bad(&self, pool: &Pool<'_>, said: &mut Vec<Said>) -> bool {
        let fillings = self.figures(pool);
        let line = if !leaves_out_nothing(pool.pooled.ci) {
            Line::NotReliable
        } else if !pool.is_reliable() {
            Line::NotReliableFew
        } else if pool.pooled.estimate < 0.0 {
            Line::Worse
        } else {
            return false;
        };
        self.line(line, &fillings, said);
        true
    }

    fn comparisons(&self, pool: &Pool<'_>, said: &mut Vec<Said>) {
        for (line, against) in [
            (Line::Passive, Against::Passive),
            (Line::Active, Against::Active),
        ] {
            let such: Vec<&Taken<'_>> = pool
                .taken
                .iter()
                .filter(|taken| taken.study.against == against)
                .collect();
            self.share(line, None, &such, pool, "against", said);
        }
    }

    /// What a pool is made of that is not quite what was asked.
    fn make_up(&self, pool: &Pool<'_>, said: &mut Vec<Said>) {
        let composite: Vec<&Taken<'_>> = pool
            .taken
            .iter()
            .filter(|taken| taken.outcome.composite)
            .collect();
        if !composite.is_empty() {
            let from = composite
                .iter()
                .map(|taken| format!("{}/{}/composite", taken.study.id, taken.outcome.id))
                .collect();
            let mut fillings = self.words();
            fillings.insert("share", self.share_of(composite.len(), from, pool));
            self.line(Line::Composite, &fillings, said);
        }
        let assumed: Vec<&Taken<'_>> = pool
            .taken
            .iter()
            .filter(|taken| taken.study.arms_assumed_equal && taken.outcome.n_treatment.is_none())
            .collect();
        self.share(Line::Assumed, None, &assumed, pool, "n_total", said);
        if let Some(rest) = &pool.compassionate {
            let others: Vec<&Taken<'_>> = pool
                .taken
                .iter()
                .filter(|taken| !taken.study.family.is_compassion())
                .collect();
            let from: Vec<String> = pool
                .taken
                .iter()
                .filter(|taken| taken.study.family.is_compassion())
                .flat_map(|taken| taken.cells.iter().cloned())
                .collect();
            let number = |value: f64| Filling::number(decimals(value), value, from.clone());
            let mut fillings = self.words();
            fillings.insert(
                "share",
                self.share_of(others.len(), cells(&others, "family"), pool),
            );
            fillings.insert("estimate", number(rest.estimate));
            fillings.insert("low", number(rest.ci.0));
            fillings.insert("high", number(rest.ci.1));
            fillings.insert("trials", trials(rest.k, from.clone()));
            self.line(Line::OtherFamily, &fillings, said);
        }
    }

    fn better_off(&self, pool: &Pool<'_>, said: &mut Vec<Said>) {
        let (Some(translated), Some(construct)) = (
            &self.answer.translated,
            self.answer.question.construct(self.evidence),
        ) else {
            return;
        };
        let hundred = self.evidence.lines.better_off.people;
        let assumed: Vec<String> = ["people", "control_rate"]
            .map(|key| format!("statements/better_off/{key}"))
            .to_vec();
        let mut from = pool.cells();
        from.extend(assumed.iter().cloned());
        let round = |share: f64| (hundred * share).round();
        let control = round(translated.control_rate);
        let people =
            |share: f64| Filling::number(whole(round(share)), hundred * share, from.clone());
        // The difference of the rounded figures, so that the sentence adds up.
        let more = |share: f64| {
            Filling::number(
                whole(round(share) - control),
                hundred * (share - translated.control_rate),
                from.clone(),
            )
        };
        let mut fillings = self.words();
        fillings.insert(
            "hundred",
            Filling::number(
                whole(hundred),
                hundred,
                vec!["statements/better_off/people".into()],
            ),
        );
        fillings.insert(
            "control",
            Filling::number(whole(control), hundred * translated.control_rate, assumed),
        );
        fillings.insert("treated", people(translated.treated_rate));
        fillings.insert("more", more(translated.treated_rate));
        fillings.insert("more_low", more(translated.treated_ci.0));
        fillings.insert("more_high", more(translated.treated_ci.1));
        fillings.insert("better_off", Filling::words(&construct.better_off));
        self.line(Line::BetterOff, &fillings, said);
        let chance = |share: f64| Filling::number(percent(share), share, pool.cells());
        let mut fillings = self.words();
        fillings.insert("chance", chance(translated.superiority));
        fillings.insert("chance_low", chance(translated.superiority_ci.0));
        fillings.insert("chance_high", chance(translated.superiority_ci.1));
        self.line(Line::Superiority, &fillings, said);
    }

    fn follow_up(&self, pool: &Pool<'_>, said: &mut Vec<Said>) {
        let followed: Vec<&Taken<'_>> = pool
            .taken
            .iter()
            .filter(|taken| taken.study.follow_up_months.is_some())
            .filter(|taken| !taken.study.recalls("follow_up_months"))
            .collect();
        let longest = followed
            .iter()
            .filter_map(|taken| taken.study.follow_up_months)
            .fold(None, |longest: Option<f64>, months| {
                Some(longest.map_or(months, |longest| longest.max(months)))
            });
        let Some(longest) = longest else {
            self.line(Line::NoFollowUp, &self.words(), said);
            return;
        };
        let from = cells(&followed, "follow_up_months");
        let mut fillings = self.words();
        fillings.insert("share", self.share_of(followed.len(), from.clone(), pool));
        fillings.insert("months", Filling::number(plain(longest), longest, from));
        self.line(Line::FollowUp, &fillings, said);
    }

    fn published(&self, said: &mut Vec<Said>) {
        let published = &self.answer.published;
        let values: Vec<(f64, String)> = published
            .iter()
            .filter(|published| published.comparable)
            .filter_map(|published| {
                Some((
                    published.outcome.value?,
                    format!("{}/value", published.cell()),
                ))
            })
            .collect();
        let from: Vec<String> = values.iter().map(|(_, cell)| cell.clone()).collect();
        let least = values.iter().min_by(|one, other| one.0.total_cmp(&other.0));
        let most = values.iter().max_by(|one, other| one.0.total_cmp(&other.0));
        let mut fillings = self.words();
        if let [(value, cell)] = values.as_slice() {
            fillings.insert(
                "value",
                Filling::number(decimals(*value), *value, vec![cell.clone()]),
            );
            self.line(Line::PublishedOne, &fillings, said);
        } else if let (Some((least, at_least)), Some((most, at_most))) = (least, most) {
            fillings.insert(
                "reviews",
                reviews(values.len(), from, "meta-analysis", "meta-analyses"),
            );
            fillings.insert(
                "least",
                Filling::number(decimals(*least), *least, vec![at_least.clone()]),
            );
            fillings.insert(
                "most",
                Filling::number(decimals(*most), *most, vec![at_most.clone()]),
            );
            self.line(Line::Published, &fillings, said);
        }
        let others: BTreeSet<String> = published
            .iter()
            .filter(|published| !published.comparable && !published.outcome.recalls("value"))
            .map(|published| format!("{}/favours", published.cell()))
            .collect();
        if !others.is_empty() {
            let mut fillings = self.words();
            let count = others.len();
            let from = others.into_iter().collect();
            fillings.insert(
                "reviews",
                reviews(count, from, "figure of a review", "figures of reviews"),
            );
            self.line(Line::PublishedOther, &fillings, said);
        }
        if published.is_empty() {
            self.line(Line::NoPublished, &self.words(), said);
        }
    }

    /// Trials that answer the question and show no size.
    fn directions(&self, said: &mut Vec<Said>) {
        let (mut better, mut same) = (Vec::new(), Vec::new());
        for left_out in &self.answer.left_out {
            if left_out.why != Excluded::DirectionOnly {
                continue;
            }
            let cell = format!("{}/favours", left_out.cell());
            match left_out.outcome.favours {
                Some(Favours::Treatment) => better.push((left_out.study, cell)),
                _ => same.push((left_out.study, cell)),
            }
        }
        let studies: BTreeSet<&str> = better
            .iter()
            .chain(&same)
            .map(|(study, _)| study.sample())
            .collect();
        if studies.is_empty() {
            return;
        }
        let addresses = |of: &[(&Study, String)]| -> Vec<String> {
            of.iter().map(|(_, cell)| cell.clone()).collect()
        };
        let all = [addresses(&better), addresses(&same)].concat();
        let samples = |of: &[(&Study, String)]| {
            of.iter()
                .map(|(study, _)| study.sample())
                .collect::<BTreeSet<_>>()
                .len()
        };
        let mut fillings = self.words();
        fillings.insert("trials", trials(studies.len(), all.clone()));
        let count = |of: &[(&Study, String)]| {
            let count = samples(of);
            Filling::number(count.to_string(), count as f64, all.clone())
        };
        fillings.insert("better", count(&better));
        fillings.insert("no_difference", count(&same));
        self.line(Line::Directions, &fillings, said);
    }

    fn certainty(&self, said: &mut Vec<Said>) {
        let Some(certainty) = &self.answer.certainty else {
            return;
        };
        let mut fillings = self.words();
        let level = certainty.level.as_str().replace('-', " ");
        fillings.insert("certainty", Filling::words(&level));
        let before = said.len();
        self.line(Line::Certainty, &fillings, said);
        if said.len() > before {
            said.extend(certainty.ratings.iter().map(|rating| rating.reason.clone()));
        }
    }

    fn dose(&self, pool: &Pool<'_>, said: &mut Vec<Said>) {
        let known: Vec<&Taken<'_>> = pool
            .taken
            .iter()
            .filter(|taken| taken.study.days.is_some() && !taken.study.recalls("days"))
            .collect();
        let days: Vec<f64> = known.iter().filter_map(|taken| taken.study.days).collect();
        let (Some(least), Some(most)) = (
            days.iter().copied().reduce(f64::min),
            days.iter().copied().reduce(f64::max),
        ) else {
            self.line(Line::NoDose, &self.words(), said);
            return;
        };
        let from = cells(&known, "days");
        let mut fillings = self.words();
        fillings.insert("share", self.share_of(known.len(), from.clone(), pool));
        fillings.insert("least", Filling::number(plain(least), least, from.clone()));
        fillings.insert("most", Filling::number(plain(most), most, from));
        self.line(Line::Dose, &fillings, said);
    }

    fn contested(&self, said: &mut Vec<Said>) {
        let construct = &self.answer.question.construct;
        for claim in &self.evidence.contested {
            if !(claim.always || claim.constructs.contains(construct)) {
                continue;
            }
            let words = match self.to {
                ToldTo::Client => &claim.client,
                ToldTo::Colleague | ToldTo::Supervisor => &claim.colleague,
            };
            said.extend(Said::fill(words, &Fillings::new()));
        }
    }

    /// Says how many trials of a pool have something; the other line where none has it.
    fn share(
        &self,
        line: Line,
        none: Option<Line>,
        such: &[&Taken<'_>],
        pool: &Pool<'_>,
        key: &str,
        said: &mut Vec<Said>,
    ) {
        let mut fillings = self.words();
        if such.is_empty() {
            if let Some(none) = none {
                self.line(none, &fillings, said);
            }
            return;
        }
        fillings.insert("share", self.share_of(such.len(), cells(such, key), pool));
        self.line(line, &fillings, said);
    }

    /// "The trial", "Both trials", "All 5 trials" or "3 of the 5 trials".
    fn share_of(&self, some: usize, from: Vec<String>, pool: &Pool<'_>) -> Filling {
        let all = pool.taken.len();
        let number = |count: usize, from: Vec<String>| {
            Filling::number(count.to_string(), count as f64, from)
        };
        match (some, all) {
            (_, 1) => Filling::words("the trial"),
            (2, 2) => Filling::words("both trials"),
            _ if some == all => Filling::words("all ")
                .and(number(all, from))
                .then(" trials"),
            _ => number(some, from)
                .then(" of the ")
                .and(number(all, pool.cells()))
                .then(" trials"),
        }
    }

    fn line(&self, line: Line, fillings: &Fillings, said: &mut Vec<Said>) {
        if let Some(template) = self.evidence.lines.line(line, self.to) {
            said.extend(Said::fill(template, fillings));
        }
    }

    /// What may stand in any line.
    fn words(&self) -> Fillings {
        let mut fillings = Fillings::new();
        let question = &self.answer.question;
        let is_client = self.to == ToldTo::Client;
        if let Some(construct) = question.construct(self.evidence) {
            let (change, changes) = if is_client {
                (&construct.plain_change, &construct.plain_changes)
            } else {
                (&construct.change, &construct.changes)
            };
            fillings.insert("name", Filling::words(&construct.name));
            fillings.insert("change", Filling::words(change));
            fillings.insert("changes", Filling::words(changes));
        }
        let family = match question.family {
            FamilyAsked::One(family) => family,
            FamilyAsked::Any | FamilyAsked::Compassionate => {
                kith_content::evidence::Family::Nothing
            }
        };
        let lines = &self.evidence.lines;
        if let Some(named) = named(&lines.trainings, family, is_client) {
            fillings.insert("training", Filling::words(named));
        }
        if let Some(named) = named(&lines.comparators, self.against(), is_client) {
            fillings.insert("comparator", Filling::words(named));
        }
        fillings
    }

    /// What the pool was compared with; without one, what was asked for.
    fn against(&self) -> Against {
        let mut found: Option<Against> = None;
        for taken in self.answer.pool.iter().flat_map(|pool| &pool.taken) {
            found = match found {
                None => Some(taken.study.against),
                Some(against) if against == taken.study.against => Some(against),
                Some(_) => Some(Against::Mixed),
            };
        }
        found.unwrap_or(match self.answer.question.comparator {
            AskedComparator::Passive => Against::Passive,
            AskedComparator::Active => Against::Active,
            AskedComparator::Any => Against::Mixed,
        })
    }

    fn figures(&self, pool: &Pool<'_>) -> Fillings {
        let mut fillings = self.words();
        let pooled = &pool.pooled;
        fillings.insert("trials", trials(pooled.k, pool.cells()));
        let people = pool.people();
        fillings.insert(
            "people",
            Filling::number(whole(people), people, pool.cells()),
        );
        fillings.insert("estimate", computed(pooled.estimate, pool));
        fillings.insert("low", computed(pooled.ci.0, pool));
        fillings.insert("high", computed(pooled.ci.1, pool));
        let level = pool.settings.level;
        let shown = format!("{} %", plain((level * 1e4).round() / 100.0));
        fillings.insert(
            "level",
            Filling::number(shown, level, vec![LEVEL.to_owned()]),
        );
        if let Some((low, high)) = pool.careful {
            fillings.insert("careful_low", computed(low, pool));
            fillings.insert("careful_high", computed(high, pool));
        }
        fillings
    }
}

fn named<W: PartialEq>(all: &[Named<W>], of: W, is_client: bool) -> Option<&str> {
    let named = all.iter().find(|named| named.of == of)?;
    Some(if is_client {
        &named.plain
    } else {
        &named.words
    })
}

fn computed(value: f64, pool: &Pool<'_>) -> Filling {
    Filling::number(decimals(value), value, pool.cells())
}

fn cells(taken: &[&Taken<'_>], key: &str) -> Vec<String> {
    taken
        .iter()
        .map(|taken| format!("{}/{WHOLE}/{key}", taken.study.id))
        .collect()
}

fn trials(count: usize, from: Vec<String>) -> Filling {
    let noun = if count == 1 { " trial" } else { " trials" };
    Filling::number(count.to_string(), count as f64, from).then(noun)
}

fn reviews(count: usize, from: Vec<String>, one: &str, many: &str) -> Filling {
    let noun = if count == 1 { one } else { many };
    Filling::number(count.to_string(), count as f64, from).then(&format!(" {noun}"))
}
