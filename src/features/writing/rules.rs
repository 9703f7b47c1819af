//! What may be kept and offered of what somebody wrote, and what is wrong with it.

use kith_content::{
    Asked, Audience, Composition, Library, Practice, Restriction, compose, try_practice,
};
use serde::Serialize;

use super::draft::{Draft, Terms, Text};
use crate::features::library::own::PREFIX;

/// The longest script, characters: six times the longest there is.
pub const LONGEST: usize = 40_000;
/// So many practices of a clinic's own, those that were withdrawn aside.
pub const MOST_PRACTICES: usize = 200;
/// So many versions of one practice.
pub const MOST_VERSIONS: i64 = 500;

/// For whom a practice can be that was written here. Children and groups are led by somebody who was taught to.
pub const AUDIENCES: [Audience; 3] = [Audience::Adult, Audience::Adolescent, Audience::Clinician];

/// Who has a practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Its writer alone.
    Nobody,
    /// Those she named.
    Chosen,
    /// Everybody here it is for.
    Everybody,
    /// It was taken back.
    Withdrawn,
}

impl Reach {
    /// Of a file with these terms that is in use.
    pub fn of(terms: Terms) -> Self {
        match terms.restricted {
            Some(Restriction::Chosen) => Self::Chosen,
            Some(Restriction::Withdrawn) => Self::Withdrawn,
            _ => Self::Everybody,
        }
    }

    /// As a form sends it.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "nobody" => Some(Self::Nobody),
            "chosen" => Some(Self::Chosen),
            "everybody" => Some(Self::Everybody),
            _ => None,
        }
    }

    /// The word a form sends.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nobody | Self::Withdrawn => "nobody",
            Self::Chosen => "chosen",
            Self::Everybody => "everybody",
        }
    }

    /// Whether anybody but its writer has it.
    pub fn is_offered(self) -> bool {
        matches!(self, Self::Chosen | Self::Everybody)
    }
}

/// The terms of a practice for whom it is offered to. What may stir much pain is begun with a practitioner, also when
/// everybody here may have it.
pub fn terms(reach: Reach, load: &str, instead: bool) -> Terms {
    Terms {
        restricted: match reach {
            Reach::Nobody | Reach::Chosen => Some(Restriction::Chosen),
            Reach::Withdrawn => Some(Restriction::Withdrawn),
            Reach::Everybody if load == "3" => Some(Restriction::PractitionerFirst),
            Reach::Everybody => None,
        },
        instead: instead && reach == Reach::Everybody,
    }
}

/// Something to mend, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The field of the form; empty when it is about the whole.
    pub field: &'static str,
    /// The line of the script, from 1.
    pub line: Option<usize>,
    /// The character within that line, from 1.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
    /// What may stand there instead.
    pub allowed: Option<String>,
}

/// What was written, read as everything else is read.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The file.
    pub text: Text,
    /// The practice, when it can be read.
    pub practice: Option<Practice>,
    /// What is to be mended, questions first, then the script from the top.
    pub faults: Vec<Fault>,
}

impl Checked {
    /// Whether it can be offered.
    pub fn is_good(&self) -> bool {
        self.practice.is_some() && self.faults.is_empty()
    }

    /// How it goes when so many minutes are asked for.
    ///
    /// # Errors
    /// A sentence, when it cannot be so long or cannot be read yet.
    pub fn at(&self, library: &Library, minutes: f64) -> Result<Composition, String> {
        let Some(practice) = &self.practice else {
            return Err("How it goes is shown as soon as everything can be read.".to_owned());
        };
        compose(practice, &Asked::new(minutes, library))
            .map(|composition| composition.filled(practice))
            .map_err(|error| error.to_string().replace(&practice.slug, "It"))
    }
}

/// Reads a draft with the reader that reads all content, and asks besides what is asked of whoever writes for others.
pub fn check(library: &Library, slug: &str, draft: &Draft, terms: Terms) -> Checked {
    let text = draft.text(terms);
    let mut faults = unanswered(draft);
    if draft.script.chars().count() > LONGEST {
        faults.push(fault(
            "script",
            format!("This is longer than {LONGEST} characters. Please make two practices of it."),
        ));
        return Checked {
            text,
            practice: None,
            faults,
        };
    }
    let (practice, problems) = try_practice(library, slug, &text.text);
    for problem in problems {
        let (field, line) = text.place(problem.line);
        // What was said of an unanswered question in plain words is not said again in the words of the format.
        if field != "script" && faults.iter().any(|fault| fault.field == field) {
            continue;
        }
        faults.push(Fault {
            field,
            line,
            column: problem.column,
            message: problem.message,
            allowed: problem.allowed,
        });
    }
    Checked {
        text,
        practice,
        faults,
    }
}

fn fault(field: &'static str, message: impl Into<String>) -> Fault {
    Fault {
        field,
        line: None,
        column: 1,
        message: message.into(),
        allowed: None,
    }
}

/// What is asked of whoever writes for others and was not answered.
fn unanswered(draft: &Draft) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut ask = |is_missing: bool, field: &'static str, message: &str| {
        if is_missing {
            faults.push(fault(field, message));
        }
    };
    let is_number = |typed: &str| {
        typed
            .replace(',', ".")
            .parse::<f64>()
            .is_ok_and(f64::is_finite)
    };
    ask(draft.title.is_empty(), "title", "Please give it a title.");
    ask(
        draft.summary.is_empty(),
        "summary",
        "Please say in a sentence what one does.",
    );
    ask(
        draft.modality.is_empty(),
        "modality",
        "Please choose what kind of practice it is.",
    );
    ask(
        draft.targets.is_empty(),
        "targets",
        "Please say towards whom its kindness goes.",
    );
    ask(
        !is_number(&draft.least) || !is_number(&draft.most),
        "least",
        "Please give the least and the most minutes, from 0.3 to 60.",
    );
    ask(
        !["1", "2", "3"].contains(&draft.load.as_str()),
        "load",
        "Please say how much pain it may stir.",
    );
    let known = |word: &String| AUDIENCES.iter().any(|audience| audience.as_str() == word);
    ask(
        draft.audience.is_empty() || !draft.audience.iter().all(known),
        "audience",
        "Please say whom it is for: adults, adolescents or clinicians.",
    );
    ask(
        draft.setting.is_empty(),
        "setting",
        "Please say where one does it.",
    );
    ask(
        draft.use_when.is_empty(),
        "use_when",
        "Please say when it tends to help.",
    );
    ask(
        draft.cautions.is_empty(),
        "cautions",
        "Please say what to watch for: when to stop, and for whom it is not.",
    );
    faults
}

/// The slug of a practice with this title, unlike those that are taken.
pub fn slug_of(title: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let words: Vec<String> = title
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(6)
        .map(str::to_owned)
        .collect();
    let words = match words.join("-") {
        name if name.is_empty() => "practice".to_owned(),
        name => name.chars().take(40).collect::<String>(),
    };
    let name = format!("{PREFIX}{}", words.trim_end_matches('-'));
    if !is_taken(&name) {
        return name;
    }
    (2..)
        .map(|number: u64| format!("{name}-{number}"))
        .find(|name| !is_taken(name))
        .unwrap_or(name)
}

/// Where a practice's file is.
pub fn path_of(slug: &str) -> String {
    format!("practices/{slug}.md")
}

/// The slug of a practice whose file is there; `None` for any other file.
pub fn slug_at(path: &str) -> Option<&str> {
    path.strip_prefix("practices/")?.strip_suffix(".md")
}

/// Whether one's own may begin as a copy of a practice. What is done with a practitioner or for research only, or with
/// children and groups only, is not for everybody to change.
pub fn may_copy(practice: &Practice) -> bool {
    matches!(
        practice.restricted,
        None | Some(Restriction::PractitionerFirst)
    ) && AUDIENCES
        .iter()
        .any(|audience| practice.audience.contains(audience))
}

/// A copy under a title of its own: what was claimed of the other does not hold for it.
pub fn copy_of(text: &str, title: &str) -> Draft {
    let (mut draft, _) = Draft::read(text);
    draft.title = title.to_owned();
    draft.evidence.clear();
    draft
        .audience
        .retain(|word| AUDIENCES.iter().any(|audience| audience.as_str() == word));
    draft
}

/// A small practice that works, to begin with.
pub fn example(title: &str) -> Draft {
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    Draft {
        title: title.to_owned(),
        summary: "Feel where the body is held, and wish yourself well in your own words."
            .to_owned(),
        modality: "breath-body".to_owned(),
        targets: words(&["self"]),
        least: "2".to_owned(),
        most: "8".to_owned(),
        load: "1".to_owned(),
        audience: words(&["adult"]),
        setting: "Seated, somewhere you will not be disturbed".to_owned(),
        flags: words(&["eyes-open-ok", "secular-plain"]),
        use_when: "A first quiet minute, or between two things.".to_owned(),
        cautions: words(&["If sitting still makes it worse, open your eyes, stand up, and stop."]),
        script: EXAMPLE.trim().to_owned(),
        ..Draft::default()
    }
}

const EXAMPLE: &str = "
; A line that begins like this is a note. Nobody hears it.

# Arrive

[bell]
[silence 2 3 5]
Let your body find a place to rest for a little while.
[silence 4 10 30]

[when eyes-closed]
If you like, let your eyes close.
[else]
Let your gaze rest on one spot in front of you.
[end]
[silence 4 8 20]

# Be held

[repeat 1 to 5]
Notice where the chair or the floor holds you.
~ Come back to where you are held.
[silence 8 20 45 weight 2]
Say to yourself, in your own words, what you wish for yourself now.
[silence 8 20 45 weight 2]
[end]

# Close

Look round the room, and move a little.
[silence 2 5 15]
[bell]
";
