//! Reads one line in square brackets.

use crate::guess::nearest;
use crate::problem::Report;
use crate::share::Silence;
use crate::words::{Address, Form, Word};

/// What a line in square brackets says.
pub(crate) enum Directive {
    Silence(Silence),
    Bell,
    Wishes {
        to: Address,
        silence: Silence,
    },
    Open(Opening),
    Else,
    End,
    /// It is wrong, which has been reported.
    Broken,
}

/// The beginning of a block that lasts until its `[end]`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    Repeat {
        least: u64,
        most: u64,
    },
    Optional {
        from: u64,
    },
    When(Form),
    /// It is wrong, which has been reported; it still waits for its `[end]`.
    Broken,
}

/// The longest silence, in seconds.
const LONGEST_SILENCE: f64 = 1800.0;
/// How often a repeat may be said.
const MOST_ROUNDS: f64 = 100.0;

const NAMES: &[&str] = &[
    "silence", "bell", "wishes", "repeat", "optional", "when", "else", "end",
];

/// Reads a line that begins with `[` at byte `at` of the file.
pub(crate) fn read(report: &mut Report<'_>, at: usize, line: &str) -> Directive {
    let Some(inside) = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'))
    else {
        report.add(
            at,
            "a line that begins with [ must end with ]: put the instruction on a line of its own",
        );
        // Still a block when it looks like one, so that its [end] is not reported too.
        let first = line.trim_start_matches('[').split([' ', ']']).next();
        return match first {
            Some("repeat" | "optional" | "when") => Directive::Open(Opening::Broken),
            _ => Directive::Broken,
        };
    };
    let mut words = Words::new(at + 1, inside);
    let Some((name_at, name)) = words.next() else {
        report.add_allowed(
            at,
            "there is nothing between the brackets",
            NAMES.join(", "),
        );
        return Directive::Broken;
    };
    match name {
        "silence" => silence(report, &mut words, "[silence 3 6 20]")
            .map_or(Directive::Broken, Directive::Silence),
        "wishes" => wishes(report, &mut words).unwrap_or(Directive::Broken),
        "repeat" => Directive::Open(repeat(report, &mut words).unwrap_or(Opening::Broken)),
        "optional" => Directive::Open(optional(report, &mut words).unwrap_or(Opening::Broken)),
        "when" => Directive::Open(when(report, &mut words).unwrap_or(Opening::Broken)),
        "bell" => alone(report, &mut words, "[bell]", Directive::Bell),
        "else" => alone(report, &mut words, "[else]", Directive::Else),
        "end" => alone(report, &mut words, "[end]", Directive::End),
        _ => {
            report.unknown(name_at, "an instruction", name, NAMES);
            match nearest(name, NAMES.iter().copied()) {
                Some("repeat" | "optional" | "when") => Directive::Open(Opening::Broken),
                Some("else") => Directive::Else,
                Some("end") => Directive::End,
                _ => Directive::Broken,
            }
        }
    }
}

/// The words of a line one after the other, with their places in the file.
struct Words<'l> {
    at: usize,
    rest: &'l str,
}

impl<'l> Words<'l> {
    fn new(at: usize, rest: &'l str) -> Self {
        Self { at, rest }
    }

    fn next(&mut self) -> Option<(usize, &'l str)> {
        let trimmed = self.rest.trim_start();
        self.at += self.rest.len() - trimmed.len();
        let (word, rest) =
            trimmed.split_at(trimmed.find(char::is_whitespace).unwrap_or(trimmed.len()));
        let at = self.at;
        self.at += word.len();
        self.rest = rest;
        (!word.is_empty()).then_some((at, word))
    }

    /// The next word must be this one.
    fn expect(&mut self, report: &mut Report<'_>, wanted: &str, example: &str) -> Option<()> {
        match self.next() {
            Some((_, word)) if word == wanted => Some(()),
            Some((at, word)) => {
                report.add(
                    at,
                    format!(
                        "here must stand “{wanted}” in place of “{word}”: write it like {example}"
                    ),
                );
                None
            }
            None => {
                report.add(
                    self.at,
                    format!("“{wanted}” is missing: write it like {example}"),
                );
                None
            }
        }
    }

    /// The next word must be a number within these bounds. `what` names it: "the least seconds".
    fn number(
        &mut self,
        report: &mut Report<'_>,
        what: &str,
        (least, most): (f64, f64),
        example: &str,
    ) -> Option<(usize, f64)> {
        let Some((at, word)) = self.next() else {
            report.add(
                self.at,
                format!("{what} is missing: write it like {example}"),
            );
            return None;
        };
        // No signs, exponents or names of numbers: digits, and a point if need be.
        let is_plain = word
            .chars()
            .all(|digit| digit.is_ascii_digit() || digit == '.');
        let Some(number) = word.parse::<f64>().ok().filter(|_| is_plain) else {
            report.add(
                at,
                format!("“{word}” is not a number: {what} belongs here, as in {example}"),
            );
            return None;
        };
        if !(least..=most).contains(&number) {
            report.add_allowed(
                at,
                format!("{what} cannot be {word}"),
                format!("{least} to {most}"),
            );
            return None;
        }
        Some((at, number))
    }

    /// Nothing may follow.
    fn finish(&mut self, report: &mut Report<'_>, example: &str) -> Option<()> {
        let (at, word) = match self.next() {
            None => return Some(()),
            Some(extra) => extra,
        };
        report.add(
            at,
            format!("“{word}” is too much here: write it like {example}"),
        );
        None
    }
}

fn alone(
    report: &mut Report<'_>,
    words: &mut Words<'_>,
    example: &str,
    directive: Directive,
) -> Directive {
    // Reported or not, it is clear what was meant.
    let _ = words.finish(report, example);
    directive
}

/// Three lengths and perhaps a weight, up to the end of the line.
fn silence(report: &mut Report<'_>, words: &mut Words<'_>, example: &str) -> Option<Silence> {
    let bounds = (0.0, LONGEST_SILENCE);
    let (_, least) = words.number(report, "the least seconds", bounds, example)?;
    let (usual_at, usual) = words.number(report, "the usual seconds", bounds, example)?;
    let (most_at, most) = words.number(report, "the most seconds", bounds, example)?;
    if least > usual {
        report.add(
            usual_at,
            format!("the usual seconds ({usual}) are fewer than the least ({least}): write the least, the usual, the most"),
        );
        return None;
    }
    if usual > most {
        report.add(
            most_at,
            format!("the most seconds ({most}) are fewer than the usual ({usual}): write the least, the usual, the most"),
        );
        return None;
    }
    let mut weight = 1.0;
    if !words.rest.trim().is_empty() {
        words.expect(report, "weight", "[silence 5 10 40 weight 2]")?;
        (_, weight) = words.number(
            report,
            "the weight",
            (0.1, 10.0),
            "[silence 5 10 40 weight 2]",
        )?;
        words.finish(report, "[silence 5 10 40 weight 2]")?;
    }
    let thousandths = |number: f64| (number * 1000.0).round() as u64;
    Some(Silence {
        least: thousandths(least),
        usual: thousandths(usual),
        most: thousandths(most),
        weight: thousandths(weight).max(1),
    })
}

fn wishes(report: &mut Report<'_>, words: &mut Words<'_>) -> Option<Directive> {
    const EXAMPLE: &str = "[wishes you 3 6 15]";
    let to = one_of::<Address>(report, words, EXAMPLE)?;
    let silence = silence(report, words, EXAMPLE)?;
    Some(Directive::Wishes { to, silence })
}

fn repeat(report: &mut Report<'_>, words: &mut Words<'_>) -> Option<Opening> {
    const EXAMPLE: &str = "[repeat 1 to 4]";
    let (least_at, least) =
        words.number(report, "the least rounds", (1.0, MOST_ROUNDS), EXAMPLE)?;
    words.expect(report, "to", EXAMPLE)?;
    let (most_at, most) = words.number(report, "the most rounds", (1.0, MOST_ROUNDS), EXAMPLE)?;
    words.finish(report, EXAMPLE)?;
    for (at, rounds) in [(least_at, least), (most_at, most)] {
        if rounds.fract() != 0.0 {
            report.add(
                at,
                format!("{rounds} rounds cannot be said: write a whole number, as in {EXAMPLE}"),
            );
            return None;
        }
    }
    if least > most {
        report.add(
            most_at,
            format!("the most rounds ({most}) are fewer than the least ({least})"),
        );
        return None;
    }
    Some(Opening::Repeat {
        least: least as u64,
        most: most as u64,
    })
}

fn optional(report: &mut Report<'_>, words: &mut Words<'_>) -> Option<Opening> {
    const EXAMPLE: &str = "[optional from 7 minutes]";
    words.expect(report, "from", EXAMPLE)?;
    let (_, minutes) = words.number(report, "the number of minutes", (0.3, 60.0), EXAMPLE)?;
    // "1 minute" is said too.
    let singular = words.rest.split_whitespace().next() == Some("minute");
    words.expect(report, if singular { "minute" } else { "minutes" }, EXAMPLE)?;
    words.finish(report, EXAMPLE)?;
    Some(Opening::Optional {
        from: (minutes * 60_000.0).round() as u64,
    })
}

fn when(report: &mut Report<'_>, words: &mut Words<'_>) -> Option<Opening> {
    const EXAMPLE: &str = "[when eyes-closed]";
    let form = one_of::<Form>(report, words, EXAMPLE)?;
    words.finish(report, EXAMPLE)?;
    Some(Opening::When(form))
}

fn one_of<W: Word>(report: &mut Report<'_>, words: &mut Words<'_>, example: &str) -> Option<W> {
    let Some((at, word)) = words.next() else {
        report.add_allowed(
            words.at,
            format!("{} is missing: write it like {example}", W::WHAT),
            W::all_words().join(", "),
        );
        return None;
    };
    let read = word.parse().ok();
    if read.is_none() {
        report.unknown(at, W::WHAT, word, &W::all_words());
    }
    read
}
