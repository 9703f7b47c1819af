//! Writes a study as its file would be: what is written reads as the same study.

use std::fmt::{Display, Write};

use super::{Outcome, Study, Timepoint};

impl Study {
    /// The study's file. Comments and the order of keys are not kept; everything else is.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        text(&mut out, "title", &self.title);
        text(&mut out, "authors", &self.authors);
        plain(&mut out, "year", self.year);
        text(&mut out, "journal", &self.journal);
        texts(&mut out, "doi", self.doi.as_deref());
        text(&mut out, "source", &self.source);
        list(&mut out, "also_at", &self.also_at);
        text(&mut out, "verified", self.verified.as_str());
        list(&mut out, "recalled", &self.recalled);
        out.push('\n');
        text(&mut out, "design", self.design.as_str());
        text(&mut out, "family", self.family.as_str());
        text(&mut out, "people", self.people.as_str());
        text(&mut out, "population", &self.population);
        text(&mut out, "setting", self.setting.as_str());
        text(&mut out, "intervention", &self.intervention);
        number(&mut out, "days", self.days);
        number(&mut out, "minutes_a_day", self.minutes_a_day);
        text(&mut out, "comparator", &self.comparator);
        text(&mut out, "against", self.against.as_str());
        number(&mut out, "n_treatment", self.n_treatment);
        number(&mut out, "n_control", self.n_control);
        number(&mut out, "n_total", self.n_total);
        if self.arms_assumed_equal {
            plain(&mut out, "arms_assumed_equal", true);
        }
        number(&mut out, "studies", self.studies);
        number(&mut out, "follow_up_months", self.follow_up_months);
        texts(&mut out, "sample", self.sample.as_deref());
        texts(&mut out, "harms", self.harms.as_deref());
        texts(&mut out, "caveat", self.caveat.as_deref());
        for outcome in &self.outcomes {
            out.push_str("\n[[outcome]]\n");
            self.outcome(&mut out, outcome);
        }
        out
    }

    fn outcome(&self, out: &mut String, outcome: &Outcome) {
        text(out, "id", &outcome.id);
        texts(out, "construct", outcome.construct.as_deref());
        texts(out, "label", outcome.label.as_deref());
        texts(out, "measure", outcome.measure.as_deref());
        if outcome.timepoint != Timepoint::Post {
            text(out, "timepoint", outcome.timepoint.as_str());
        }
        number(out, "months", outcome.months);
        texts(out, "effect", outcome.effect.map(|kind| kind.as_str()));
        number(out, "value", outcome.value);
        number(out, "raw_difference", outcome.raw_difference);
        number(out, "se", outcome.se);
        if let Some((low, high)) = outcome.ci {
            plain(out, "ci", format!("[{low}, {high}]"));
        }
        number(out, "p", outcome.p);
        texts(out, "p_sign", outcome.p_sign.map(|sign| sign.as_str()));
        number(out, "n_treatment", outcome.n_treatment);
        number(out, "n_control", outcome.n_control);
        number(out, "n_total", outcome.n_total);
        number(out, "mean_treatment", outcome.mean_treatment);
        number(out, "sd_treatment", outcome.sd_treatment);
        number(out, "mean_control", outcome.mean_control);
        number(out, "sd_control", outcome.sd_control);
        number(out, "studies", outcome.studies);
        if outcome.within_group {
            plain(out, "within_group", true);
        }
        if outcome.composite {
            plain(out, "composite", true);
        }
        texts(out, "favours", outcome.favours.map(|whom| whom.as_str()));
        texts(out, "note", outcome.note.as_deref());
        if outcome.source != self.source {
            text(out, "source", &outcome.source);
        }
        if outcome.verified != self.verified {
            text(out, "verified", outcome.verified.as_str());
        }
        list(out, "recalled", &outcome.recalled);
    }
}

/// A text as TOML writes it: what would end it, and what cannot be seen, is escaped.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn plain(out: &mut String, key: &str, value: impl Display) {
    let _ = writeln!(out, "{key} = {value}");
}

fn text(out: &mut String, key: &str, value: &str) {
    plain(out, key, quoted(value));
}

fn texts(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        text(out, key, value);
    }
}

fn number(out: &mut String, key: &str, value: Option<f64>) {
    if let Some(value) = value {
        plain(out, key, value);
    }
}

fn list(out: &mut String, key: &str, values: &[String]) {
    if !values.is_empty() {
        let all: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        plain(out, key, format!("[{}]", all.join(", ")));
    }
}
