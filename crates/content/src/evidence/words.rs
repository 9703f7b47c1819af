//! The closed lists of words that the evidence library uses.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::words::{SourceKind, UnknownWord, Word, words};

words! {
    /// How a study was made.
    Design, "a design":
    Rct = "rct",
    WaitlistRct = "waitlist-rct",
    ClusterRct = "cluster-rct",
    PrePost = "pre-post",
    Observational = "observational",
    Survey = "survey",
    MetaAnalysis = "meta-analysis",
    Review = "review",
}

impl Design {
    /// Whether people, or groups of them, were given their arm by chance.
    #[must_use]
    pub fn is_trial(self) -> bool {
        matches!(self, Self::Rct | Self::WaitlistRct | Self::ClusterRct)
    }

    /// Whether it puts other studies together.
    #[must_use]
    pub fn is_synthesis(self) -> bool {
        matches!(self, Self::MetaAnalysis | Self::Review)
    }

    /// What kind of source such a study is.
    #[must_use]
    pub fn as_source(self) -> SourceKind {
        match self {
            Self::Rct | Self::WaitlistRct | Self::ClusterRct => SourceKind::Trial,
            Self::PrePost | Self::Observational | Self::Survey => SourceKind::Study,
            Self::MetaAnalysis => SourceKind::MetaAnalysis,
            Self::Review => SourceKind::Review,
        }
    }
}

words! {
    /// What was trained.
    Family, "a family of training":
    Compassion = "compassion",
    SelfCompassion = "self-compassion",
    LovingKindness = "loving-kindness",
    Cft = "cft",
    KindnessCurriculum = "kindness-curriculum",
    Mindfulness = "mindfulness",
    Nothing = "none",
}

impl Family {
    /// Whether compassion or kindness itself was trained.
    #[must_use]
    pub fn is_compassion(self) -> bool {
        !matches!(self, Self::Mindfulness | Self::Nothing)
    }
}

words! {
    /// Where people took part.
    StudySetting, "a setting of studies":
    Community = "community",
    Students = "students",
    Preschool = "preschool",
    School = "school",
    Healthcare = "healthcare",
    Clinical = "clinical",
    Workplace = "workplace",
}

words! {
    /// Who took part.
    Population, "a population":
    Adults = "adults",
    Children = "children",
    Mixed = "mixed",
}

words! {
    /// What kind of thing it was compared with.
    Against, "a kind of comparison":
    Passive = "passive",
    Active = "active",
    Mixed = "mixed",
    Nothing = "none",
}

words! {
    /// When it was measured.
    Timepoint, "a time of measuring":
    Post = "post",
    FollowUp = "follow-up",
}

words! {
    /// What kind of figure `value` is.
    EffectKind, "a kind of effect":
    CohensD = "cohens-d",
    HedgesG = "hedges-g",
    Ratio = "ratio",
    Proportion = "proportion",
    Beta = "beta",
    Correlation = "correlation",
    Eta2p = "eta2p",
}

impl EffectKind {
    /// Whether it is a difference in standard deviations.
    #[must_use]
    pub fn is_standardised(self) -> bool {
        matches!(self, Self::CohensD | Self::HedgesG)
    }
}

words! {
    /// Whom a result favours.
    Favours, "somebody to favour":
    Treatment = "treatment",
    Nobody = "none",
}

words! {
    /// How far a figure was verified.
    Checked, "a way of having verified it":
    FullText = "full-text",
    Abstract = "abstract",
    Secondary = "secondary",
    Recalled = "recalled",
}

words! {
    /// How a printed p stands to the exact one.
    PSign, "a sign of p":
    Less = "<",
    Greater = ">",
}

words! {
    /// Whom a statement is for.
    ToldTo, "an audience of statements":
    Client = "client",
    Colleague = "colleague",
    Supervisor = "supervisor",
}

words! {
    /// How sure one may be, in GRADE's words.
    Level, "a level of certainty":
    High = "high",
    Moderate = "moderate",
    Low = "low",
    VeryLow = "very-low",
}

impl Level {
    /// So many levels lower, but never below the lowest.
    #[must_use]
    pub fn lowered(self, by: usize) -> Self {
        let at = Self::ALL
            .iter()
            .position(|&level| level == self)
            .unwrap_or_default();
        Self::ALL.get(at + by).copied().unwrap_or(Self::VeryLow)
    }

    /// So many levels higher, but never above the highest.
    #[must_use]
    pub fn raised(self, by: usize) -> Self {
        let at = Self::ALL
            .iter()
            .position(|&level| level == self)
            .unwrap_or_default();
        Self::ALL
            .get(at.saturating_sub(by))
            .copied()
            .unwrap_or(Self::High)
    }
}

words! {
    /// A comparison one may ask about.
    Asked, "a comparison to ask for":
    Passive = "passive",
    Active = "active",
    Any = "any",
}

impl Asked {
    /// Whether a study with such a comparison answers what is asked.
    #[must_use]
    pub fn takes(self, against: Against) -> bool {
        match self {
            Self::Passive => against == Against::Passive,
            Self::Active => against == Against::Active,
            Self::Any => against != Against::Nothing,
        }
    }
}
