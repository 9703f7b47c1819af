//! The closed lists of words that instruments and check-ins use.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::words::{UnknownWord, Word, words};

words! {
    /// Who answers, and about whom.
    Answerer, "somebody to answer":
    Client = "client",
    Practitioner = "practitioner",
    Either = "client or practitioner",
    ClientAboutPractitioner = "client about practitioner",
    ParentAboutChild = "parent about child",
}

words! {
    /// How answers become a score, after turning.
    Scoring, "a way of scoring":
    Sum = "sum",
    SumX2 = "sum_x2",
    SumX4 = "sum_x4",
    Mean = "mean",
    MeanX10 = "mean_x10",
    Mean0To100 = "mean_0_100",
    SumLookup = "sum_lookup",
    Nothing = "none",
}

words! {
    /// Which way of moving is the better one.
    Better, "a direction":
    Lower = "lower",
    Higher = "higher",
    Neither = "neither",
}

words! {
    /// On which side of a cut-off a score counts as positive, the cut-off itself included.
    Rule, "a rule":
    AtLeast = ">=",
    AtMost = "<=",
}

words! {
    /// What becomes of a gap.
    How, "a way with gaps":
    Refuse = "none",
    Prorate = "prorate",
    MeanOfAnswered = "mean_of_answered",
    Zero = "zero",
}

words! {
    /// Whose rule it is.
    By, "somebody to make a rule":
    Published = "published",
    Kith = "kith",
}

words! {
    /// What the owner of the sentences allows.
    Licence, "a licence":
    PublicDomain = "public domain",
    Credit = "free with credit",
    ResearchAndClinical = "free for research and clinical",
    Permission = "permission needed",
    Proprietary = "proprietary",
}

words! {
    /// What is asked before the sentences are taken in.
    Gate, "a gate":
    Open = "none",
    Credit = "credit",
    AttestNoncommercial = "attest-noncommercial",
    AttestPermission = "attest-permission",
}

words! {
    /// How far the key (items, answers, turned items, parts, range) was checked.
    Verified, "a way of having checked the key":
    FullText = "full-text",
    Abstract = "abstract",
    Secondary = "secondary",
    Recalled = "recalled",
}

words! {
    /// What was written down from memory and needs a look at its source before it counts as a fact.
    Recalled, "a part that can be recalled":
    Key = "key",
    Missing = "missing",
    Lookup = "lookup",
    Bands = "bands",
    CutOff = "cut_off",
    SubscaleCutOff = "subscale cut_off",
    Safety = "safety",
    Alpha = "alpha",
    SubscaleAlpha = "subscale alpha",
    Retest = "retest",
    Interval = "interval",
    Norm = "norm",
    NormFemale = "norm_female",
    NormOlder = "norm_older",
    SubscaleNorms = "subscale norms",
    ClinicalNorm = "clinical_norm",
    Change = "change",
    Mcid = "mcid",
    Loinc = "loinc",
    Form = "form",
    Licence = "licence",
}

words! {
    /// What a note is about.
    NoteKind, "a kind of note":
    Form = "form",
    Scoring = "scoring",
    Variant = "variant",
    Key = "key",
    Bands = "bands",
    CutOff = "cut_off",
    Algorithm = "algorithm",
    Use = "use",
    Privacy = "privacy",
    Naming = "naming",
    FollowUp = "follow_up",
}

words! {
    /// What LOINC's own numbers of the answers do.
    Ordinals, "an order of LOINC's numbers":
    Reversed = "reversed",
}

words! {
    /// What a change comes to.
    Class, "a class of change":
    Deteriorated = "deteriorated",
    Unchanged = "unchanged",
    Improved = "improved",
    Recovered = "recovered",
}

words! {
    /// Whom a check-in is for.
    Who, "somebody to check in":
    Client = "client",
    Practitioner = "practitioner",
    Both = "both",
    Parent = "parent",
}

words! {
    /// When a check-in is offered.
    When, "a time for a check-in":
    Daily = "daily",
    Weekly = "weekly",
    BeforeAndAfter = "before-and-after",
    AfterPractice = "after-practice",
    AfterWork = "after-work",
    AfterMeeting = "after-meeting",
    Asked = "asked",
}

words! {
    /// What the numbers of a check-in are.
    CheckInKind, "a kind of check-in":
    Slider = "slider",
    Count = "count",
}

words! {
    /// What follows when the answers of a check-in reach a rule.
    Then, "something to follow":
    Help = "help",
    Grounding = "grounding",
    Relief = "relief",
    AskToTell = "ask-to-tell",
    OtherKind = "other-kind",
    GentlerKind = "gentler-kind",
}
