//! Whatever script there is and whatever is asked: the total is right, the order is kept, the bounds hold, and no
//! text makes the reader panic.

use crate::support::{file, practice, valid_files};
use kith_content::{
    Asked, ComposeError, Composition, Form, Forms, Library, Practice, TimedCue, check, compose,
};
use proptest::prelude::*;

/// A script as a tree. Every cue has exactly one silence after it, in milliseconds: the time between its end and the
/// next cue is that silence. Every repeat begins with a cue of its own, which tells its rounds apart.
#[derive(Clone, Debug)]
enum Node {
    Cue {
        words: usize,
        wordings: usize,
        silence: [u64; 3],
        weight: u64,
    },
    Repeat {
        least: u64,
        more: u64,
        body: Vec<Node>,
    },
    Optional {
        from: f64,
        body: Vec<Node>,
    },
    When {
        form: Form,
        then: Vec<Node>,
        otherwise: Vec<Node>,
    },
}

fn cue() -> impl Strategy<Value = Node> {
    (
        1usize..18,
        1usize..4,
        prop::array::uniform3(0u64..40_000),
        1u64..=100,
    )
        .prop_map(|(words, wordings, mut silence, weight)| {
            silence.sort_unstable();
            Node::Cue {
                words,
                wordings,
                silence,
                weight,
            }
        })
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let node = cue().prop_recursive(3, 24, 4, |inner| {
        let body = || prop::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            3 => cue(),
            2 => (1u64..4, 0u64..5, cue(), body()).prop_map(|(least, more, first, mut body)| {
                body.insert(0, first);
                Node::Repeat { least, more, body }
            }),
            1 => (1u32..=40, body()).prop_map(|(from, body)| Node::Optional { from: f64::from(from), body }),
            1 => (prop::sample::select(Form::ALL), body(), prop::collection::vec(inner.clone(), 0..3))
                .prop_map(|(form, then, otherwise)| Node::When { form, then, otherwise }),
        ]
    });
    // A cue to begin with, so that there is always something to hear.
    (cue(), prop::collection::vec(node, 0..6)).prop_map(|(first, mut rest)| {
        rest.insert(0, first);
        rest
    })
}

/// Prints a tree in the format. Cues are numbered: "Cue 3 round 0 word word".
fn print(nodes: &[Node], repeated: bool, number: &mut usize, text: &mut String) {
    let seconds = |milliseconds: u64| milliseconds as f64 / 1000.0;
    for node in nodes {
        match node {
            Node::Cue {
                words,
                wordings,
                silence: [least, usual, most],
                weight,
            } => {
                let filler = "word ".repeat(*words);
                for round in 0..if repeated { *wordings } else { 1 } {
                    let mark = if round > 0 { "~ " } else { "" };
                    let more = filler.repeat(1 + round % 2);
                    text.push_str(&format!(
                        "{mark}Cue {number} round {round} {}\n",
                        more.trim_end()
                    ));
                }
                let (least, usual, most) = (seconds(*least), seconds(*usual), seconds(*most));
                text.push_str(&format!(
                    "[silence {least} {usual} {most} weight {}]\n",
                    *weight as f64 / 10.0
                ));
                *number += 1;
            }
            Node::Repeat { least, more, body } => {
                text.push_str(&format!("[repeat {least} to {}]\n", least + more));
                print(body, true, number, text);
                text.push_str("[end]\n");
            }
            Node::Optional { from, body } => {
                text.push_str(&format!("[optional from {from} minutes]\n"));
                print(body, repeated, number, text);
                text.push_str("[end]\n");
            }
            Node::When {
                form,
                then,
                otherwise,
            } => {
                text.push_str(&format!("[when {form}]\n"));
                print(then, repeated, number, text);
                if !otherwise.is_empty() {
                    text.push_str("[else]\n");
                    print(otherwise, repeated, number, text);
                }
                text.push_str("[end]\n");
            }
        }
    }
}

fn read(nodes: &[Node]) -> Practice {
    let mut text = "# One\n".to_owned();
    print(nodes, false, &mut 0, &mut text);
    let loaded = Library::read([file(
        "practices/a.md",
        practice("minutes = [0.3, 60]", &text),
    )]);
    assert!(loaded.problems.is_empty(), "{:?}\n{text}", loaded.problems);
    loaded.library.practice("a").unwrap().clone()
}

fn numbers(cue: &TimedCue) -> (usize, usize) {
    let words: Vec<&str> = cue.text.split(' ').collect();
    (words[1].parse().unwrap(), words[3].parse().unwrap())
}

/// Follows a composition through the tree it came from.
struct Walk<'w> {
    composition: &'w Composition,
    forms: Forms,
    next: usize,
}

impl Walk<'_> {
    fn milliseconds(seconds: f64) -> u64 {
        (seconds * 1000.0).round() as u64
    }

    /// Follows the nodes once; the cues of a node are numbered from `number`. Returns the number after them.
    fn follow(
        &mut self,
        nodes: &[Node],
        mut number: usize,
        round: Option<u64>,
    ) -> Result<usize, TestCaseError> {
        for node in nodes {
            number = match node {
                Node::Cue {
                    wordings,
                    silence: [least, _, most],
                    ..
                } => {
                    let cues = &self.composition.cues;
                    let cue = cues
                        .get(self.next)
                        .ok_or_else(|| TestCaseError::fail("it ends too early"))?;
                    let wording = round.map_or(0, |round| round as usize % wordings);
                    prop_assert_eq!(numbers(cue), (number, wording));
                    let ends = cues
                        .get(self.next + 1)
                        .map_or(self.composition.seconds, |next| next.at);
                    let silence =
                        Self::milliseconds(ends) - Self::milliseconds(cue.at + cue.seconds);
                    prop_assert!(
                        (*least..=*most).contains(&silence),
                        "{silence} ms of {least} to {most}"
                    );
                    self.next += 1;
                    number + 1
                }
                Node::Repeat { least, more, body } => {
                    let mut rounds = 0;
                    while rounds < *least
                        || (rounds < least + more && self.comes(number..number + 1))
                    {
                        self.follow(body, number, Some(rounds))?;
                        rounds += 1;
                    }
                    number + count(body)
                }
                Node::Optional { body, .. } => {
                    if self.comes(number..number + count(body)) {
                        self.follow(body, number, round)?;
                    }
                    number + count(body)
                }
                Node::When {
                    form,
                    then,
                    otherwise,
                } => {
                    if self.forms.has(*form) {
                        self.follow(then, number, round)?;
                    } else {
                        self.follow(otherwise, number + count(then), round)?;
                    }
                    number + count(then) + count(otherwise)
                }
            };
        }
        Ok(number)
    }

    /// Whether the next cue is one of these.
    fn comes(&self, wanted: std::ops::Range<usize>) -> bool {
        self.composition
            .cues
            .get(self.next)
            .is_some_and(|cue| wanted.contains(&numbers(cue).0))
    }
}

/// How many cues nodes have.
fn count(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Cue { .. } => 1,
            Node::Repeat { body, .. } | Node::Optional { body, .. } => count(body),
            Node::When {
                then, otherwise, ..
            } => count(then) + count(otherwise),
        })
        .sum()
}

/// Composes at the minutes asked, or else somewhere in the range the refusal tells.
fn compose_somewhere(practice: &Practice, asked: &Asked<'_>, part: f64) -> Option<Composition> {
    match compose(practice, asked) {
        Ok(composition) => Some(composition),
        Err(ComposeError::DoesNotFit {
            least, most, gap, ..
        }) => {
            let lies_outside = asked.minutes < least || asked.minutes > most;
            assert!(
                lies_outside
                    || gap.is_some_and(
                        |(below, above)| below < asked.minutes && asked.minutes < above
                    )
            );
            let minutes = (least + (most.min(60.0) - least) * part).clamp(0.3, 60.0);
            compose(practice, &Asked { minutes, ..*asked }).ok()
        }
        Err(error) => panic!("{error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_composition_is_exact_ordered_and_within_its_bounds(
        nodes in nodes(),
        minutes in 0.3f64..60.0,
        part in 0.0f64..1.0,
        pace in 60.0f64..=180.0,
        turned in prop::sample::select(Form::ALL),
        on: bool,
    ) {
        let practice = read(&nodes);
        let library = Library::default();
        let forms = Forms::default().with(turned, on);
        let asked = Asked { pace, forms, ..Asked::new(minutes, &library) };
        let Some(composition) = compose_somewhere(&practice, &asked, part) else { return Ok(()) };

        let target = (composition.minutes * 60_000.0).round();
        prop_assert_eq!((composition.seconds * 1000.0).round(), target);
        prop_assert_eq!(composition.cues.first().map(|cue| cue.at), Some(0.0));
        let [least, most] = composition.range;
        prop_assert!(least <= composition.minutes && composition.minutes <= most);

        let mut walk = Walk { composition: &composition, forms, next: 0 };
        walk.follow(&nodes, 0, None)?;
        prop_assert_eq!(walk.next, composition.cues.len(), "something was said that has no place");

        let again = compose(&practice, &Asked { minutes: composition.minutes, ..asked });
        prop_assert_eq!(again.as_ref(), Ok(&composition));
    }

    #[test]
    fn garbage_never_panics(
        path in prop::sample::select(vec!["practices/a.md", "phrases.toml", "consent.toml", "evidence/sources.toml", "x"]),
        text in "\\PC{0,200}|[\\[\\]#~;{}+= a-z0-9\"\n\r.]{0,300}",
        fence: bool,
    ) {
        let text = if fence { practice("", &text) } else { text };
        let loaded = Library::read([file(path, text)]);
        check(&loaded.library);
    }

    #[test]
    fn mutated_valid_files_never_panic(
        which in 0usize..7,
        cuts in prop::collection::vec((0.0f64..1.0, 0usize..12, "\\PC{0,3}|\n|\\[end\\]\n|\\[repeat 1 to 100\\]\n|\\+\\+\\+\n|\"|\\{|\\}"), 1..6),
        minutes in 0.0f64..70.0,
    ) {
        let mut files = valid_files();
        let changed = &mut files[which].text;
        for (place, length, inserted) in cuts {
            let mut letters: Vec<char> = changed.chars().collect();
            let at = (place * letters.len() as f64) as usize;
            let to = (at + length).min(letters.len());
            letters.splice(at..to, inserted.chars());
            *changed = letters.into_iter().collect();
        }
        let loaded = Library::read(files);
        check(&loaded.library);
        for practice in loaded.library.practices() {
            let _ = compose(practice, &Asked::new(minutes, &loaded.library));
        }
        for problem in &loaded.problems {
            prop_assert!(problem.line >= 1 && problem.column >= 1);
        }
    }
}
