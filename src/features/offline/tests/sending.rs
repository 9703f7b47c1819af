//! What a phone sends after days without a network, in any order, several times, cut short, and beside what somebody hostile adds:
//! everything that was acknowledged is kept exactly once and as it was, and nothing else is.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::{Someone, TestApp};

/// Where records go, how a good one looks, and what of it must be found again.
struct Kind {
    path: &'static str,
    list: &'static str,
    make: fn(u32, u32) -> Value,
    of_it: fn(&Value) -> Value,
}

const SITTINGS: Kind = Kind {
    path: "/sittings",
    list: "sittings",
    make: |case, number| {
        json!({
            "id": id(case, number), "practice": "soles-ground", "revision": "abc", "started_at": moment(number),
            "minutes": 1 + number % 5, "seconds_heard": 60 + number, "finished": number % 2 == 0,
            "fit": number % 11, "effect": i64::from(number % 5) - 2, "barrier": null,
        })
    },
    of_it: |record| {
        let part = |name: &str| record[name].clone();
        json!([
            part("id"),
            part("practice"),
            record["minutes"].as_f64(),
            record["seconds_heard"].as_f64(),
            part("finished"),
            part("fit"),
            part("effect")
        ])
    },
};

const RESPONSES: Kind = Kind {
    path: "/responses",
    list: "responses",
    make: |case, number| json!({"id": id(case, number), "instrument": "connection", "answered_at": moment(number), "answers": [number % 11]}),
    of_it: |record| {
        let answers = record["answers"].as_array().unwrap();
        let answers: Vec<_> = answers.iter().map(Value::as_f64).collect();
        json!([record["id"], record["instrument"], answers])
    },
};

fn id(case: u32, number: u32) -> String {
    format!("018f3a5c-{:04x}-7000-8000-{number:012x}", case)
}

/// One a day, up to the day of the test.
fn moment(number: u32) -> String {
    format!("2026-11-{:02}T08:30:00+01:00", 10 + number % 13)
}

/// How many records wait on the phone.
const WAITING: u32 = 10;

/// One record as it is sent: which of those that wait, or something hostile made of one.
#[derive(Clone, Debug)]
enum Sent {
    Good(u32),
    Hostile(u32, Spoilt),
}

#[derive(Clone, Debug)]
enum Spoilt {
    /// No record at all.
    Instead(Value),
    /// One field holds something else.
    Field(&'static str, Value),
    /// One field is not there.
    Without(&'static str),
    /// Under an id that is another person's.
    Stolen,
}

fn strange() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({"id": {"id": []}})),
        Just(json!("\u{0}")),
        Just(json!("'; drop table sitting; --")),
        Just(json!("x".repeat(5_000))),
        Just(json!(-1e308)),
        Just(json!(i64::MIN)),
        Just(json!([[[]]])),
        Just(json!("9999-12-31T23:59:59Z")),
        ".{1,20}".prop_map(|text| json!(text)),
    ]
}

fn spoilt() -> impl Strategy<Value = Spoilt> {
    // Of what every record has; anything strange in one of them makes it none.
    let field = prop::sample::select(vec!["id", "moment", "what"]);
    prop_oneof![
        strange().prop_map(Spoilt::Instead),
        (field.clone(), strange()).prop_map(|(field, value)| Spoilt::Field(field, value)),
        field.prop_map(Spoilt::Without),
        Just(Spoilt::Stolen),
    ]
}

fn spoil(kind: &Kind, good: Value, spoilt: &Spoilt, stolen: &str) -> Value {
    let name = |field: &str| match (field, kind.path) {
        ("moment", "/sittings") => "started_at",
        ("moment", _) => "answered_at",
        ("what", "/sittings") => "practice",
        ("what", _) => "instrument",
        _ => "id",
    };
    let mut record = good;
    match spoilt {
        Spoilt::Instead(value) => return value.clone(),
        Spoilt::Field(field, value) => record[name(field)] = value.clone(),
        Spoilt::Without(field) => {
            record.as_object_mut().unwrap().remove(name(field));
        }
        Spoilt::Stolen => record["id"] = json!(stolen),
    }
    record
}

/// What is sent at once, and whether its answer reaches the phone.
fn batches() -> impl Strategy<Value = Vec<(Vec<Sent>, bool)>> {
    let sent = prop_oneof![
        3 => (0..WAITING).prop_map(Sent::Good),
        1 => (0..WAITING, spoilt()).prop_map(|(number, spoilt)| Sent::Hostile(number, spoilt)),
    ];
    let batch = (prop::collection::vec(sent, 1..12), any::<bool>());
    prop::collection::vec(batch, 0..6)
}

async fn stored(app: &TestApp, who: &Someone, kind: &Kind) -> Vec<Value> {
    let record = app.get(Some(who), "/me/record.json").await.json();
    record[kind.list].as_array().unwrap().clone()
}

async fn send(app: &TestApp, kind: &Kind, records: &[Value]) -> (Vec<String>, usize) {
    let body = json!(records).to_string();
    let answer = app.post_json(Some(&app.ben), kind.path, &body).await;
    let status = answer.status.as_u16();
    assert!(
        status == 200 || status == 422,
        "{status} {} for {body}",
        answer.text
    );
    let said = answer.json();
    let name = |one: &Value| one.as_str().or(one["id"].as_str()).unwrap().to_owned();
    let kept = said["kept"].as_array().unwrap().iter().map(name).collect();
    let refused = said["refused"].as_array().unwrap();
    assert!(
        refused
            .iter()
            .all(|one| one["why"].as_str().is_some_and(|why| why.len() > 5)),
        "{said}"
    );
    (kept, refused.len())
}

async fn play(app: &TestApp, kind: &Kind, case: u32, batches: &[(Vec<Sent>, bool)]) {
    let before = stored(app, &app.ben, kind).await.len();
    let stolen = id(0xffff, 1);
    let mut waiting: Vec<u32> = (0..WAITING).collect();
    for (sent, arrives) in batches {
        let mut good = Vec::new();
        let mut hostile = 0;
        let mut records = Vec::new();
        for one in sent {
            match one {
                Sent::Good(number) => {
                    good.push(id(case, *number));
                    records.push((kind.make)(case, *number));
                }
                Sent::Hostile(number, spoilt) => {
                    hostile += 1;
                    records.push(spoil(kind, (kind.make)(case, *number), spoilt, &stolen));
                }
            }
        }
        let (mut kept, refused) = send(app, kind, &records).await;
        kept.sort();
        good.sort();
        assert_eq!((kept, refused), (good.clone(), hostile), "{records:?}");
        if *arrives {
            waiting.retain(|number| !good.contains(&id(case, *number)));
        }
    }
    // There is a network again: what the phone does not know to be kept it sends, and then nothing waits.
    let left: Vec<_> = waiting
        .iter()
        .rev()
        .map(|number| (kind.make)(case, *number))
        .collect();
    if !left.is_empty() {
        let (kept, refused) = send(app, kind, &left).await;
        assert_eq!((kept.len(), refused), (left.len(), 0));
    }
    let all = stored(app, &app.ben, kind).await;
    assert_eq!(all.len(), before + WAITING as usize);
    for number in 0..WAITING {
        let wanted = (kind.make)(case, number);
        let found: Vec<_> = all.iter().filter(|one| one["id"] == wanted["id"]).collect();
        assert_eq!(found.len(), 1, "{wanted}");
        assert_eq!((kind.of_it)(found[0]), (kind.of_it)(&wanted));
    }
}

fn survives(kind: &Kind) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::new());
    // Somebody else's, whose id a hostile record bears.
    let theirs = json!([(kind.make)(0xffff, 1)]).to_string();
    runtime.block_on(app.post_json(Some(&app.noor), kind.path, &theirs));
    let case = std::cell::Cell::new(0_u32);
    let cases = ProptestConfig::with_cases(48);
    proptest!(cases, |(batches in batches())| {
        case.set(case.get() + 1);
        runtime.block_on(play(&app, kind, case.get(), &batches));
    });
    assert_eq!(runtime.block_on(stored(&app, &app.noor, kind)).len(), 1);
}

#[test]
fn sittings_sent_in_any_order_twice_cut_short_or_beside_hostile_ones_are_kept_once() {
    survives(&SITTINGS);
}

#[test]
fn answers_sent_in_any_order_twice_cut_short_or_beside_hostile_ones_are_kept_once() {
    survives(&RESPONSES);
}
