//! The questions there are, one of them answered, and what is contested.

use axum::extract::{Path, Query};
use kith_content::evidence::ToldTo;
use kith_evidence::{Answer, Question, answer};

use super::rules::{Asked, in_order, says_something};
use super::{keeping, own, page, pages, store, works_here};
use crate::app::{App, State};
use crate::features::people::{Person, caseload};
use kith_base::error::Error;
use kith_base::web::layout::Page;

/// `GET /evidence`
pub(super) async fn overview(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let evidence = app.content.evidence();
    let to = asked.audience(works_here(&person))?;
    let answers: Vec<Answer<'_>> = evidence
        .constructs
        .iter()
        .map(|construct| {
            let question = Question::about(evidence, &construct.id).map_err(|_| Error::NotFound)?;
            answer(evidence, &question).map_err(Error::internal)
        })
        .collect::<Result<_, _>>()?;
    let answers = in_order(answers.iter().filter(|one| says_something(one)).collect());
    let waiting = match works_here(&person) {
        true => Some(keeping::open(&app, &person.clinic_id).await?.0.len()),
        false => None,
    };
    let body = pages::overview(evidence, &answers, to, waiting);
    Ok(page(&person, "What studies found", body))
}

/// `GET /evidence/contested`
pub(super) async fn contested(
    State(app): State<App>,
    person: Person,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let to = asked.audience(works_here(&person))?;
    let body = pages::contested(&app, to);
    Ok(page(&person, "What is contested", body))
}

/// `GET /evidence/{construct}`
pub(super) async fn question(
    State(app): State<App>,
    person: Person,
    Path(construct): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Error> {
    let evidence = app.content.evidence();
    let works_here = works_here(&person);
    let to = asked.audience(works_here)?;
    let question = asked.question(evidence, &construct)?;
    let seen = if works_here && to != ToldTo::Client {
        Some(clinic(&app, &person, &question.construct).await?)
    } else {
        None
    };
    let answer = answer(evidence, &question).map_err(Error::internal)?;
    let clinic = person.clinic_id.clone();
    let own = app
        .db
        .read(move |tx| keeping::own_studies(tx, &clinic))
        .await?;
    let beside = pages::Beside {
        seen: seen.as_deref(),
        own: &own,
    };
    let body = pages::question(evidence, &answer, (&asked, to, works_here), &beside);
    let title = pages::title(evidence, &answer, to);
    Ok(page(&person, &title, body))
}

/// What our own clinic's questionnaires about a construct show, as far as they may be shown to this person.
async fn clinic(app: &App, person: &Person, construct: &str) -> Result<Vec<own::Seen>, Error> {
    let instruments = own::instruments(&app.content, construct);
    let wanted: Vec<String> = instruments.iter().map(|one| one.id.clone()).collect();
    let (now, viewer) = (app.clock.now(), person.clone());
    let (rows, known) = app
        .db
        .read(move |tx| {
            let rows = store::list_totals(tx, &viewer.clinic_id, &wanted)?;
            let readable = caseload(tx, &viewer)?.into_iter().filter_map(|client| {
                let record = client.record()?;
                Some(record.person_id().to_owned())
            });
            Ok::<_, Error>((rows, readable.collect::<Vec<String>>()))
        })
        .await?;
    Ok(own::seen(&instruments, &rows, &known, now))
}
