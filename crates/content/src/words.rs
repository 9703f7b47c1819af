//! The closed lists of words that content may use, each an enum that reads and prints exactly the documented word.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A word that stands in none of the lists it was looked up in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not {what} (allowed: {})", allowed.join(", "))]
pub struct UnknownWord {
    /// What was looked for, with its article: "a modality".
    pub what: &'static str,
    /// The word as it was written.
    pub word: String,
    /// The words that are known.
    pub allowed: Vec<&'static str>,
}

/// What the closed lists have in common, for code that reads any of them.
pub(crate) trait Word: Copy + PartialEq + FromStr<Err = UnknownWord> + 'static {
    /// What one of them is, with its article.
    const WHAT: &'static str;
    /// All of them as written.
    fn all_words() -> Vec<&'static str>;
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident, $what:literal: $($variant:ident = $word:literal,)+) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl $name {
            /// All of them, in the order of the format document.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word as content files write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl Word for $name {
            const WHAT: &'static str = $what;
            fn all_words() -> Vec<&'static str> {
                Self::ALL.iter().map(|word| word.as_str()).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { what: $what, word: word.into(), allowed: Self::all_words() }),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What kind of practice it mainly is.
    Modality, "a modality":
    Phrases = "phrases",
    Imagery = "imagery",
    Memory = "memory",
    BreathBody = "breath-body",
    Movement = "movement",
    Touch = "touch",
    Writing = "writing",
    Acts = "acts",
    SelfCareAct = "self-care-act",
    GratitudeSavour = "gratitude-savour",
    CommonHumanity = "common-humanity",
    ListeningPartner = "listening-partner",
    Micro = "micro",
    RoleEmbody = "role-embody",
    Reappraisal = "reappraisal",
    NatureObject = "nature-object",
}

words! {
    /// Whom a practice is for: towards whom its kindness goes.
    Target, "a target":
    Oneself = "self",
    LovedOne = "loved-one",
    Stranger = "stranger",
    DifficultPerson = "difficult-person",
    Group = "group",
    All = "all",
    Others = "others",
    Client = "client",
    Partner = "partner",
    Colleague = "colleague",
}

words! {
    /// Who may be offered a practice.
    Audience, "an audience":
    Adult = "adult",
    Adolescent = "adolescent",
    Child = "child",
    Clinician = "clinician",
    Team = "team",
}

words! {
    /// What a practice does without.
    Flag, "a flag":
    EyesOpenOk = "eyes-open-ok",
    NoImagery = "no-imagery",
    NoBody = "no-body",
    NoMemory = "no-memory",
    NoWords = "no-words",
    SecularPlain = "secular-plain",
}

words! {
    /// Who may start a practice, where that is not everybody.
    Restriction, "a restriction":
    PractitionerFirst = "practitioner-first",
    PractitionerOnly = "practitioner-only",
    ResearchOnly = "research-only",
    Chosen = "chosen",
    Withdrawn = "withdrawn",
}

words! {
    /// What can be offered in place of a practice that is no practice by itself.
    Step, "a step":
    Rest = "rest",
    Practitioner = "practitioner",
    Somebody = "somebody",
    OwnWords = "own-words",
    OtherClass = "other-class",
}

words! {
    /// What becomes of the minutes.
    Dose, "a dose":
    Usual = "usual",
    Halve = "halve",
}

words! {
    /// How strong the evidence is: A meta-analysis against doing nothing, B a randomised trial, C small or
    /// uncontrolled or part of a whole course, D clinical reasoning only.
    Strength, "a strength":
    A = "A",
    B = "B",
    C = "C",
    D = "D",
}

words! {
    /// What a source is: which strength of evidence it can carry.
    SourceKind, "a kind of source":
    MetaAnalysis = "meta-analysis",
    Review = "review",
    Trial = "trial",
    Study = "study",
    Course = "course",
}

words! {
    /// What of a source was read.
    Seen, "a way of having seen a source":
    Abstract = "abstract",
    Full = "full",
    Page = "page",
}

words! {
    /// Which form of a programme: for care, or as a trial protocol.
    Edition, "an edition":
    Care = "care",
    Research = "research",
}

words! {
    /// What moves a programme on: the calendar, or the day before being done.
    Pacing, "a pacing":
    Calendar = "calendar",
    Completion = "completion",
}

words! {
    /// Who leads a programme or a lesson.
    LedBy, "somebody to lead it":
    Oneself = "self",
    Practitioner = "practitioner",
    Group = "group",
}

words! {
    /// What a programme asks for.
    ItemKind, "a kind of item":
    Practice = "practice",
    Measure = "measure",
    Task = "task",
    Lesson = "lesson",
}

words! {
    /// What a moment leads to when it is still hard afterwards.
    MomentAfter, "something to come after a moment":
    Help = "help",
    Person = "person",
    Helpline = "helpline",
    Supervision = "supervision",
    Nothing = "nothing",
}

words! {
    /// Whose a measure is: a published instrument, a check-in of Kith's, or other questions of Kith's own.
    MeasureKind, "a kind of measure":
    Instrument = "instrument",
    CheckIn = "check-in",
    Own = "own",
}

words! {
    /// How often something is asked for, as a programme's file says it.
    Often, "how often":
    Day = "day",
    Week = "week",
    Once = "once",
}

words! {
    /// To whom a rationale is said.
    Listener, "somebody to speak to":
    Client = "client",
    Colleague = "colleague",
    Supervisor = "supervisor",
}

words! {
    /// Whose day and life a way to practise fits.
    WayFor, "somebody a way is for":
    Practitioner = "practitioner",
    Client = "client",
    Anyone = "anyone",
}

words! {
    /// How somebody is placed at a moment of the day.
    Posture, "a posture":
    Sitting = "sitting",
    Standing = "standing",
    Walking = "walking",
    Lying = "lying",
}

words! {
    /// A way of practising that a person may want or not want.
    Form, "a form":
    EyesClosed = "eyes-closed",
    Touch = "touch",
    Imagery = "imagery",
    Breath = "breath",
    Light = "light",
}

words! {
    /// What an answer before a programme says: go on, go gently, talk first.
    Signal, "a signal":
    Green = "green",
    Amber = "amber",
    Red = "red",
}

words! {
    /// To whom the wishes of a phrase set are said.
    Address, "somebody to wish well":
    You = "you",
    Me = "me",
    All = "all",
}

/// The forms a person wants. All but `light` are on unless she says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Forms {
    /// Eyes may be closed.
    pub eyes_closed: bool,
    /// A hand on the heart and the like.
    pub touch: bool,
    /// Pictures in the mind.
    pub imagery: bool,
    /// The breath as the anchor.
    pub breath: bool,
    /// A golden light.
    pub light: bool,
}

impl Default for Forms {
    fn default() -> Self {
        Self {
            eyes_closed: true,
            touch: true,
            imagery: true,
            breath: true,
            light: false,
        }
    }
}

impl Forms {
    /// Whether this form is wanted.
    pub const fn has(self, form: Form) -> bool {
        match form {
            Form::EyesClosed => self.eyes_closed,
            Form::Touch => self.touch,
            Form::Imagery => self.imagery,
            Form::Breath => self.breath,
            Form::Light => self.light,
        }
    }

    /// The same forms with this one on or off.
    #[must_use]
    pub const fn with(mut self, form: Form, on: bool) -> Self {
        match form {
            Form::EyesClosed => self.eyes_closed = on,
            Form::Touch => self.touch = on,
            Form::Imagery => self.imagery = on,
            Form::Breath => self.breath = on,
            Form::Light => self.light = on,
        }
        self
    }
}
