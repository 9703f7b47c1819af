//! Sentences whose numbers lead to the figures they were read or computed from.

use kith_content::evidence::{Checked, Evidence, NumberForm, Piece, Template, WHOLE};
use kith_evidence::Said;
use maud::{Markup, html};

use super::rules::{checked, decimals, plain};
use super::sheet::{self, Bit, Words};

/// What stands between two numbers, or a number.
#[derive(Debug, PartialEq)]
enum Part<'s> {
    Words(&'s str),
    Number(&'s str, usize),
}

/// The sentence in its parts. Its own words hold no digit, so every number is found where it next stands.
fn parts(said: &Said) -> Vec<Part<'_>> {
    let (mut parts, mut rest) = (Vec::new(), said.text.as_str());
    for (index, number) in said.numbers.iter().enumerate() {
        if let Some((before, after)) = rest.split_once(&number.shown) {
            parts.push(Part::Words(before));
            let at = rest.len() - after.len() - number.shown.len();
            parts.push(Part::Number(
                rest.get(at..at + number.shown.len()).unwrap_or_default(),
                index,
            ));
            rest = after;
        }
    }
    parts.push(Part::Words(rest));
    parts
}

/// The figures behind the numbers of a page, each set of them shown once at its foot.
pub(super) struct Traces<'e> {
    evidence: &'e Evidence,
    sets: Vec<Set>,
}

struct Set {
    from: Vec<String>,
    shown: Vec<String>,
}

impl<'e> Traces<'e> {
    pub(super) fn of(evidence: &'e Evidence) -> Self {
        Self {
            evidence,
            sets: Vec::new(),
        }
    }

    /// A sentence, each number with where it leads.
    pub(super) fn words(&mut self, said: &Said) -> Words {
        parts(said)
            .into_iter()
            .map(|part| match part {
                Part::Words(words) => Bit::Plain(words.to_owned()),
                Part::Number(shown, index) => {
                    let from = said.numbers.get(index).map(|number| number.from.as_slice());
                    Bit::Number(shown.to_owned(), self.link(shown, from.unwrap_or_default()))
                }
            })
            .collect()
    }

    /// A sentence with its numbers as links.
    pub(super) fn say(&mut self, said: &Said) -> Markup {
        sheet::said(&self.words(said))
    }

    /// A sentence of the content whose numbers are cells, as a link each.
    pub(super) fn template(&mut self, template: &Template) -> Markup {
        let parts: Vec<Markup> = template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Words(words) | Piece::Named(words) => html! { (words) },
                Piece::Cell(cell, form) => {
                    let number = cell.number.unwrap_or_default();
                    let shown = match form {
                        NumberForm::Plain => plain(number),
                        NumberForm::TwoDecimals => decimals(number),
                        NumberForm::Percent => format!("{:.0} %", 100.0 * number),
                        NumberForm::InHundred => format!("{:.0} in 100", 100.0 * number),
                    };
                    self.number(&shown, std::slice::from_ref(&cell.id))
                }
            })
            .collect();
        html! { @for part in &parts { (part) } }
    }

    /// A number that is no part of a sentence, as a link.
    pub(super) fn number(&mut self, shown: &str, from: &[String]) -> Markup {
        let href = self.link(shown, from);
        html! { a.traced href=(href) { (shown) } }
    }

    /// Where the figures of a number are: on the study's page where there is one, else at the foot of this one.
    pub(super) fn link(&mut self, shown: &str, from: &[String]) -> String {
        if let [address] = from
            && let Some(href) = href(self.evidence, address)
        {
            return href;
        }
        let at = match self.sets.iter().position(|set| set.from == from) {
            Some(at) => at,
            None => {
                self.sets.push(Set {
                    from: from.to_vec(),
                    shown: Vec::new(),
                });
                self.sets.len() - 1
            }
        };
        if let Some(set) = self.sets.get_mut(at)
            && !set.shown.iter().any(|known| known == shown)
        {
            set.shown.push(shown.to_owned());
        }
        format!("#from-{}", at + 1)
    }

    /// What the links of this page lead to.
    pub(super) fn list(&self) -> Markup {
        html! {
            @if !self.sets.is_empty() {
                section.traces {
                    h2 { "Where these numbers come from" }
                    p.soft { "Each number above leads to what it was read or computed from." }
                    @for (index, set) in self.sets.iter().enumerate() {
                        details {
                            summary { (set.shown.join(", ")) span.soft { " from " (count(set.from.len())) } }
                            ul.cells id={ "from-" (index + 1) } {
                                @for address in &set.from { li { (row(self.evidence, address)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn count(figures: usize) -> String {
    match figures {
        1 => "one figure".to_owned(),
        figures => format!("{figures} figures"),
    }
}

/// Where a study's cell stands; none for what is no study's.
pub(super) fn href(evidence: &Evidence, address: &str) -> Option<String> {
    let (study, rest) = address.split_once('/')?;
    evidence.study(study)?;
    Some(format!("/evidence/studies/{study}#{rest}"))
}

/// One cell: whose, what, how much, how far verified, and where that was read.
fn row(evidence: &Evidence, address: &str) -> Markup {
    let mut parts = address.split('/');
    let (study, outcome, key) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let cell = evidence.cell(address);
    let value = cell.as_ref().map_or_else(String::new, |cell| {
        let words = cell.words.as_ref().cloned();
        cell.number.map(plain).or(words).unwrap_or_default()
    });
    let Some(found) = evidence.study(study) else {
        return html! { (assumed(evidence, address)) @if !value.is_empty() { ": " (value) } };
    };
    let about = found.outcomes.iter().find(|one| one.id == outcome);
    let source = about.map_or(found.source.as_str(), |one| one.source.as_str());
    let how = cell.map_or(found.verified, |cell| cell.verified);
    html! {
        a href={ "/evidence/studies/" (study) "#" (outcome) "/" (key) } { (found.by()) ", " (found.year) }
        ": " @if outcome != WHOLE { (outcome.replace('-', " ")) ", " }
        (label(key)) @if !value.is_empty() { " " strong { (value) } }
        " " (mark(how)) " "
        a.soft href=(source) rel="noopener noreferrer" { "source" }
    }
}

/// What an address that is no study's stands for.
fn assumed<'a>(evidence: &'a Evidence, address: &'a str) -> &'a str {
    match address {
        "question/level" => "The level that was asked for",
        "statements/better_off/control_rate" => &evidence.lines.better_off.reason,
        "statements/better_off/people" => "Of how many people it is told; our choice",
        _ if address.starts_with("certainty/") => "A limit of ours, in certainty.toml",
        _ => address,
    }
}

/// How far a figure was verified.
pub(super) fn mark(how: Checked) -> Markup {
    html! { span.checked.memory[how == Checked::Recalled] { (checked(how)) } }
}

/// What a key of a cell is, in words.
pub(super) fn label(key: &str) -> &str {
    match key {
        "value" => "effect",
        "raw_difference" => "difference in points",
        "se" => "standard error",
        "ci_low" => "interval from",
        "ci_high" => "interval to",
        "p" => "p",
        "months" => "months after the end",
        "n_treatment" => "people who trained",
        "n_control" => "people who did not",
        "n_total" => "people in all",
        "mean_treatment" => "mean with training",
        "sd_treatment" => "spread with training",
        "mean_control" => "mean without",
        "sd_control" => "spread without",
        "studies" => "studies in it",
        "favours" => "favours",
        "composite" => "mixes several things",
        "measure" => "measured by",
        "verified" => "how far checked",
        "year" => "year",
        "days" => "days of training",
        "minutes_a_day" => "minutes a day",
        "follow_up_months" => "longest follow-up, months",
        "design" => "design",
        "family" => "what was trained",
        "against" => "kind of comparison",
        "comparator" => "compared with",
        "setting" => "setting",
        "people" => "who took part",
        "sample" => "whose people these are",
        "harms" => "unwanted effects",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use kith_evidence::Number;

    use super::*;

    fn said(text: &str, shown: &[&str]) -> Said {
        let numbers = shown.iter().map(|shown| Number {
            shown: (*shown).to_owned(),
            value: 0.0,
            from: Vec::new(),
        });
        Said {
            text: text.to_owned(),
            numbers: numbers.collect(),
        }
    }

    #[test]
    fn every_number_of_a_sentence_is_found_where_it_stands() {
        let said = said(
            "5 trials with 50 people: −0.50, 95 % interval −0.90 to 0.05.",
            &["5", "50", "−0.50", "95 %", "−0.90", "0.05"],
        );
        let numbers: Vec<&str> = parts(&said)
            .into_iter()
            .filter_map(|part| match part {
                Part::Number(shown, _) => Some(shown),
                Part::Words(words) => {
                    assert!(!words.contains(|c: char| c.is_ascii_digit()), "{words}");
                    None
                }
            })
            .collect();
        assert_eq!(numbers, ["5", "50", "−0.50", "95 %", "−0.90", "0.05"]);
    }

    #[test]
    fn nothing_of_any_statement_of_the_library_is_lost_or_left_without_its_figures() {
        let library = crate::testing::content();
        let evidence = library.evidence();
        for construct in &evidence.constructs {
            let question = kith_evidence::Question::about(evidence, &construct.id).unwrap();
            let answer = kith_evidence::answer(evidence, &question).unwrap();
            for said in answer.statements.values().flatten() {
                let whole: String = parts(said)
                    .into_iter()
                    .map(|part| match part {
                        Part::Words(text) | Part::Number(text, _) => text,
                    })
                    .collect();
                assert_eq!(whole, said.text);
                let words: String = parts(said)
                    .iter()
                    .filter_map(|part| match part {
                        Part::Words(words) => Some(*words),
                        Part::Number(..) => None,
                    })
                    .collect();
                assert!(!words.contains(|c: char| c.is_ascii_digit()), "{words}");
            }
        }
    }
}
