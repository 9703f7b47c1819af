//! How a version of a study stands, who may decide about it, and what differs between two.

use std::collections::BTreeMap;

use kith_content::evidence::draft::{Draft, OF_OUTCOME, OF_STUDY, RETIRED};

use super::store::Review;
use crate::content::store::Version;

/// How a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is Kith's own, and nothing of the clinic's is in its place.
    KithsOwn,
    /// It is what counts.
    Counts,
    /// It counted, and a later one took its place.
    Counted,
    /// It is whole and waits for somebody else to read it.
    Waits,
    /// It is not whole yet.
    Draft,
    /// Somebody said no to it, or its writer took it back.
    Refused,
    /// A later one was written before anybody decided.
    Overtaken,
}

impl Standing {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::KithsOwn => "as it comes with Kith",
            Self::Counts => "counts",
            Self::Counted => "counted until a later one did",
            Self::Waits => "waits for a second pair of eyes",
            Self::Draft => "a draft, not whole yet",
            Self::Refused => "does not count",
            Self::Overtaken => "a later one was written first",
        }
    }

    /// Whether something is still to be done about it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waits | Self::Draft)
    }
}

/// How a version stands among the others of its study.
pub fn standing(
    version: &Version,
    review: Option<&Review>,
    (newest, in_use): (i64, Option<i64>),
    is_whole: bool,
) -> Standing {
    let counts = in_use == Some(version.version);
    match review {
        _ if counts => Standing::Counts,
        _ if version.made_by.is_empty() && in_use.is_none() => Standing::KithsOwn,
        _ if version.made_by.is_empty() => Standing::Counted,
        Some(review) if review.approved => Standing::Counted,
        Some(_) => Standing::Refused,
        None if version.version != newest => Standing::Overtaken,
        None if is_whole => Standing::Waits,
        None => Standing::Draft,
    }
}

/// Whether somebody may say that a version counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// She did not write it.
    Approve,
    /// She wrote it, and nobody else works here to ask: it will say so.
    ApproveAlone,
    /// She wrote it, and somebody else works here.
    AskAnother,
    /// She wrote it, works here by herself and does not own the clinic.
    AskOwner,
}

/// Whether somebody may say that a version counts. `others`: how many work here beside her.
pub fn may_approve(version: &Version, person_id: &str, is_owner: bool, others: usize) -> May {
    match (version.made_by == person_id, others, is_owner) {
        (false, _, _) => May::Approve,
        (true, 0, true) => May::ApproveAlone,
        (true, 0, false) => May::AskOwner,
        (true, _, _) => May::AskAnother,
    }
}

/// One thing in which two versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The outcome, by its id; nothing for what is said of the whole study.
    pub outcome: Option<String>,
    /// The key.
    pub key: &'static str,
    /// What stood there; empty where nothing did.
    pub before: String,
    /// What stands there.
    pub after: String,
}

/// In what two versions differ. Outcomes are the same when they have the same id.
pub fn differences(before: &Draft, after: &Draft) -> Vec<Difference> {
    let keys = OF_STUDY.iter().map(|(key, _)| *key);
    let mut found = between(
        None,
        keys.chain([RETIRED]),
        Some(&before.study),
        Some(&after.study),
    );
    let id = |outcome: &BTreeMap<String, String>| outcome.get("id").cloned().unwrap_or_default();
    let of = |draft: &Draft, wanted: &str| -> Option<BTreeMap<String, String>> {
        draft.outcomes.iter().find(|one| id(one) == wanted).cloned()
    };
    let mut seen: Vec<String> = Vec::new();
    for name in before.outcomes.iter().chain(&after.outcomes).map(id) {
        if !seen.contains(&name) {
            let keys = OF_OUTCOME.iter().map(|(key, _)| *key);
            let (one, other) = (of(before, &name), of(after, &name));
            found.extend(between(Some(&name), keys, one.as_ref(), other.as_ref()));
            seen.push(name);
        }
    }
    found
}

fn between(
    outcome: Option<&str>,
    keys: impl Iterator<Item = &'static str>,
    before: Option<&BTreeMap<String, String>>,
    after: Option<&BTreeMap<String, String>>,
) -> Vec<Difference> {
    let value = |values: Option<&BTreeMap<String, String>>, key: &str| {
        values
            .and_then(|values| values.get(key).cloned())
            .unwrap_or_default()
    };
    keys.map(|key| Difference {
        outcome: outcome.map(str::to_owned),
        key,
        before: value(before, key),
        after: value(after, key),
    })
    .filter(|difference| difference.before != difference.after)
    .collect()
}
