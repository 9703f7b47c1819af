//! Refuses wording that harms: orders, promises, demands to forgive, praise, exclamation marks.

pub(crate) mod guarded;

use crate::problem::Report;

/// Something said in a way that harms.
pub(crate) struct Fault {
    /// Where it begins, in bytes of the text.
    pub(crate) at: usize,
    pub(crate) message: String,
}

/// Why a phrase is refused, and what to say in its place.
struct Rule {
    /// Lower-case words that follow each other. A `^` before the first: only as the beginning of a sentence.
    phrases: &'static [&'static str],
    why: &'static str,
    instead: &'static str,
    /// Whether "nothing you need to do" and the like are fine.
    may_be_denied: bool,
}

const RULES: &[Rule] = &[
    Rule {
        phrases: &["you must", "you should", "you need to"],
        why: "is an order, and an order can shame whoever cannot follow it",
        instead: "offer it: “you might”, “if you like”, or the plain verb",
        may_be_denied: true,
    },
    Rule {
        phrases: &["try harder"],
        why: "says that the person has not done enough",
        instead: "say what to do next, or that anything that happens is fine",
        may_be_denied: true,
    },
    Rule {
        phrases: &[
            "will heal",
            "cure",
            "cures",
            "cured",
            "guarantee",
            "guarantees",
            "guaranteed",
        ],
        why: "is a promise nobody can keep",
        instead: "say what some people notice, or leave it out",
        may_be_denied: true,
    },
    Rule {
        phrases: &[
            "let go of trauma",
            "let go of the trauma",
            "let go of your trauma",
            "let go of this trauma",
        ],
        why: "asks for what a practice cannot do and may bring the trauma back",
        instead: "stay with what is here now: the feet on the ground, the room",
        may_be_denied: true,
    },
    Rule {
        phrases: &[
            "^forgive",
            "must forgive",
            "should forgive",
            "need to forgive",
            "have to forgive",
        ],
        why: "demands forgiveness, which can harm people who were hurt by someone",
        instead: "wish well without forgiving, or leave the choice open",
        may_be_denied: true,
    },
    Rule {
        phrases: &["streak", "streaks"],
        why: "counts days, and a missed one then feels like a failure",
        instead: "say what was done, or leave it out",
        may_be_denied: false,
    },
    Rule {
        phrases: &["well done", "good job", "good girl", "good boy"],
        why: "is praise, and praise makes the practice a test",
        instead: "thank the person, or simply go on",
        may_be_denied: false,
    },
];

/// Right before a phrase, these turn an order into a choice: "if you need to".
const CONDITIONS: &[&str] = &[
    "if",
    "when",
    "whenever",
    "whatever",
    "wherever",
    "what",
    "all",
    "anything",
    "everything",
    "as",
    "than",
    "until",
];

/// In the few words before a phrase and the same part of the sentence, these deny it: "there is nothing you need to do".
const DENIALS: &[&str] = &[
    "no", "not", "nothing", "never", "nobody", "none", "without", "cannot",
];

/// How many words before a phrase are looked at for a denial.
const BEFORE: usize = 4;

/// Every fault of a text, in order.
pub(crate) fn faults(text: &str) -> Vec<Fault> {
    let words = words(text);
    let mut faults: Vec<Fault> = text
        .match_indices(['!', '！'])
        .map(|(at, _)| Fault {
            at,
            message: "an exclamation mark raises the voice: end the sentence with a full stop"
                .into(),
        })
        .collect();
    for (index, word) in words.iter().enumerate() {
        for rule in RULES {
            for phrase in rule.phrases {
                if matches(phrase, &words, index)
                    && !(rule.may_be_denied && is_denied(&words, index))
                {
                    let (phrase, why, instead) =
                        (phrase.trim_start_matches('^'), rule.why, rule.instead);
                    faults.push(Fault {
                        at: word.at,
                        message: format!("“{phrase}” {why}: {instead}"),
                    });
                }
            }
        }
    }
    faults.sort_by_key(|fault| fault.at);
    faults
}

/// Reports every fault of a text whose beginning stands at `at`.
pub(crate) fn check(report: &mut Report<'_>, at: usize, text: &str) {
    for fault in faults(text) {
        report.add(at, fault.message);
    }
}

/// The same, and what guesses at somebody's gender or faith, for a text that is no cue and that no form changes.
pub(crate) fn check_for_all(report: &mut Report<'_>, at: usize, text: &str) {
    check(report, at, text);
    for fault in guarded::religion(text)
        .into_iter()
        .chain(guarded::unnamed(text))
    {
        report.add(at, fault.message);
    }
}

struct TextWord {
    at: usize,
    /// In lower case, with a straight apostrophe.
    word: String,
    begins_sentence: bool,
    /// Whether a comma or the like stands before it.
    begins_clause: bool,
}

fn words(text: &str) -> Vec<TextWord> {
    let mut words: Vec<TextWord> = Vec::new();
    let (mut begins_sentence, mut begins_clause, mut inside) = (true, true, false);
    for (at, letter) in text.char_indices() {
        let letter = if letter == '’' { '\'' } else { letter };
        if letter.is_alphanumeric() || (letter == '\'' && inside) {
            if !inside {
                words.push(TextWord {
                    at,
                    word: String::new(),
                    begins_sentence,
                    begins_clause,
                });
                (begins_sentence, begins_clause, inside) = (false, false, true);
            }
            if let Some(last) = words.last_mut() {
                last.word.extend(letter.to_lowercase());
            }
            continue;
        }
        inside = false;
        begins_sentence |= matches!(letter, '.' | '?' | '!' | ':' | ';' | '…');
        begins_clause |= matches!(
            letter,
            '.' | '?' | '!' | ':' | ';' | '…' | ',' | '–' | '—' | '(' | ')'
        );
    }
    words
}

fn matches(phrase: &str, words: &[TextWord], index: usize) -> bool {
    let (at_beginning, phrase) = phrase
        .strip_prefix('^')
        .map_or((false, phrase), |rest| (true, rest));
    let Some(words) = words.get(index..) else {
        return false;
    };
    // Every phrase is held against every word of all content: most differ in their first letter.
    let first = words.first().and_then(|word| word.word.as_bytes().first());
    if first != phrase.as_bytes().first() {
        return false;
    }
    if at_beginning && !words.first().is_some_and(|word| word.begins_sentence) {
        return false;
    }
    let mut found = words.iter();
    phrase.split(' ').enumerate().all(|(place, wanted)| {
        found.next().is_some_and(|word| {
            let together = place == 0 || !word.begins_clause;
            together && word.word == wanted
        })
    })
}

fn is_denied(words: &[TextWord], index: usize) -> bool {
    if words.get(index).is_none_or(|word| word.begins_clause) {
        return false;
    }
    let before = words.get(..index).unwrap_or_default();
    if before
        .last()
        .is_some_and(|word| CONDITIONS.contains(&word.word.as_str()))
    {
        return true;
    }
    for word in before.iter().rev().take(BEFORE) {
        if DENIALS.contains(&word.word.as_str()) || word.word.ends_with("n't") {
            return true;
        }
        if word.begins_clause {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn what_harms_is_found_and_what_only_sounds_like_it_is_not() {
        let refused = [
            "You must sit still.",
            "Then YOU  SHOULD breathe.",
            "You need to relax.",
            "When you sit down, you should breathe.",
            "You can try harder.",
            "This will heal you.",
            "It cures stress.",
            "We guarantee it.",
            "Let go of your trauma.",
            "Forgive the person who hurt you.",
            "Breathe. Forgive them.",
            "It is time, you have to forgive.",
            "Well done.",
            "Good job, everyone.",
            "Now breathe!",
        ];
        for text in refused {
            assert_eq!(faults(text).len(), 1, "{text}");
        }
        let fine = [
            "Shift if you need to.",
            "There is nothing here you need to change.",
            "You do not have to forgive anybody.",
            "You don’t need to forgive.",
            "May I forgive myself.",
            "A secure place.",
            "Nobody says that you should feel anything.",
            "This will not cure anything, and there is no guarantee.",
            "You might rest.",
        ];
        for text in fine {
            let found: Vec<String> = faults(text)
                .into_iter()
                .map(|fault| fault.message)
                .collect();
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_fault_stands_where_it_begins() {
        assert_eq!(
            faults("Rest. You must rest.").first().map(|fault| fault.at),
            Some(6)
        );
    }
}
