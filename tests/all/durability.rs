//! Nothing acknowledged is lost, nothing is doubled, when the server is killed in the middle of it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::house::Server;

const PIN: &str = "204817";
const THREADS: usize = 8;
const ROUNDS: usize = 5;

fn record(round: usize, thread: usize, number: usize) -> Value {
    json!({
        "id": format!("019aa5c0-{round:04x}-7000-8000-{thread:04x}{number:08x}"),
        "practice": "soles-ground", "revision": "x",
        "started_at": jiff::Timestamp::now().to_string(),
        "minutes": 1, "seconds_heard": 60, "finished": true, "fit": 5, "effect": 0, "barrier": "nothing",
    })
}

fn id(record: &Value) -> String {
    record["id"].as_str().unwrap().to_owned()
}

fn stored(server: &Server, cookie: &str) -> Vec<String> {
    let (status, body) = server.get("/me/record.json", cookie);
    assert_eq!(status, 200, "{body}");
    let all: Value = serde_json::from_str(&body).unwrap();
    all["sittings"].as_array().unwrap().iter().map(id).collect()
}

#[test]
fn a_server_killed_in_a_burst_keeps_what_it_acknowledged_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let mut server = Server::demo(&data);
    let cookie = server.sign_in("leo", PIN);
    let mut acknowledged = BTreeSet::new();
    let mut sent = Vec::new();
    for round in 0..ROUNDS {
        let shared = Arc::new(server);
        let kept = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (server, cookie, kept) =
                    (Arc::clone(&shared), cookie.clone(), Arc::clone(&kept));
                std::thread::spawn(move || {
                    let (mut sent, mut acknowledged) = (Vec::new(), Vec::new());
                    for number in 0..10_000 {
                        let batch: Vec<_> = (0..3)
                            .map(|n| record(round, thread, number * 3 + n))
                            .collect();
                        sent.extend(batch.clone());
                        let answer =
                            server.post_json("/sittings", &cookie, &json!(batch).to_string());
                        let Ok((200, body)) = answer else { break };
                        let body: Value = serde_json::from_str(&body).unwrap();
                        let ids = body["kept"].as_array().unwrap();
                        acknowledged.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()));
                        kept.fetch_add(ids.len(), Ordering::SeqCst);
                    }
                    (sent, acknowledged)
                })
            })
            .collect();
        // Killed at another point of the burst every time, never before it is under way.
        let enough = 50 + round * 90;
        while kept.load(Ordering::SeqCst) < enough {
            std::thread::sleep(Duration::from_millis(1));
        }
        let pid = shared.pid();
        assert!(
            std::process::Command::new("kill")
                .args(["-9", &pid.to_string()])
                .status()
                .unwrap()
                .success()
        );
        for thread in threads {
            let (its_sent, its_acknowledged) = thread.join().unwrap();
            sent.extend(its_sent);
            acknowledged.extend(its_acknowledged);
        }
        Arc::into_inner(shared).unwrap().kill();
        server = Server::demo(&data);
        let stored = stored(&server, &cookie);
        let different: BTreeSet<_> = stored.iter().cloned().collect();
        assert_eq!(
            stored.len(),
            different.len(),
            "round {round}: a record is doubled"
        );
        let lost: Vec<_> = acknowledged.difference(&different).collect();
        assert!(
            lost.is_empty(),
            "round {round}: {} acknowledged records are lost",
            lost.len()
        );
    }
    // The phone, which never heard back about some, sends everything again.
    for batch in sent.chunks(50) {
        let (status, body) = server
            .post_json("/sittings", &cookie, &json!(batch).to_string())
            .unwrap();
        assert_eq!(status, 200, "{body}");
    }
    let wanted: BTreeSet<_> = sent.iter().map(id).collect();
    let stored = stored(&server, &cookie);
    assert_eq!(stored.len(), wanted.len());
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), wanted);
}
