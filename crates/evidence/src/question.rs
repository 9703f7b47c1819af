//! What is asked of the library.

use std::fmt;
use std::str::FromStr;

use kith_content::evidence::{
    AskedComparator, Construct, Evidence, Family, Population, Study, StudySetting, Timepoint,
};
use kith_stats::pool::{Method, Settings, Test};

/// Which trainings are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FamilyAsked {
    /// All there are, mindfulness among them.
    #[default]
    Any,
    /// All that train compassion or kindness itself.
    Compassionate,
    /// One alone.
    One(Family),
}

impl FamilyAsked {
    /// Whether a study's training is among them.
    #[must_use]
    pub fn takes(self, family: Family) -> bool {
        match self {
            Self::Any => true,
            Self::Compassionate => family.is_compassion(),
            Self::One(one) => family == one,
        }
    }

    /// All ways of asking, as they are written.
    #[must_use]
    pub fn all_words() -> Vec<String> {
        ["any", "compassion-based"]
            .into_iter()
            .map(str::to_owned)
            .chain(Family::ALL.iter().map(Family::to_string))
            .collect()
    }
}

impl fmt::Display for FamilyAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.pad("any"),
            Self::Compassionate => f.pad("compassion-based"),
            Self::One(family) => family.fmt(f),
        }
    }
}

impl FromStr for FamilyAsked {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "any" => Ok(Self::Any),
            "compassion-based" => Ok(Self::Compassionate),
            word => word.parse().map(Self::One).map_err(|_| ()),
        }
    }
}

/// A question to the library. Nothing under a filter means: whatever it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The id of a [`Construct`].
    pub construct: String,
    /// Compared with what.
    pub comparator: AskedComparator,
    /// Which trainings.
    pub family: FamilyAsked,
    /// Where people took part.
    pub setting: Option<StudySetting>,
    /// Who took part.
    pub people: Option<Population>,
    /// When it was measured.
    pub timepoint: Timepoint,
    /// How it is pooled.
    pub settings: Settings,
}

/// A construct that stands in no list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no construct is called {asked}")]
pub struct UnknownConstruct {
    /// What was asked for.
    pub asked: String,
    /// What there is.
    pub allowed: Vec<String>,
}

impl Question {
    /// What a construct is like after any training, against anything, right after it; by restricted maximum likelihood,
    /// tested against the normal distribution, as `kith meta` does unless told otherwise.
    ///
    /// # Errors
    /// Where no construct has this id, in either spelling (`self-compassion`, `self_compassion`).
    pub fn about(evidence: &Evidence, construct: &str) -> Result<Self, UnknownConstruct> {
        match evidence.construct(construct) {
            Some(construct) => Ok(Self {
                construct: construct.id.clone(),
                comparator: AskedComparator::Any,
                family: FamilyAsked::Any,
                setting: None,
                people: None,
                timepoint: Timepoint::Post,
                settings: Settings {
                    method: Method::Reml,
                    test: Test::Normal,
                    ..Settings::default()
                },
            }),
            None => Err(UnknownConstruct {
                asked: construct.to_owned(),
                allowed: evidence
                    .constructs
                    .iter()
                    .map(|construct| construct.id.clone())
                    .collect(),
            }),
        }
    }

    /// What is asked about, with its words.
    #[must_use]
    pub fn construct<'e>(&self, evidence: &'e Evidence) -> Option<&'e Construct> {
        evidence.construct(&self.construct)
    }

    /// Why a study answers another question; nothing where it answers this one.
    #[must_use]
    pub(crate) fn misses(&self, study: &Study) -> Option<String> {
        if !self.comparator.takes(study.against) {
            return Some(format!(
                "answers another question: compared with {}",
                study.comparator
            ));
        }
        if !self.family.takes(study.family) {
            return Some(format!(
                "answers another question: trained {}",
                study.family
            ));
        }
        if self.setting.is_some_and(|setting| setting != study.setting) {
            return Some(format!(
                "answers another question: took place in the setting {}",
                study.setting
            ));
        }
        if self.people.is_some_and(|people| people != study.people) {
            return Some(format!(
                "answers another question: took in {}",
                study.people
            ));
        }
        None
    }

    /// The question in words.
    #[must_use]
    pub fn in_words(&self, evidence: &Evidence) -> String {
        let name = self
            .construct(evidence)
            .map_or(self.construct.as_str(), |construct| &construct.name);
        let training = match self.family {
            FamilyAsked::Any => "compassion-based or related training".to_owned(),
            FamilyAsked::Compassionate => "compassion-based training".to_owned(),
            FamilyAsked::One(family) => format!("training of the family {family}"),
        };
        let against = match self.comparator {
            AskedComparator::Passive => "a waiting list or usual care",
            AskedComparator::Active => "another training",
            AskedComparator::Any => "anything",
        };
        let when = match self.timepoint {
            Timepoint::Post => "right after it",
            Timepoint::FollowUp => "at a follow-up",
        };
        let who = match (self.people, self.setting) {
            (None, None) => String::new(),
            (Some(people), None) => format!(", of {people}"),
            (None, Some(setting)) => format!(", in the setting {setting}"),
            (Some(people), Some(setting)) => format!(", of {people} in the setting {setting}"),
        };
        format!("What does {training} do to {name}{who}, compared with {against}, {when}?")
    }
}
