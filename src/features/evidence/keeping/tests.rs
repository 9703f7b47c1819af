//! What a clinic writes about studies counts once somebody else has read it, and for that clinic alone.

use axum::body::Body;
use axum::http::StatusCode;
use kith_content::evidence::draft::{Draft, OF_OUTCOME, OF_STUDY};
use kith_evidence::{Question, answer};

use super::fields::{draft_of, form_of, name};
use super::rules::{May, Standing, differences, may_approve, standing};
use super::store::{Review, list_reviews};
use crate::content::store::Version;
use crate::testing::{Answer, Someone, TestApp, content};

/// A trial that is in no library, as somebody fills it in.
const TRIAL: [(&str, &str); 27] = [
    ("title", "Kind letters to oneself: a small trial"),
    ("authors", "Okoye, Lindqvist"),
    ("year", "2025"),
    ("journal", "Journal of Small Trials"),
    ("volume", "3"),
    ("doi", "10.5555/okoye.2025"),
    ("source", "https://example.org/okoye"),
    ("verified", "full-text"),
    ("design", "waitlist-rct"),
    ("family", "self-compassion"),
    ("people", "adults"),
    ("setting", "community"),
    ("population", "adults, Nigeria"),
    (
        "intervention",
        "letters to oneself, 20 minutes a day, one week",
    ),
    ("days", "7"),
    ("minutes_a_day", "20"),
    ("comparator", "waiting list"),
    ("against", "passive"),
    ("n_treatment", "40"),
    ("n_control", "42"),
    ("outcomes", "1"),
    ("outcome-0-construct", "depression"),
    ("outcome-0-measure", "PHQ-9"),
    ("outcome-0-effect", "hedges-g"),
    ("outcome-0-value", "0.5"),
    ("outcome-0-favours", "treatment"),
    ("read_in", "Table 2, page 7"),
];

const NAME: &str = "okoye2025";

fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = TRIAL.to_vec();
    for (name, value) in changes {
        fields.retain(|(key, _)| key != name);
        fields.push((name, value));
    }
    fields
}

async fn offer(app: &TestApp, who: &Someone, changes: &[(&str, &str)]) -> Answer {
    let mut fields = with(changes);
    fields.push(("do", "offer"));
    app.post(Some(who), "/evidence/studies", &fields).await
}

async fn correct(
    app: &TestApp,
    who: &Someone,
    study: &str,
    base: &str,
    changes: &[(&str, &str)],
) -> Answer {
    let kept = super::kept(
        &app.app.at(&who.clinic_id).await.unwrap(),
        &who.clinic_id,
        study,
    )
    .await
    .unwrap();
    let mut form = form_of(&kept.newest().unwrap().draft());
    for (name, value) in changes {
        form.set(name, value);
    }
    let names: Vec<String> = OF_STUDY
        .iter()
        .map(|(key, _)| (*key).to_owned())
        .chain(["retired".to_owned(), "outcomes".to_owned()])
        .chain((0..9).flat_map(|index| OF_OUTCOME.map(|(key, _)| name(index, key))))
        .collect();
    let mut fields: Vec<(&str, &str)> = names
        .iter()
        .map(|name| (name.as_str(), form.raw(name)))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    fields.extend([
        ("base", base),
        ("do", "offer"),
        ("wrong", "The figure was of the follow-up."),
        ("read_in", "Table 3"),
    ]);
    fields.extend(changes.iter().filter(|(name, _)| *name == "do"));
    let path = format!("/evidence/studies/{study}/versions");
    app.post(Some(who), &path, &fields).await
}

async fn approve(app: &TestApp, who: &Someone, study: &str, version: &str) -> Answer {
    let path = format!("/evidence/studies/{study}/versions/{version}/approval");
    app.post(Some(who), &path, &[]).await
}

/// A correction of a study that comes with Kith, written by Noor, which nobody has read; tells its version.
pub(crate) async fn waiting_version(app: &TestApp) -> String {
    let ours = app.app.at(&app.noor.clinic_id).await.unwrap();
    let kept = super::kept(&ours, &app.noor.clinic_id, "weng2013")
        .await
        .unwrap();
    if let Some(open) = kept.open() {
        return open.version.version.to_string();
    }
    let sent = correct(app, &app.noor, "weng2013", "1", &[("caveat", "Small.")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    sent.place.rsplit('/').next().unwrap().to_owned()
}

/// How many trials the pool on depression has for somebody, read off the content her requests see.
async fn pooled(app: &TestApp, who: &Someone) -> usize {
    let theirs = app.app.at(&who.clinic_id).await.unwrap();
    let evidence = theirs.content.evidence();
    let question = Question::about(evidence, "depression").unwrap();
    answer(evidence, &question).unwrap().pool.unwrap().pooled.k
}

async fn library_version(app: &TestApp, who: &Someone) -> String {
    let page = app.get(Some(who), "/evidence/depression").await.text;
    let (_, after) = page.split_once("Library ").unwrap();
    after.split('.').next().unwrap().to_owned()
}

fn version(number: i64, by: &str) -> Version {
    Version {
        clinic_id: "ours".into(),
        path: "evidence/studies/a.toml".into(),
        version: number,
        text: String::new(),
        note: String::new(),
        made_by: by.into(),
        made_at: 0,
    }
}

#[test]
fn nobody_reads_her_own_unless_nobody_else_works_here_and_the_clinic_is_hers() {
    let hers = version(2, "amira");
    for (person, is_owner, others, expected) in [
        ("noor", false, 3, May::Approve),
        ("noor", true, 0, May::Approve),
        ("amira", false, 3, May::AskAnother),
        ("amira", true, 1, May::AskAnother),
        ("amira", true, 0, May::ApproveAlone),
        ("amira", false, 0, May::AskOwner),
    ] {
        let may = may_approve(&hers, person, is_owner, others);
        assert_eq!(may, expected, "{person} {is_owner} {others}");
    }
}

#[test]
fn each_version_stands_in_one_way() {
    let review = |approved| Review {
        study: "a".into(),
        version: 2,
        approved,
        alone: false,
        note: String::new(),
        decided_by: "noor".into(),
        decided_at: 0,
    };
    let (yes, no) = (review(true), review(false));
    for (of, review, newest, in_use, whole, expected) in [
        (version(1, ""), None, 1, None, true, Standing::KithsOwn),
        (version(1, ""), None, 2, None, true, Standing::KithsOwn),
        (version(1, ""), None, 2, Some(2), true, Standing::Counted),
        (version(2, "amira"), None, 2, None, true, Standing::Waits),
        (version(2, "amira"), None, 2, None, false, Standing::Draft),
        (
            version(2, "amira"),
            None,
            3,
            None,
            true,
            Standing::Overtaken,
        ),
        (
            version(2, "amira"),
            Some(&yes),
            2,
            Some(2),
            true,
            Standing::Counts,
        ),
        (
            version(2, "amira"),
            Some(&yes),
            3,
            Some(3),
            true,
            Standing::Counted,
        ),
        (
            version(2, "amira"),
            Some(&no),
            2,
            None,
            true,
            Standing::Refused,
        ),
    ] {
        let stands = standing(&of, review, (newest, in_use), whole);
        assert_eq!(stands, expected, "{of:?} {review:?} {newest} {in_use:?}");
    }
}

#[test]
fn what_differs_is_told_key_by_key() {
    let draft = |value: &str, note: &str| {
        let text = format!(
            "title = \"T\"\n[[outcome]]\nid = \"stress\"\nvalue = {value}\nci = [0.1, 0.9]\n{note}\n"
        );
        Draft::read(&text).unwrap()
    };
    let found = differences(&draft("0.5", ""), &draft("0.4", "note = \"n\""));
    let told: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| (one.key, one.before.as_str(), one.after.as_str()))
        .collect();
    assert_eq!(told, [("value", "0.5", "0.4"), ("note", "", "n")]);
    assert_eq!(found[0].outcome.as_deref(), Some("stress"));
    assert!(differences(&draft("0.5", ""), &draft("0.5", "")).is_empty());
    assert_eq!(differences(&Draft::default(), &draft("0.5", "")).len(), 5);
}

#[tokio::test]
async fn every_study_of_the_library_goes_through_its_form_unchanged() {
    let library = content();
    for study in &library.evidence().studies {
        let path = format!("evidence/studies/{}.toml", study.id);
        let text = crate::content::common_file(None, &path).unwrap();
        let draft = Draft::read(&text).unwrap();
        let again = draft_of(&form_of(&draft));
        assert_eq!(again, draft, "{}", study.id);
        let read = kith_content::evidence::read_study(&library, &study.id, &again.write().text);
        assert_eq!(read.as_ref(), Ok(study));
    }
    // And each key has its field on the page, so that a browser sends it back.
    let app = TestApp::new().await;
    let page = app
        .get(Some(&app.amira), "/evidence/studies/weng2013/versions/new")
        .await
        .text;
    for (key, _) in OF_STUDY {
        assert!(page.contains(&format!(" name=\"{key}\"")), "{key}");
    }
    for (key, _) in OF_OUTCOME {
        assert!(
            page.contains(&format!(" name=\"outcome-0-{key}\"")),
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_study_counts_once_somebody_else_has_read_it_and_for_that_clinic_alone() {
    let app = TestApp::new().await;
    let (before, theirs) = (pooled(&app, &app.amira).await, pooled(&app, &app.dov).await);
    let (library, foreign) = (
        library_version(&app, &app.amira).await,
        library_version(&app, &app.dov).await,
    );
    let sent = offer(&app, &app.ema, &[]).await;
    assert_eq!(
        sent.place,
        format!("/evidence/studies/{NAME}/versions/1"),
        "{}",
        sent.text
    );

    // Until somebody read it, it is nowhere but on its own page.
    assert_eq!(pooled(&app, &app.amira).await, before);
    let page = app.get(Some(&app.ema), &sent.place).await.text;
    for wanted in [
        "waits for a second pair of eyes",
        "Read in: Table 2, page 7",
        "Written by Ema",
        "You wrote this",
        "read in the full text",
        "It is in no pool",
    ] {
        assert!(
            page.to_lowercase().contains(&wanted.to_lowercase()),
            "{wanted}: {page}"
        );
    }
    let address = format!("/evidence/studies/{NAME}");
    assert_eq!(app.get(Some(&app.amira), &address).await.place, sent.place);
    assert_eq!(app.get(Some(&app.ben), &address).await.status, 404);
    assert_eq!(app.get(Some(&app.dov), &address).await.status, 404);
    assert_eq!(app.get(Some(&app.dov), &sent.place).await.status, 404);
    assert!(
        app.get(Some(&app.amira), "/evidence/waiting")
            .await
            .text
            .contains("Okoye, Lindqvist, 2025")
    );
    assert!(
        app.get(Some(&app.amira), "/evidence")
            .await
            .text
            .contains("One study waits")
    );

    // Not by her who wrote it, not by a stranger.
    assert_eq!(approve(&app, &app.ema, NAME, "1").await.status, 422);
    assert_eq!(approve(&app, &app.dov, NAME, "1").await.status, 404);
    assert_eq!(pooled(&app, &app.amira).await, before);
    let decided = approve(&app, &app.amira, NAME, "1").await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);

    assert_eq!(pooled(&app, &app.amira).await, before + 1);
    assert_eq!(pooled(&app, &app.dov).await, theirs);
    assert_ne!(
        library_version(&app, &app.amira).await,
        library,
        "another library, another name"
    );
    assert_eq!(library_version(&app, &app.dov).await, foreign);
    let question = app
        .get(Some(&app.ben), "/evidence/depression?audience=supervisor")
        .await
        .text;
    assert!(
        question.contains(&format!(">{}</a> trials with", before + 1)),
        "{question}"
    );
    assert!(question.contains("Okoye"), "it stands in the forest");
    assert!(question.contains("One of these trials was written or corrected in this clinic"));
    assert!(!question.contains("nobody but its writer"));
    let page = app.get(Some(&app.ben), &address).await.text;
    assert!(page.contains("was written in this clinic (version 1)"));
    assert!(
        !page.contains("Correct this") && !page.contains("Ema"),
        "a client sees no name and no button"
    );
    assert!(
        app.get(Some(&app.dov), "/evidence/depression?audience=supervisor")
            .await
            .text
            .contains(&format!(">{theirs}</a> trials with"))
    );

    let deeds = app.get(Some(&app.olu), "/clinic/audit").await.text;
    for deed in [
        format!("offered the study {NAME}"),
        format!("let version 1 of the study {NAME} count"),
    ] {
        assert!(deeds.contains(&deed), "{deed}");
    }
    let record = app.get(Some(&app.ema), "/me/record.json").await.json();
    assert_eq!(record["studies"]["written"][0]["version"], 1);
    let record = app.get(Some(&app.amira), "/me/record.json").await.json();
    assert_eq!(record["studies"]["decided"][0]["study"], NAME);
    // Decided once.
    assert_eq!(
        approve(&app, &app.amira, NAME, "1").await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn a_correction_of_a_study_that_comes_with_kith_leaves_every_version_to_be_cited() {
    let app = TestApp::new().await;
    let study = "eriksson2018";
    let first = format!("/evidence/studies/{study}/versions/1");
    let before = app.get(Some(&app.amira), &first).await;
    assert!(
        before.text.contains("as it comes with Kith"),
        "{}",
        before.text
    );
    assert_eq!(
        app.get(
            Some(&app.amira),
            &format!("/evidence/studies/{study}/versions/2")
        )
        .await
        .status,
        404
    );

    let lacking = correct(&app, &app.noor, study, "1", &[]).await;
    assert_eq!(lacking.status, 422);
    assert!(
        lacking.text.contains("what version 1 says already"),
        "{}",
        lacking.text
    );
    let sent = correct(&app, &app.noor, study, "1", &[("outcome-2-value", "0.51")]).await;
    assert_eq!(
        sent.place,
        format!("/evidence/studies/{study}/versions/2"),
        "{}",
        sent.text
    );
    // What counts is still what came with Kith.
    let value = async |who: &Someone| {
        let theirs = app.app.at(&who.clinic_id).await.unwrap();
        theirs
            .content
            .evidence()
            .cell("eriksson2018/stress/value")
            .unwrap()
            .number
    };
    assert_eq!(value(&app.amira).await, Some(0.59));
    assert_eq!(
        approve(&app, &app.chloe, study, "2").await.place,
        format!("/evidence/studies/{study}")
    );
    assert_eq!(value(&app.amira).await, Some(0.51));
    assert_eq!(value(&app.dov).await, Some(0.59));

    // Both can be read as they were, and what lies between them.
    let first = app.get(Some(&app.chloe), &first).await.text;
    assert!(
        first.contains("0.59") && first.contains("counted until a later one did"),
        "{first}"
    );
    let second = app.get(Some(&app.chloe), &sent.place).await.text;
    for wanted in [
        "0.51",
        "Version 2 of 2: counts",
        "What was wrong: The figure was of the follow-up.",
        "Read in: Table 3",
        "Written by Noor",
        "Read by Chloe",
    ] {
        assert!(second.contains(wanted), "{wanted}: {second}");
    }
    let differs = app
        .get(Some(&app.chloe), &format!("{}/differences", sent.place))
        .await
        .text;
    assert!(
        differs.contains("0.59") && differs.contains("0.51") && differs.contains("stress: Figure"),
        "{differs}"
    );
    let all = app
        .get(
            Some(&app.chloe),
            &format!("{}/differences?from=0", sent.place),
        )
        .await;
    assert!(all.text.contains("Frontiers in Psychology"));
    assert_eq!(
        app.get(
            Some(&app.chloe),
            &format!("{}/differences?from=7", sent.place)
        )
        .await
        .status,
        404
    );
}

#[tokio::test]
async fn what_two_write_at_once_is_not_lost_and_not_laid_over_each_other() {
    let app = TestApp::new().await;
    let first = correct(&app, &app.noor, "weng2013", "1", &[("caveat", "Noor’s.")]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let second = correct(
        &app,
        &app.amira,
        "weng2013",
        "1",
        &[("caveat", "Amira’s own words.")],
    )
    .await;
    assert_eq!(second.status, 422);
    assert!(
        second
            .text
            .contains("Somebody else wrote a version of this meanwhile")
    );
    assert!(
        second.text.contains("Amira’s own words."),
        "what she wrote is still there"
    );
    assert!(
        second.text.contains("name=\"base\" value=\"2\""),
        "and can be offered after looking"
    );
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_is_lost() {
    let app = TestApp::new().await;
    for (changes, field, words) in [
        (
            &[("design", "")][..],
            "design",
            "Please say this: how it was made.",
        ),
        (&[("year", "MMXX")], "year", "This is no number"),
        (&[("doi", "doi:10.1/x")], "doi", "A DOI begins with 10."),
        (
            &[("n_control", "")],
            "n_treatment",
            "“People who trained” and “People who did not” go together",
        ),
        (
            &[("outcome-0-value", "-0.5")],
            "outcome-0-value",
            "A positive figure means improvement",
        ),
        (
            &[("outcome-0-value", "0,5")],
            "outcome-0-value",
            "Write decimals with a point",
        ),
        (
            &[("outcome-0-ci_low", "0.1")],
            "outcome-0-ci_low",
            "must be two numbers",
        ),
        (
            &[("outcome-0-ci_low", "-0.1"), ("outcome-0-ci_high", "1.1")],
            "outcome-0-ci_low",
            "“Whom it favours: none”",
        ),
        (
            &[("outcome-0-favours", "")],
            "outcome-0-favours",
            "Please say this: whom it favours.",
        ),
        (
            &[("against", "none")],
            "against",
            "A trial compares with something",
        ),
        (
            &[("design", "pre-post"), ("against", "none")],
            "outcome-0-construct",
            "“The score mixes",
        ),
        (
            &[("read_in", "")],
            "read_in",
            "Please say where in it you read the figures.",
        ),
        (
            &[
                (
                    "title",
                    "Mindful self-compassion training reduces stress and burnout symptoms among practicing psychologists: a randomized controlled trial of a brief web-based intervention",
                ),
                ("year", "2018"),
            ],
            "title",
            "This is the paper of eriksson2018",
        ),
    ] {
        let sent = offer(&app, &app.ema, changes).await;
        assert_eq!(sent.status, 422, "{changes:?}");
        if field == "outcome-0-construct" {
            // Change within one group has to be named as such.
            assert!(
                sent.text.contains("“Change within one group"),
                "{}",
                sent.text
            );
            continue;
        }
        assert!(sent.text.contains(words), "{words}: {}", sent.text);
        assert!(
            sent.text.contains(&format!("id=\"{field}-problem\"")),
            "{field}: {}",
            sent.text
        );
        assert!(
            sent.text
                .contains("letters to oneself, 20 minutes a day, one week")
        );
    }
    assert!(
        app.get(Some(&app.ema), "/evidence/waiting")
            .await
            .text
            .contains("Nothing.")
    );
}

#[tokio::test]
async fn a_draft_is_kept_as_it_is_and_gone_on_with() {
    let app = TestApp::new().await;
    let mut fields = with(&[("design", ""), ("outcome-0-value", "")]);
    fields.push(("do", "draft"));
    let kept = app.post(Some(&app.ema), "/evidence/studies", &fields).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    let page = app.get(Some(&app.amira), &kept.place).await.text;
    assert!(
        page.contains("a draft, not whole yet")
            && page.contains("Please say this: how it was made."),
        "{page}"
    );
    // Nobody can let it count as it is.
    assert_eq!(
        approve(&app, &app.amira, NAME, "1").await.status,
        StatusCode::CONFLICT
    );
    let form = app
        .get(
            Some(&app.ema),
            &format!("/evidence/studies/{NAME}/versions/new"),
        )
        .await
        .text;
    assert!(
        form.contains("Go on with Okoye, Lindqvist, 2025") && !form.contains("What was wrong"),
        "{form}"
    );
    let more = app
        .post(
            Some(&app.ema),
            "/evidence/studies",
            &[
                ("outcomes", "1"),
                ("outcome-0-label", "grief"),
                ("do", "another"),
            ],
        )
        .await;
    assert!(more.text.contains("outcome-1-value") && more.text.contains("value=\"grief\""));

    let whole = correct(
        &app,
        &app.ema,
        NAME,
        "1",
        &[
            ("design", "waitlist-rct"),
            ("outcome-0-value", "0.5"),
            ("outcome-0-effect", "hedges-g"),
        ],
    )
    .await;
    assert_eq!(
        whole.place,
        format!("/evidence/studies/{NAME}/versions/2"),
        "{}",
        whole.text
    );
    assert_eq!(
        approve(&app, &app.amira, NAME, "2").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_study_that_is_taken_out_says_so_and_counts_nowhere_in_that_clinic() {
    let app = TestApp::new().await;
    let theirs = app.app.at(&app.amira.clinic_id).await.unwrap();
    let evidence = theirs.content.evidence();
    let question = Question::about(evidence, "depression").unwrap();
    let found = answer(evidence, &question).unwrap();
    let study = found.pool.unwrap().taken[0].study.id.clone();
    let before = pooled(&app, &app.amira).await;
    let path = format!("/evidence/studies/{study}/retirement");
    assert_eq!(
        app.post(Some(&app.amira), &path, &[("reason", "")])
            .await
            .status,
        422
    );
    let sent = app
        .post(
            Some(&app.amira),
            &path,
            &[("reason", "Withdrawn by its journal.")],
        )
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    assert_eq!(
        pooled(&app, &app.amira).await,
        before,
        "that too is read by another"
    );
    assert_eq!(
        app.post(Some(&app.noor), &path, &[("reason", "Again.")])
            .await
            .status,
        StatusCode::CONFLICT
    );
    let decided = approve(&app, &app.ema, &study, "2").await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    assert_eq!(pooled(&app, &app.amira).await, before - 1);
    assert_eq!(pooled(&app, &app.dov).await, before);
    let page = app
        .get(Some(&app.ben), &format!("/evidence/studies/{study}"))
        .await
        .text;
    assert!(
        page.contains("Taken out: it is in no pool.") && page.contains("Withdrawn by its journal."),
        "{page}"
    );
    let question = app.get(Some(&app.amira), "/evidence/depression").await.text;
    assert!(question.contains("was taken out of what counts: Withdrawn by its journal."));

    // And it can be let in again, by a version without the reason.
    let again = correct(&app, &app.ema, &study, "2", &[("retired", "")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    assert_eq!(
        approve(&app, &app.amira, &study, "3").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(pooled(&app, &app.amira).await, before);
}

#[tokio::test]
async fn whoever_says_no_says_why_and_whoever_wrote_it_may_take_it_back() {
    let app = TestApp::new().await;
    let place = offer(&app, &app.ema, &[]).await.place;
    let path = format!("{place}/refusal");
    assert_eq!(app.post(Some(&app.amira), &path, &[]).await.status, 422);
    let no = app
        .post(Some(&app.amira), &path, &[("note", "The table says 0.3.")])
        .await;
    assert_eq!(no.place, place);
    let page = app.get(Some(&app.ema), &place).await.text;
    assert!(
        page.contains("Amira said no") && page.contains("The table says 0.3."),
        "{page}"
    );
    assert_eq!(
        approve(&app, &app.amira, NAME, "1").await.status,
        StatusCode::CONFLICT
    );
    // A later version of it is read anew.
    let sent = correct(
        &app,
        &app.ema,
        NAME,
        "1",
        &[("outcome-0-value", "0.5000001")],
    )
    .await;
    let back = app
        .post(Some(&app.ema), &format!("{}/refusal", sent.place), &[])
        .await;
    assert_eq!(back.place, sent.place, "{}", back.text);
    assert!(
        app.get(Some(&app.ema), &sent.place)
            .await
            .text
            .contains("Taken back by its writer")
    );
    assert!(
        app.get(Some(&app.ema), "/evidence/waiting")
            .await
            .text
            .contains("Nothing.")
    );
}

#[tokio::test]
async fn who_works_by_herself_lets_it_count_and_it_says_so_wherever_it_is_told() {
    let app = TestApp::new().await;
    // All others leave.
    for person in [&app.amira, &app.noor, &app.chloe, &app.ema] {
        let path = format!("/clinic/people/{}/ending", person.id);
        let gone = app
            .post(
                Some(&app.olu),
                &path,
                &[("word", "end"), ("to", &app.olu.id)],
            )
            .await;
        assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    }
    let place = offer(&app, &app.olu, &[]).await.place;
    assert!(
        app.get(Some(&app.olu), &place)
            .await
            .text
            .contains("Nobody else works here")
    );
    assert_eq!(
        approve(&app, &app.olu, NAME, "1").await.status,
        422,
        "she has to say so"
    );
    let decided = app
        .post(
            Some(&app.olu),
            &format!("{place}/approval"),
            &[("alone", "yes")],
        )
        .await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text);
    for (path, words) in [
        (
            "/evidence/depression?audience=colleague",
            "nobody but its writer has read",
        ),
        (
            "/evidence/studies/okoye2025",
            "Nobody but its writer has read it.",
        ),
        ("/evidence/studies", "read by one person only"),
        (
            "/handouts/depression?audience=client",
            "one of them read by nobody but its writer",
        ),
    ] {
        assert!(
            app.get(Some(&app.ben), path).await.text.contains(words),
            "{path}"
        );
    }
    let clinic = app.olu.clinic_id.clone();
    let reviews = app
        .app
        .db
        .read(move |tx| list_reviews(tx, &clinic))
        .await
        .unwrap();
    assert!(reviews[0].approved && reviews[0].alone);
}

#[tokio::test]
async fn a_version_that_something_else_leans_on_cannot_take_its_ground_away() {
    let app = TestApp::new().await;
    // A contested claim tells this study's total.
    let sent = correct(&app, &app.noor, "scarlet2017", "1", &[("n_total", "")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let refused = approve(&app, &app.amira, "scarlet2017", "2").await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("evidence/claims.toml"),
        "{}",
        refused.text
    );
}

#[tokio::test]
async fn a_correction_says_when_the_file_it_stands_in_for_has_changed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence/studies/weng2013.toml");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let text = crate::content::common_file(None, "evidence/studies/weng2013.toml").unwrap();
    std::fs::write(&file, &text).unwrap();
    let at = folder.path().to_owned();
    let app = TestApp::with(|config| config.content = Some(at)).await;
    let number = waiting_version(&app).await;
    assert_eq!(
        approve(&app, &app.amira, "weng2013", &number).await.status,
        StatusCode::SEE_OTHER
    );
    let path = "/evidence/studies/weng2013/versions";
    let told = "own file on this study has changed since";
    assert!(!app.get(Some(&app.amira), path).await.text.contains(told));
    std::fs::write(&file, text.replace("year = 2013", "year = 2014")).unwrap();
    assert!(app.get(Some(&app.amira), path).await.text.contains(told));
    // What was there first can still be read.
    let first = app.get(Some(&app.amira), &format!("{path}/1")).await.text;
    assert!(
        first.contains("2013") && first.contains("It came with Kith."),
        "{first}"
    );
}

const RIS: &str = "TY  - JOUR\nAU  - Okoye, Ada\nPY  - 2025\nTI  - Kind letters to oneself: a small trial\nJO  - Journal of Small Trials\nDO  - 10.5555/okoye.2025\nER  - \nTY  - JOUR\nAU  - Eriksson, T\nTI  - Something\nDO  - 10.3389/fpsyg.2018.02340\nPY  - 2018\nER  -\nTY  - JOUR\nPY  - 2020\nER  -\n";

#[tokio::test]
async fn references_become_drafts_without_figures_after_a_look() {
    let app = TestApp::new().await;
    let look = app
        .post(Some(&app.ema), "/evidence/imports", &[("text", RIS)])
        .await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.text);
    for wanted in [
        "Okoye, 2025",
        "Nothing is kept yet.",
        "Line 14: this entry has no title",
        "Here already, as ",
        "/evidence/studies/eriksson2018",
    ] {
        assert!(look.text.contains(wanted), "{wanted}: {}", look.text);
    }
    let ticks: Vec<&str> = look
        .text
        .split("name=\"keep\"")
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
        .collect();
    assert_eq!(ticks.len(), 2);
    assert!(
        ticks[0].contains("checked") && !ticks[1].contains("checked"),
        "what is here is not ticked: {ticks:?}"
    );
    assert!(
        app.get(Some(&app.ema), "/evidence/waiting")
            .await
            .text
            .contains("None."),
        "looking keeps nothing"
    );

    let nothing = app
        .post(
            Some(&app.ema),
            "/evidence/imports",
            &[("text", RIS), ("do", "keep")],
        )
        .await;
    assert_eq!(nothing.status, 422);
    let kept = app
        .post(
            Some(&app.ema),
            "/evidence/imports",
            &[("text", RIS), ("do", "keep"), ("keep", "0")],
        )
        .await;
    assert_eq!(kept.place, "/evidence/waiting", "{}", kept.text);
    let page = app
        .get(
            Some(&app.amira),
            &format!("/evidence/studies/{NAME}/versions/1"),
        )
        .await
        .text;
    for wanted in [
        "Brought in from pasted text (ris), line 1.",
        "a draft, not whole yet",
        "Please say this: how far it was checked.",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    // A second time it is known, though it counts nowhere yet.
    let again = app
        .post(Some(&app.amira), "/evidence/imports", &[("text", RIS)])
        .await
        .text;
    assert!(
        again.contains(&format!("/evidence/studies/{NAME}\"")),
        "{again}"
    );
    let deeds = app.get(Some(&app.olu), "/clinic/audit").await.text;
    assert!(deeds.contains("brought in drafts of a study from a file (ris)"));

    for (fields, words) in [
        (&[("text", "")][..], "Please choose a file, or paste"),
        (&[("text", "Dear Amira")], "Please say what it is."),
        (
            &[("text", "{"), ("format", "docx")],
            "Please say what it is.",
        ),
    ] {
        let refused = app.post(Some(&app.ema), "/evidence/imports", fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(words), "{words}: {}", refused.text);
    }
}

const METAPSY: &str = "study;condition_arm1;condition_arm2;outcome_type;instrument;time;mean_arm1;sd_arm1;n_arm1;mean_arm2;sd_arm2;n_arm2;rating\n\"Abas, 2018\";cft;wl;msd;phq-9;post;3,1;3,1;33;5,7;3,9;35;self-report\n\"Abas, 2018\";cft;wl;msd;own scale;post;3,1;3,1;33;5,7;3,9;35;self-report\n";

#[tokio::test]
async fn effects_ask_which_way_is_better_before_anything_is_kept() {
    let app = TestApp::new().await;
    let look = app
        .post(Some(&app.ema), "/evidence/imports", &[("text", METAPSY)])
        .await;
    assert_eq!(look.status, StatusCode::OK, "{}", look.text);
    // What Kith knows of the PHQ-9 is put there; of the other scale nothing is.
    assert!(
        look.text.contains("<option value=\"lower\" selected>"),
        "{}",
        look.text
    );
    assert!(look.text.contains("hedges-g <strong>0.7"), "{}", look.text);
    assert!(
        look.text
            .contains("it is not said what is better on own scale")
    );
    let keep = |own: &'static str| {
        vec![
            ("text", METAPSY),
            ("do", "keep"),
            ("keep", "0"),
            ("better-0", own),
            ("better-1", "lower"),
            ("construct-1", "depression"),
            ("all-family", "cft"),
            ("all-source", "https://example.org/data"),
        ]
    };
    let asked = app
        .post(Some(&app.ema), "/evidence/imports", &keep(""))
        .await;
    assert_eq!(asked.status, 422);
    assert!(
        asked
            .text
            .contains("Please say what is better on own scale"),
        "{}",
        asked.text
    );
    let kept = app
        .post(Some(&app.ema), "/evidence/imports", &keep("out"))
        .await;
    assert_eq!(kept.place, "/evidence/waiting", "{}", kept.text);
    let page = app
        .get(Some(&app.ema), "/evidence/studies/abas2018/versions/1")
        .await
        .text;
    for wanted in [
        "construct = &quot;depression&quot;",
        "family = &quot;cft&quot;",
        "verified = &quot;secondary&quot;",
        "value = 0.7",
        "against = &quot;passive&quot;",
        "n_control = 35",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(!page.contains("own scale"));
}

#[tokio::test]
async fn a_file_is_read_as_browsers_send_it_and_refused_where_it_is_no_text() {
    let app = TestApp::new().await;
    for (bytes, status, words) in [
        (RIS.as_bytes().to_vec(), 200, "refs.ris"),
        (b"TY  - J\xf6ur\n".to_vec(), 422, "not UTF-8"),
        (
            vec![b'a'; kith_evidence::import::MOST_BYTES + 1],
            422,
            "larger than 1024 KB",
        ),
    ] {
        let mut body = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"refs.ris\"\r\n\r\n".to_vec();
        body.extend(bytes);
        body.extend(b"\r\n--edge--\r\n");
        let request = app
            .request("POST", "/evidence/imports", Some(&app.ema))
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(Body::from(body))
            .unwrap();
        let sent = app.send(request).await;
        assert_eq!(sent.status, status, "{words}");
        assert!(sent.text.contains(words), "{words}");
    }
}
