//! What is told though it is contested, and what may be said of it instead.

use super::{Study, Template, template};
use crate::lists;
use crate::problem::Report;
use crate::wording;

/// A contested claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Contested {
    /// What addresses call it.
    pub id: String,
    /// What is said: "A quarter of people have nobody to confide in".
    pub heard: String,
    /// The constructs whose statements tell of it.
    pub constructs: Vec<String>,
    /// Whether it is told with every question.
    pub always: bool,
    /// What may be said to a client.
    pub client: Template,
    /// What may be said to colleagues and supervisors.
    pub colleague: Template,
    /// The ids of the studies and sources it rests on.
    pub sources: Vec<String>,
}

/// Reads `evidence/claims.toml`. The lists are nothing where their files are broken themselves.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    constructs: Option<&[&str]>,
    studies: Option<&[Study]>,
    sources: Option<&[&str]>,
) -> Vec<Contested> {
    lists::entries(report, text, "claim", "id", |report, table, id| {
        let heard = table.text(report, "heard", 200);
        wording::check(report, heard.at, &heard.value);
        let always = table.yes_if_said(report, "always");
        let about = table.texts_if_any(report, "constructs", 60);
        if let Some(known) = constructs {
            for construct in about
                .iter()
                .filter(|text| !known.contains(&text.value.as_str()))
            {
                report.unknown(
                    construct.at,
                    "a construct of evidence/constructs.toml",
                    &construct.value,
                    known,
                );
            }
        }
        let client = table.text(report, "client", 400);
        let client = template::read(report, &client, &[], studies);
        let colleague = table.text(report, "colleague", 600);
        let colleague = template::read(report, &colleague, &[], studies);
        let before = report.count();
        let named = table.texts(report, "sources", 60);
        if named.is_empty() && report.count() == before {
            report.add(
                table.place_of("sources"),
                "`sources` is empty: name the studies or sources this rests on",
            );
        }
        if let Some(known) = sources {
            for source in named
                .iter()
                .filter(|text| !known.contains(&text.value.as_str()))
            {
                report.unknown(
                    source.at,
                    "a study or a source",
                    &source.value,
                    &[] as &[&str],
                );
            }
        }
        Some(Contested {
            id,
            heard: heard.value,
            constructs: about.into_iter().map(|text| text.value).collect(),
            always,
            client,
            colleague,
            sources: named.into_iter().map(|text| text.value).collect(),
        })
    })
}
