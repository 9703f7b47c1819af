//! A clinic's own studies, corrections and retirements, laid over the library it was given.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{self, Around};
use super::{Cell, Checked, Evidence, Piece, Study, Template, cell};
use crate::problem::{Problem, Report};

/// What a clinic made of one study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The study's id.
    pub study: String,
    /// The study as its file would be written; nothing where it is left out from now on.
    pub body: Option<String>,
}

/// A library with revisions laid over it.
#[derive(Clone, Debug, PartialEq)]
pub struct Revised {
    /// What came of it. A study whose revision has a fault stays as it was.
    pub evidence: Evidence,
    /// What is wrong, file by file.
    pub problems: Vec<Problem>,
}

impl Evidence {
    /// Lays revisions over the library; of one study the last counts. `sources` are the ids of what is no study.
    pub(crate) fn revised(&self, sources: &[&str], revisions: &[Revision]) -> Revised {
        let last: BTreeMap<&str, Option<&str>> = revisions
            .iter()
            .map(|revision| (revision.study.as_str(), revision.body.as_deref()))
            .collect();
        let mut ids: BTreeSet<&str> = self.studies.iter().map(|study| study.id.as_str()).collect();
        for (&id, body) in &last {
            match body {
                Some(_) => ids.insert(id),
                None => ids.remove(id),
            };
        }
        let constructs: Vec<&str> = self
            .constructs
            .iter()
            .map(|construct| construct.id.as_str())
            .collect();
        let known: Vec<String> = ids.iter().map(|&id| id.to_owned()).collect();
        let around = Around {
            constructs: (!constructs.is_empty()).then_some(constructs.as_slice()),
            studies: &known,
            sources,
        };
        let mut problems = Vec::new();
        let mut studies: Vec<Study> = Vec::new();
        for &id in &ids {
            let kept = self.study(id);
            let Some(Some(body)) = last.get(id) else {
                if let Some(sample) = kept.and_then(|study| study.sample.as_deref())
                    && !ids.contains(sample)
                {
                    problems.push(fault(sample, format!("`{id}` names this study as the one whose people are also its own: correct `{id}` first")));
                }
                studies.extend(kept.cloned());
                continue;
            };
            let path = path_of(id);
            let body = body.replace("\r\n", "\n");
            let mut report = Report::new(&path, &body);
            let read = read::read(&mut report, id, &body, &around);
            problems.extend(report.finish());
            studies.extend(read.or_else(|| kept.cloned()));
        }
        let mut evidence = Self {
            studies,
            ..self.clone()
        };
        evidence.look_up_again(&mut problems);
        problems.dedup();
        Revised { evidence, problems }
    }

    /// Puts the figures of these studies into the sentences that quote them. A sentence whose figure is gone is not said.
    fn look_up_again(&mut self, problems: &mut Vec<Problem>) {
        let studies = &self.studies;
        let claims = self
            .contested
            .iter_mut()
            .flat_map(|claim| [&mut claim.client, &mut claim.colleague]);
        let all = claims
            .chain(self.certainty.templates_mut())
            .chain(self.lines.templates_mut());
        for template in all {
            if let Err(gone) = look_up(studies, template) {
                let study = gone.split('/').next().unwrap_or_default();
                problems.push(fault(study, format!("a sentence of this library quotes `{gone}`: the figure must stay, and must not rest on memory")));
                template.pieces.clear();
            }
        }
    }
}

fn look_up(studies: &[Study], template: &mut Template) -> Result<(), String> {
    for piece in &mut template.pieces {
        let Piece::Cell(quoted, _) = piece else {
            continue;
        };
        match cell(studies, &quoted.id) {
            Some(found) if is_quotable(&found) => *quoted = found,
            _ => return Err(quoted.id.clone()),
        }
    }
    Ok(())
}

fn is_quotable(cell: &Cell) -> bool {
    cell.number.is_some() && cell.verified != Checked::Recalled
}

fn path_of(id: &str) -> String {
    format!("evidence/studies/{id}.toml")
}

fn fault(id: &str, message: String) -> Problem {
    Problem {
        file: path_of(id),
        line: 1,
        column: 1,
        message,
        allowed: None,
    }
}
