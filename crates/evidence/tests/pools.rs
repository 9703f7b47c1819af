//! Libraries that nobody wrote: whatever stands in them, a pool is of what may be pooled, and a sentence says where its
//! numbers are from.

use crate::support::{evidence, traced};
use kith_content::evidence::{
    Against, AskedComparator, Checked, Design, EffectKind, Evidence, Family, Favours, Outcome,
    Population, Study, StudySetting, Timepoint,
};
use kith_evidence::{Excluded, Question, answer, select};
use proptest::prelude::*;
use proptest::sample::select as one_of;

fn study(id: usize) -> Study {
    Study {
        id: format!("study{id:02}"),
        title: "A trial".into(),
        authors: "Weng".into(),
        year: 2013,
        journal: "A journal".into(),
        volume: None,
        doi: None,
        source: "https://example.org".into(),
        also_at: Vec::new(),
        verified: Checked::Abstract,
        recalled: Vec::new(),
        design: Design::WaitlistRct,
        family: Family::Compassion,
        people: Population::Adults,
        population: "adults".into(),
        setting: StudySetting::Community,
        intervention: "training".into(),
        days: None,
        minutes_a_day: None,
        comparator: "waitlist".into(),
        against: Against::Passive,
        n_treatment: Some(30.0),
        n_control: Some(30.0),
        n_total: None,
        arms_assumed_equal: false,
        studies: None,
        follow_up_months: None,
        sample: None,
        harms: None,
        caveat: None,
        retired: None,
        outcomes: Vec::new(),
    }
}

fn outcome(id: usize, value: f64) -> Outcome {
    Outcome {
        id: format!("depression-{id}"),
        construct: Some("depression".into()),
        label: None,
        measure: None,
        timepoint: Timepoint::Post,
        months: None,
        effect: Some(EffectKind::CohensD),
        value: Some(value),
        raw_difference: None,
        se: None,
        ci: None,
        p: None,
        p_sign: None,
        n_treatment: None,
        n_control: None,
        n_total: None,
        mean_treatment: None,
        sd_treatment: None,
        mean_control: None,
        sd_control: None,
        studies: None,
        within_group: false,
        composite: false,
        favours: Some(Favours::Treatment),
        note: None,
        source: "https://example.org".into(),
        verified: Checked::Abstract,
        recalled: Vec::new(),
    }
}

/// The built-in words and judgements with other studies; those that sentences name as cells stay.
fn with(studies: Vec<Study>) -> Evidence {
    let mut evidence = evidence();
    for study in &mut evidence.studies {
        study
            .outcomes
            .retain(|outcome| outcome.construct.as_deref() != Some("depression"));
    }
    evidence.studies.extend(studies);
    evidence.studies.sort_by(|one, other| one.id.cmp(&other.id));
    evidence
}

fn ask(comparator: AskedComparator) -> Question {
    let question = Question::about(&evidence(), "depression").unwrap();
    Question {
        comparator,
        ..question
    }
}

prop_compose! {
    fn any_outcome(id: usize)(
        value in proptest::option::weighted(0.9, -3.0..3.0_f64),
        effect in one_of(EffectKind::ALL.to_vec()),
        usual in proptest::bool::weighted(0.7),
        raw in proptest::bool::weighted(0.1),
        within_group in proptest::bool::weighted(0.1),
        composite: bool,
        follow_up in proptest::bool::weighted(0.1),
        verified in one_of(Checked::ALL.to_vec()),
        recalls in proptest::bool::weighted(0.1),
        se in proptest::option::of(0.05..1.0_f64),
    ) -> Outcome {
        let effect = if usual { EffectKind::HedgesG } else { effect };
        let mut made = outcome(id, 0.0);
        made.value = value;
        made.effect = value.map(|_| effect);
        made.raw_difference = raw.then_some(1.0);
        made.within_group = within_group;
        made.composite = composite;
        made.timepoint = if follow_up { Timepoint::FollowUp } else { Timepoint::Post };
        made.verified = verified;
        made.recalled = if recalls { vec!["value".to_owned()] } else { Vec::new() };
        made.se = se;
        made.favours = Some(if value.is_some_and(|value| value > 0.3) { Favours::Treatment } else { Favours::Nobody });
        made
    }
}

prop_compose! {
    fn any_study(id: usize)(
        design in one_of(Design::ALL.to_vec()),
        usual in proptest::bool::weighted(0.7),
        family in one_of(Family::ALL.to_vec()),
        against in one_of(Against::ALL.to_vec()),
        arms in proptest::option::weighted(0.8, (1_u16..200, 1_u16..200)),
        total in proptest::option::of(2_u16..400),
        assumed: bool,
        recalls in proptest::bool::weighted(0.1),
        sample in proptest::option::weighted(0.2, 0..id + 1),
        months in proptest::option::of(1_u8..24),
        days in proptest::option::of(1_u8..200),
        harms: bool,
        outcomes in (any_outcome(0), any_outcome(1), any_outcome(2)),
        count in 0..4_usize,
    ) -> Study {
        let mut made = study(id);
        made.design = if usual { Design::Rct } else { design };
        made.family = family;
        made.against = against;
        made.n_treatment = arms.map(|arms| f64::from(arms.0));
        made.n_control = arms.map(|arms| f64::from(arms.1));
        made.n_total = total.map(f64::from);
        made.arms_assumed_equal = assumed && arms.is_none();
        made.recalled = if recalls { vec!["n_treatment".to_owned(), "n_total".to_owned(), "days".to_owned()] } else { Vec::new() };
        made.sample = sample.filter(|other| *other < id).map(|other| format!("study{other:02}"));
        made.follow_up_months = months.map(f64::from);
        made.days = days.map(f64::from);
        made.harms = harms.then(|| "None were seen.".to_owned());
        made.outcomes = [outcomes.0, outcomes.1, outcomes.2].into_iter().take(count).collect();
        made
    }
}

fn any_studies() -> impl Strategy<Value = Vec<Study>> {
    (0..9_usize).prop_flat_map(|count| (0..count).map(any_study).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_pool_is_of_what_may_be_pooled_and_everything_else_is_listed(
        studies in any_studies(),
        comparator in one_of(AskedComparator::ALL.to_vec()),
    ) {
        let evidence = with(studies);
        let question = ask(comparator);
        let selection = select(&evidence, &question);
        let single: Vec<&Study> = evidence.studies.iter().filter(|study| !study.design.is_synthesis()).collect();
        let about = single.iter().flat_map(|study| &study.outcomes)
            .filter(|outcome| outcome.construct.as_deref() == Some("depression")).count();
        prop_assert_eq!(selection.taken.len() + selection.left_out.len(), about);
        let mut people = std::collections::BTreeSet::new();
        for taken in &selection.taken {
            let (study, outcome) = (taken.study, taken.outcome);
            prop_assert!(study.design.is_trial());
            prop_assert!(comparator.takes(study.against));
            prop_assert!(!outcome.within_group && outcome.raw_difference.is_none());
            prop_assert!(outcome.value.is_some() && outcome.effect.unwrap().is_standardised());
            prop_assert!(outcome.timepoint == Timepoint::Post);
            prop_assert!(study.design != Design::ClusterRct || outcome.se.is_some());
            prop_assert!(people.insert(study.sample().to_owned()));
            prop_assert!(taken.v > 0.0 && taken.v.is_finite() && taken.g.is_finite());
            prop_assert!(taken.n_treatment >= 2.0 && taken.n_control >= 2.0);
            for cell in &taken.cells {
                let cell = evidence.cell(cell).unwrap();
                prop_assert!(cell.number.is_some() && cell.verified != Checked::Recalled);
            }
        }
        for left_out in &selection.left_out {
            prop_assert!(!left_out.why.to_string().is_empty());
            if let Excluded::SameSample(cell) = &left_out.why {
                prop_assert!(selection.taken.iter().any(|taken| taken.cell() == *cell && taken.study.sample() == left_out.study.sample()));
            }
        }
    }

    #[test]
    fn every_number_said_is_traced_and_a_pool_that_includes_zero_says_so_first(
        studies in any_studies(),
        comparator in one_of(AskedComparator::ALL.to_vec()),
    ) {
        let evidence = with(studies);
        let answer = answer(&evidence, &ask(comparator)).unwrap();
        for said in answer.statements.values().flatten().chain(&answer.limits) {
            traced(&evidence, said);
            prop_assert!(!said.text.contains("NaN") && !said.text.contains(" inf "));
        }
        for said in answer.statements.values() {
            let first = &said[0].text;
            let says_not = ["Not ", "This is not "].iter().any(|words| first.starts_with(words));
            match &answer.pool {
                None => prop_assert!(says_not, "{}", first),
                Some(pool) => {
                    let (low, high) = pool.pooled.ci;
                    let includes_zero = low <= 0.0 && high >= 0.0;
                    prop_assert!(says_not || !includes_zero, "{}", first);
                    prop_assert!(low > 0.0 || !first.contains(" may ") && !first.contains("uncertain whether"));
                }
            }
        }
    }
}

#[test]
fn one_trial_is_its_own_pool_and_nobody_is_sure_of_it() {
    let mut one = study(1);
    one.outcomes = vec![outcome(1, 1.2)];
    let evidence = with(vec![one]);
    let answer = answer(&evidence, &ask(AskedComparator::Any)).unwrap();
    let pool = answer.pool.as_ref().unwrap();
    assert_eq!(
        (pool.pooled.k, pool.pooled.tau2, pool.careful),
        (1, 0.0, None)
    );
    assert!((pool.pooled.estimate - pool.taken[0].g).abs() < 1e-12);
    let first = &answer.statements.values().next().unwrap()[0].text;
    assert!(first.starts_with("We are not sure if"), "{first}");
}

#[test]
fn nothing_gives_no_number() {
    let evidence = with(Vec::new());
    let answer = answer(&evidence, &ask(AskedComparator::Any)).unwrap();
    assert!(answer.pool.is_none() && answer.certainty.is_none() && answer.translated.is_none());
    assert!(answer.published.is_empty() && answer.left_out.is_empty());
}

#[test]
fn degenerate_figures_are_left_out_with_their_reason_and_equal_ones_pool_to_themselves() {
    let mut alone = study(1);
    alone.n_treatment = Some(1.0);
    alone.outcomes = vec![outcome(1, 0.5)];
    let mut no_arms = study(2);
    (no_arms.n_treatment, no_arms.n_control) = (None, None);
    no_arms.outcomes = vec![outcome(1, 0.5)];
    let mut cluster = study(3);
    cluster.design = Design::ClusterRct;
    cluster.outcomes = vec![outcome(1, 0.5)];
    let evidence = with(vec![alone, no_arms, cluster]);
    let selection = select(&evidence, &ask(AskedComparator::Any));
    let why: Vec<&Excluded> = selection
        .left_out
        .iter()
        .map(|left_out| &left_out.why)
        .collect();
    assert_eq!(
        why,
        [&Excluded::TooFew, &Excluded::NoArms, &Excluded::Cluster]
    );
    assert!(selection.taken.is_empty());

    let same: Vec<Study> = (1..4)
        .map(|id| {
            let mut one = study(id);
            one.outcomes = vec![outcome(1, 0.5)];
            one
        })
        .collect();
    let evidence = with(same);
    let answer = answer(&evidence, &ask(AskedComparator::Any)).unwrap();
    let pool = answer.pool.unwrap();
    assert_eq!(
        (pool.pooled.k, pool.pooled.tau2, pool.pooled.i2),
        (3, 0.0, 0.0)
    );
    assert!((pool.pooled.estimate - pool.taken[0].g).abs() < 1e-9);
}

#[test]
fn harm_that_is_reliable_is_said_first() {
    let worse: Vec<Study> = (1..7)
        .map(|id| {
            let mut one = study(id);
            one.n_treatment = Some(200.0);
            one.n_control = Some(200.0);
            let mut found = outcome(1, -0.8);
            found.favours = Some(Favours::Nobody);
            one.outcomes = vec![found];
            one
        })
        .collect();
    let evidence = with(worse);
    let answer = answer(&evidence, &ask(AskedComparator::Any)).unwrap();
    assert!(answer.translated.is_none());
    for said in answer.statements.values() {
        assert!(
            said[0].text.starts_with("In these trials"),
            "{}",
            said[0].text
        );
    }
}
