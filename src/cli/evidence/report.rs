//! What `kith evidence` says, as JSON and as text.

use kith_content::evidence::ToldTo;
use kith_evidence::{Answer, Pool, Published, Said};
use serde_json::{Value as Json, json};

use crate::cli::{Failure, meta};

pub(super) fn answer(answer: &Answer<'_>, audiences: &[ToldTo]) -> Result<Json, Failure> {
    let question = &answer.question;
    let pooled = match &answer.pool {
        Some(pool) => pooled(pool, answer.without_one)?,
        None => Json::Null,
    };
    let certainty = answer.certainty.as_ref().map(|certainty| {
        let reasons: Vec<String> = certainty
            .ratings
            .iter()
            .map(|rating| {
                format!(
                    "{} ({}): {}",
                    rating.domain.as_str(),
                    steps(rating),
                    rating.reason.text
                )
            })
            .collect();
        let domains: Vec<Json> = certainty
            .ratings
            .iter()
            .map(|rating| {
                json!({
                    "domain": rating.domain.as_str(),
                    "by": rating.by,
                    "reason": said(&rating.reason),
                })
            })
            .collect();
        json!({"level": certainty.level, "reasons": reasons, "domains": domains})
    });
    let nothing = json!({
        "level": null,
        "reasons": ["Nothing may be pooled, so there is nothing to be sure of."],
        "domains": [],
    });
    let statements: serde_json::Map<String, Json> = audiences
        .iter()
        .map(|to| {
            let all: Vec<Json> = answer
                .statements
                .get(to)
                .into_iter()
                .flatten()
                .map(said)
                .collect();
            (to.to_string(), Json::from(all))
        })
        .collect();
    let limits: Vec<String> = answer
        .limits
        .iter()
        .map(|limit| limit.text.clone())
        .chain(
            answer
                .caveats
                .iter()
                .map(|(study, caveat)| format!("{study}: {caveat}")),
        )
        .collect();
    let left_out: Vec<Json> = answer
        .left_out
        .iter()
        .map(|left_out| {
            json!({
                "cell": left_out.cell(),
                "study": left_out.study.id,
                "favours": left_out.outcome.favours,
                "why": left_out.why.to_string(),
                "verified": left_out.outcome.verified,
            })
        })
        .collect();
    Ok(json!({
        "question": {
            "text": answer.asked,
            "construct": question.construct,
            "comparator": question.comparator,
            "family": question.family.to_string(),
            "setting": question.setting,
            "people": question.people,
            "timepoint": question.timepoint,
        },
        "pooled": pooled,
        "published": answer.published.iter().map(published).collect::<Vec<_>>(),
        "certainty": certainty.unwrap_or(nothing),
        "translated": answer.translated.as_ref().map(|translated| json!({
            "control_rate": translated.control_rate,
            "treated_rate": translated.treated_rate,
            "treated_ci": translated.treated_ci,
            "superiority": translated.superiority,
            "superiority_ci": translated.superiority_ci,
            "number_needed": translated.number_needed,
        })),
        "statements": statements,
        "limits": limits,
        "left_out": left_out,
    }))
}

/// The pool as `kith meta` prints one, and what it is made of.
fn pooled(pool: &Pool<'_>, without_one: Option<(f64, f64)>) -> Result<Json, Failure> {
    let (yi, vi): (Vec<f64>, Vec<f64>) = pool.taken.iter().map(|taken| (taken.g, taken.v)).unzip();
    let mut out = meta::pooled(&yi, &vi, &pool.settings).map_err(Failure::failed)?;
    let studies: Vec<Json> = pool
        .taken
        .iter()
        .zip(&pool.pooled.weights)
        .map(|(taken, weight)| {
            json!({
                "study": taken.study.id,
                "cells": taken.cells,
                "yi": taken.g,
                "vi": taken.v,
                "ci": taken.ci(pool.settings.level),
                "weight": weight,
                "n": taken.n_treatment + taken.n_control,
                "family": taken.study.family,
                "against": taken.study.against,
                "comparator": taken.study.comparator,
                "composite": taken.outcome.composite,
                "approximate": taken.study.arms_assumed_equal,
                "verified": taken.outcome.verified,
                "source": taken.outcome.source,
            })
        })
        .collect();
    out["people"] = json!(pool.people());
    out["without_one"] = json!(without_one);
    out["careful_ci"] = json!(pool.careful);
    out["reliable"] = json!(pool.is_reliable());
    out["studies"] = json!(studies);
    Ok(out)
}

fn published(of: &Published<'_>) -> Json {
    json!({
        "study": of.study.id,
        "value": of.outcome.value,
        "ci": of.outcome.ci,
        "k": of.outcome.studies.or(of.study.studies),
        "effect": of.outcome.effect,
        "comparable": of.comparable,
        "comparator": of.study.comparator,
        "composite": of.outcome.composite,
        "within_group": of.outcome.within_group,
        "favours": of.outcome.favours,
        "verdict": of.verdict(),
        "note": of.outcome.note,
        "verified": of.outcome.verified,
        "cell": of.cell(),
    })
}

fn said(of: &Said) -> Json {
    let numbers: Vec<Json> = of
        .numbers
        .iter()
        .map(|number| json!({"shown": number.shown, "value": number.value, "from": number.from}))
        .collect();
    json!({"text": of.text, "numbers": numbers})
}

fn steps(rating: &kith_evidence::Rating) -> String {
    let way = if rating.domain == kith_evidence::Domain::Raises {
        "up"
    } else {
        "down"
    };
    match rating.by {
        0 => "nothing off".to_owned(),
        1 => format!("1 {way}"),
        by => format!("{by} {way}"),
    }
}

/// What is said, audience by audience, then the warnings.
pub(super) fn text(answer: &Answer<'_>, audiences: &[ToldTo]) -> String {
    let mut lines = vec![answer.asked.clone()];
    for to in audiences {
        lines.push(format!("\nFor a {to}"));
        for said in answer.statements.get(to).into_iter().flatten() {
            lines.push(format!("  {}", said.text));
        }
    }
    let whom = audiences.iter().any(|to| *to != ToldTo::Client);
    if whom && !answer.published.is_empty() {
        lines.push("\nPublished".to_owned());
        for published in &answer.published {
            lines.push(format!("  {}", published_line(published)));
        }
    }
    if whom && !answer.caveats.is_empty() {
        lines.push("\nWarnings of the trials in the pool".to_owned());
        for (study, caveat) in &answer.caveats {
            lines.push(format!("  {study}: {caveat}"));
        }
    }
    if whom && !answer.left_out.is_empty() {
        lines.push("\nNot in the pool".to_owned());
        for left_out in &answer.left_out {
            lines.push(format!("  {}: {}", left_out.cell(), left_out.why));
        }
    }
    lines.join("\n")
}

/// A published figure with its warning.
pub(super) fn published_line(of: &Published<'_>) -> String {
    let figure = match (of.outcome.value, of.outcome.effect) {
        (Some(value), Some(kind)) => format!("{kind} {value}"),
        _ => "a direction only".to_owned(),
    };
    let interval = of
        .outcome
        .ci
        .map(|(low, high)| format!(" [{low}, {high}]"))
        .unwrap_or_default();
    let verdict = of
        .verdict()
        .map(|words| format!(" {words}"))
        .unwrap_or_default();
    format!(
        "{} {}: {figure}{interval}.{verdict}",
        of.study.by(),
        of.study.year
    )
}

pub(super) fn overview(answers: &[Answer<'_>]) -> Json {
    let all: Vec<Json> = answers
        .iter()
        .map(|answer| {
            json!({
                "construct": answer.question.construct,
                "k": answer.pool.as_ref().map_or(0, |pool| pool.pooled.k),
                "estimate": answer.pool.as_ref().map(|pool| pool.pooled.estimate),
                "ci": answer.pool.as_ref().map(|pool| pool.pooled.ci),
                "reliable": answer.pool.as_ref().is_some_and(Pool::is_reliable),
                "certainty": answer.certainty.as_ref().map(|certainty| certainty.level),
                "published": answer.published.len(),
                "left_out": answer.left_out.len(),
            })
        })
        .collect();
    json!({"constructs": all})
}

pub(super) fn overview_text(answers: &[Answer<'_>]) -> String {
    let mut lines =
        vec!["construct               trials  difference [interval]       certainty".to_owned()];
    for answer in answers {
        let construct = &answer.question.construct;
        lines.push(match (&answer.pool, &answer.certainty) {
            (Some(pool), certainty) => {
                let (low, high) = pool.pooled.ci;
                let interval = format!("{:.2} [{low:.2}, {high:.2}]", pool.pooled.estimate);
                let level = certainty
                    .as_ref()
                    .map_or("not rated", |certainty| certainty.level.as_str());
                let not = if pool.is_reliable() {
                    ""
                } else {
                    ", not reliable"
                };
                format!(
                    "{construct:<23} {:>6}  {interval:<26}  {level}{not}",
                    pool.pooled.k
                )
            }
            (None, _) => format!("{construct:<23}      0  not known"),
        });
    }
    lines.join("\n")
}
