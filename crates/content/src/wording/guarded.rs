//! Wording that not everybody can follow, or wants: it has its place inside a `[when …]`, with another wording under
//! `[else]`. And guesses about people nobody has named.

use super::{Fault, TextWord, is_denied, matches, words};
use crate::words::Form;

const EYES: &[&str] = &[
    "close your eyes",
    "closing your eyes",
    "eyes close",
    "eyes closed",
    "eyes be closed",
    "shut your eyes",
    "eyes shut",
    "eyes fall shut",
];

const IMAGERY: &[&str] = &[
    "imagine",
    "imagining",
    "visualise",
    "visualising",
    "visualize",
    "picture",
    "picturing",
    "mind's eye",
];

/// Before "picture", these make it a thing one looks at.
const A_THING: &[&str] = &[
    "a", "an", "the", "this", "that", "no", "any", "each", "every", "one", "whole", "my", "your",
    "another", "of",
];

const HANDS: &[&str] = &["hand", "hands", "palm", "palms", "fingers"];
const TOWARDS: &[&str] = &[
    "on", "to", "over", "against", "round", "around", "at", "upon",
];
const BODY: &[&str] = &[
    "heart",
    "chest",
    "breastbone",
    "belly",
    "stomach",
    "cheek",
    "cheeks",
    "face",
    "arm",
    "arms",
    "shoulder",
    "shoulders",
    "neck",
    "throat",
];

/// How many words may stand between a hand and where it goes.
const NEAR: usize = 5;

const RELIGION: &[&str] = &["metta", "karma", "nirvana", "prayer", "prayers"];

const SOMEBODY: &[&str] = &[
    "he", "she", "him", "his", "her", "hers", "himself", "herself", "he's", "she's", "he'd",
    "she'd", "he'll", "she'll",
];

/// What of a text does not fit where it stands: under which forms, and whether inside any `[when …]` at all.
pub(crate) fn faults(text: &str, forms: &[Form]) -> Vec<Fault> {
    let words = words(text);
    let mut faults = Vec::new();
    let mut add = |index: usize, message: String| {
        let at = words.get(index).map_or(0, |word| word.at);
        faults.push(Fault { at, message });
    };
    for index in 0..words.len() {
        let said = |phrases: &[&'static str]| {
            phrases
                .iter()
                .find(|phrase| matches(phrase, &words, index) && !is_denied(&words, index))
                .copied()
        };
        if !forms.contains(&Form::EyesClosed)
            && let Some(phrase) = said(EYES)
        {
            add(
                index,
                format!(
                    "“{phrase}” shuts out whoever wants to see the room: put it inside [when eyes-closed], with an open-eyed wording under [else]"
                ),
            );
        }
        if !forms.contains(&Form::Imagery)
            && let Some(phrase) = said(IMAGERY)
            && !(phrase == "picture" && is_a_thing(&words, index))
        {
            add(
                index,
                format!(
                    "“{phrase}” asks for pictures in the mind, which not everybody has: put it inside [when imagery], with another wording under [else]"
                ),
            );
        }
        if !forms.contains(&Form::Touch) && is_touch(&words, index) && !is_denied(&words, index) {
            add(index, "a hand on the body is not for everybody: put it inside [when touch], with a wording without touch under [else]".into());
        }
        if forms.is_empty()
            && let Some(word) = said(RELIGION)
        {
            add(index, religious(word));
        }
    }
    faults.extend(unnamed_among(text, &words));
    faults.sort_by_key(|fault| fault.at);
    faults
}

/// Religious words of a text that nobody can turn off.
pub(crate) fn religion(text: &str) -> Vec<Fault> {
    let words = words(text);
    (0..words.len())
        .filter_map(|index| {
            let word = RELIGION.iter().find(|word| matches(word, &words, index))?;
            Some(Fault {
                at: words.get(index)?.at,
                message: religious(word),
            })
        })
        .collect()
}

fn religious(word: &str) -> String {
    format!(
        "“{word}” belongs to somebody's faith: say it plainly, or put it inside a [when …] or the set of wishes `own`"
    )
}

/// "She" and the like where nobody is named: a guess about somebody the listener chose.
pub(crate) fn unnamed(text: &str) -> Vec<Fault> {
    unnamed_among(text, &words(text))
}

fn unnamed_among(text: &str, words: &[TextWord]) -> Vec<Fault> {
    let has_a_name = words.iter().any(|word| {
        let first = text.get(word.at..).and_then(|rest| rest.chars().next());
        !word.begins_sentence
            && word.word != "i"
            && !word.word.starts_with("i'")
            && first.is_some_and(char::is_uppercase)
    });
    if has_a_name {
        return Vec::new();
    }
    words
        .iter()
        .filter(|word| SOMEBODY.contains(&word.word.as_str()))
        .map(|word| Fault {
            at: word.at,
            message: format!(
                "“{}” guesses who somebody is: say “they”, or “this person”",
                word.word
            ),
        })
        .collect()
}

fn is_a_thing(words: &[TextWord], index: usize) -> bool {
    index > 0
        && words
            .get(index - 1)
            .is_some_and(|before| A_THING.contains(&before.word.as_str()))
}

/// A hand, then where it goes, within a few words of one clause: "a hand on your chest".
fn is_touch(words: &[TextWord], index: usize) -> bool {
    let Some((first, rest)) = words.get(index..).and_then(<[TextWord]>::split_first) else {
        return false;
    };
    let mut goes = false;
    HANDS.contains(&first.word.as_str())
        && rest
            .iter()
            .take(NEAR)
            .take_while(|word| !word.begins_clause)
            .any(|word| {
                goes |= TOWARDS.contains(&word.word.as_str());
                goes && BODY.contains(&word.word.as_str())
            })
}

#[cfg(test)]
mod tests {
    use super::{faults, religion};
    use crate::words::Form;

    #[test]
    fn words_for_one_form_are_refused_outside_it() {
        let cases = [
            ("If you like, let your eyes close.", Form::EyesClosed),
            ("Closing your eyes may help.", Form::EyesClosed),
            ("Picture a friend.", Form::Imagery),
            ("You might imagine the sea.", Form::Imagery),
            ("See it in your mind's eye.", Form::Imagery),
            ("Rest a hand on your chest.", Form::Touch),
            ("Bring both palms to your own belly.", Form::Touch),
            ("This is a prayer.", Form::Light),
        ];
        for (text, form) in cases {
            assert_eq!(faults(text, &[]).len(), 1, "{text}");
            assert!(faults(text, &[form]).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_only_sounds_like_it_is_fine() {
        let fine = [
            "Keep your eyes open.",
            "There is no need to close your eyes.",
            "You do not have to imagine anything.",
            "Look at a picture on the wall.",
            "Let your hands rest in your lap.",
            "Your hands, your arms, your shoulders.",
            "Put a hand on the door.",
            "Think of Rosa, and of her garden.",
            "The others may be there.",
        ];
        for text in fine {
            let found: Vec<String> = faults(text, &[])
                .into_iter()
                .map(|fault| fault.message)
                .collect();
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }

    #[test]
    fn nobody_unnamed_is_he_or_she_in_any_form() {
        for text in [
            "Bring to mind a friend. What does she need?",
            "Wish him well.",
        ] {
            assert_eq!(faults(text, Form::ALL).len(), 1, "{text}");
        }
    }

    #[test]
    fn wishes_have_no_words_of_one_faith() {
        assert_eq!(religion("May your karma ripen.").len(), 1);
        assert!(religion("May you rest.").is_empty());
    }
}
