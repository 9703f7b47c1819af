//! Who may do what, who may see whom, and how people come in.

use axum::http::StatusCode;

use super::permissions::{TABLE, Who};
use crate::testing::{DOSE, PASSWORD, PIN, PLAN, Someone, TestApp};
use kith_base::clock::{DAY, timestamp};

/// A path of the table with real ids in it: Ben's, unless another client is named.
async fn fill(app: &TestApp, path: &str, client: &str) -> String {
    let plan = if path.contains("{plan_id}") {
        app.prescribe().await
    } else {
        String::new()
    };
    let invitation = if path.contains("{invitation_id}") {
        app.post(Some(&app.amira), "/invitations", &[("name", "Zoe")])
            .await;
        let clinic = app.amira.clinic_id.clone();
        let now = app.app.clock.now();
        let waiting = app
            .app
            .db
            .read(move |tx| super::store::list_invitations(tx, &clinic, None, now))
            .await
            .unwrap();
        waiting[0].invitation_id.clone()
    } else {
        String::new()
    };
    let alert = if path.contains("{alert_id}") {
        let to = [&app.amira, &app.chloe, &app.olu];
        crate::features::alerts::tests::alert_to(app, &to).await
    } else {
        String::new()
    };
    let response = if path.contains("{response_id}") {
        crate::features::measures::tests::answered_by(app, &app.ben).await
    } else {
        String::new()
    };
    let request = if path.contains("{request_id}") {
        crate::features::measures::tests::asked_of_ben(app).await
    } else {
        String::new()
    };
    let words = if path.contains("{questionnaire_id}") {
        crate::features::measures::questionnaires::tests::words_of(app, "phq-9").await
    } else {
        String::new()
    };
    let written = if path.starts_with("/writing/{slug}") {
        crate::features::writing::tests::offered_to_everybody(app).await
    } else {
        String::new()
    };
    let version = if path.starts_with("/writing/") {
        "1".to_owned()
    } else if path.contains("/versions/{version}") {
        crate::features::evidence::keeping::tests::waiting_version(app).await
    } else {
        String::new()
    };
    let (recording, cue) = if path.contains("{recording_id}") {
        crate::features::voices::recordings::tests::begun_by(app, &app.amira).await
    } else {
        Default::default()
    };
    path.replace("{client_id}", client)
        .replace("/writing/{slug}", &format!("/writing/{written}"))
        .replace("/versions/{version}", &format!("/versions/{version}"))
        .replace("{recording_id}", &recording)
        .replace("{cue}", &cue)
        .replace("{response_id}", &response)
        .replace("{request_id}", &request)
        .replace("{measure}", "connection")
        .replace("{questionnaire_id}", &words)
        .replace("{instrument}", "phq-9")
        .replace("{alert_id}", &alert)
        .replace("{plan_id}", &plan)
        .replace("{offer_id}", &app.noor.id)
        .replace("{invitation_id}", &invitation)
        .replace("{slug}", "soles-ground")
        .replace("{card}", "supervisor")
        .replace("{construct}", "depression")
        .replace("{study}", "weng2013")
        .replace("{way_id}", &app.noor.id)
        .replace("{goal_id}", &app.noor.id)
        .replace("{layer}", "share")
        .replace("{version}/{*file}", "0/css/kith.css")
        .replace("{version}", "1")
        .replace("{person_id}", &app.noor.id)
        .replace("{secret}", "unknown")
        .replace("{system_id}", &app.noor.id)
        .replace("{device_id}", "018f0000-0000-7000-8000-00000000ffff")
        .replace("{programme}", "kind-acts-5w")
        .replace("{lesson}", "team-week-1")
        .replace("{moment}", "panic")
}

/// A path of somebody's own: her own plan, running, where the route asks for one.
async fn fill_own(app: &TestApp, path: &str, person: &Someone) -> String {
    if path.contains("{goal_id}") {
        let goal = crate::features::measures::tests::goal_of(app, person, "To sleep").await;
        return path.replace("{goal_id}", &goal);
    }
    if path.starts_with("/responses/{response_id}") {
        let id = crate::features::measures::tests::answered_by(app, person).await;
        return path.replace("{response_id}", &id);
    }
    let is_own = path.starts_with("/plans/{plan_id}");
    let is_running = path.ends_with("/pause") || path.ends_with("/resumption");
    if !is_own && !is_running {
        return fill(app, path, &app.ben.id).await;
    }
    let (place, whose, fields) = if is_own && person.name != "Ben" {
        (app.take_up(person, "kind-acts-5w").await, person, &DOSE)
    } else {
        (format!("/plans/{}", app.prescribe().await), &app.ben, &PLAN)
    };
    if is_running {
        let agreed = app
            .post(Some(whose), &format!("{place}/agreement"), fields)
            .await;
        assert_eq!(agreed.place, "/today", "{}", agreed.text);
    }
    path.replace("{client_id}", &app.ben.id)
        .replace("/plans/{plan_id}", &place)
}

async fn ask(app: &TestApp, method: &str, path: &str, who: Option<&Someone>) -> StatusCode {
    match (method, path) {
        ("GET", _) => app.get(who, path).await.status,
        // What lacks everything is answered with what is wrong with it.
        (_, "/reminders/devices") => app.post_json(who, path, "{}").await.status,
        (_, "/sittings" | "/responses") => app.post_json(who, path, "[]").await.status,
        _ => {
            let with = app.amira.id.clone();
            app.post(who, path, &[("with", &with), ("word", "erase")])
                .await
                .status
        }
    }
}

fn is_in(who: Who, person: &Someone) -> bool {
    match who {
        Who::Everyone | Who::SignedIn => true,
        Who::Roles(roles) => person.roles.iter().any(|role| roles.contains(role)),
    }
}

/// Most of this is waiting for databases, so several routes are tried at once.
#[test]
fn every_route_lets_in_whom_the_table_says_and_nobody_else() {
    let routes = std::sync::Mutex::new(TABLE.iter());
    let next = || routes.lock().unwrap().next();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            // Under the name of the test, by which it is known that it touches a database.
            let name = std::thread::current().name().unwrap().to_owned();
            let work = || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                while let Some((method, path, who)) = next() {
                    if *who != Who::Everyone {
                        runtime.block_on(lets_in_whom_it_should(method, path, *who));
                    }
                }
            };
            std::thread::Builder::new()
                .name(name)
                .spawn_scoped(scope, work)
                .unwrap();
        }
    });
}

async fn lets_in_whom_it_should(method: &str, path: &str, who: Who) {
    let app = TestApp::new().await;
    let real = fill(&app, path, &app.ben.id).await;
    let stranger = ask(&app, method, &real, None).await;
    let wanted = if method == "GET" {
        StatusCode::SEE_OTHER
    } else {
        StatusCode::UNAUTHORIZED
    };
    assert_eq!(stranger, wanted, "{method} {path} signed out");
    for person in app.cast().into_iter().filter(|person| !is_in(who, person)) {
        let status = ask(&app, method, &real, Some(person)).await;
        assert_eq!(
            status,
            StatusCode::NOT_FOUND,
            "{method} {path} as {}",
            person.name
        );
    }
    // Whoever may change something gets a house of their own to do it in.
    let mut app = app;
    for name in ["Amira", "Ben", "Chloe", "Ema", "Olu"] {
        let named = |app: &TestApp| {
            let cast = app.cast();
            let person = cast.iter().find(|person| person.name == name);
            (*person.unwrap()).clone()
        };
        if !is_in(who, &named(&app)) {
            continue;
        }
        if method != "GET" {
            app = TestApp::new().await;
        }
        let person = named(&app);
        let real = fill_own(&app, path, &person).await;
        let status = ask(&app, method, &real, Some(&person)).await;
        let answered = status.is_success()
            || status == StatusCode::SEE_OTHER
            || status == StatusCode::UNPROCESSABLE_ENTITY;
        assert!(answered, "{method} {path} as {name}: {status}");
    }
}

#[tokio::test]
async fn nobody_reaches_a_client_who_is_not_hers() {
    for (method, path, _) in TABLE
        .iter()
        .filter(|(_, path, _)| path.contains("{client_id}"))
    {
        let app = TestApp::new().await;
        let cases = [
            (&app.noor, app.ben.id.clone(), "a colleague's client"),
            (&app.dov, app.ben.id.clone(), "a client of another clinic"),
            (&app.amira, app.fay.id.clone(), "a client of another clinic"),
            (
                &app.amira,
                app.chloe.id.clone(),
                "somebody who is no client",
            ),
            (
                &app.amira,
                "018f0000-0000-7000-8000-00000000ffff".to_owned(),
                "nobody",
            ),
            (&app.amira, "%27%20or%201=1".to_owned(), "no id at all"),
        ];
        for (person, client, what) in cases {
            let real = fill(&app, path, &client).await;
            let status = ask(&app, method, &real, Some(person)).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{method} {path}: {what}");
        }
    }
}

#[tokio::test]
async fn nobody_reaches_another_persons_plan() {
    let app = TestApp::new().await;
    let plan = app.prescribe().await;
    for path in [
        format!("/plans/{plan}/agreement"),
        format!("/plans/{plan}/ending"),
    ] {
        let answer = app.post(Some(&app.fay), &path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(
        app.get(Some(&app.fay), &format!("/plans/{plan}"))
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    let foreign = format!("/clients/{}/plans/{plan}/ending", app.fay.id);
    assert_eq!(
        app.post(Some(&app.dov), &foreign, &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

/// The link of an invitation as its page shows it.
fn link_in(text: &str) -> String {
    let start = text.find("/join/").unwrap();
    text[start..]
        .split(['"', '<', ' '])
        .next()
        .unwrap()
        .to_owned()
}

const JOINING: [(&str, &str); 8] = [
    ("name", "Zoe"),
    ("sign_in_name", "Zoe-7"),
    ("secret", PIN),
    ("secret_again", PIN),
    ("zone", "Europe/Madrid"),
    ("locale", "en-GB"),
    ("use", "yes"),
    ("share", "yes"),
];

#[tokio::test]
async fn an_invitation_works_once_and_binds_the_pin_to_the_phone() {
    let app = TestApp::new().await;
    let made = app
        .post(Some(&app.amira), "/invitations", &[("name", "Zoe")])
        .await;
    let link = link_in(&made.text);
    assert!(
        app.get(None, &link)
            .await
            .text
            .contains("Amira invites you")
    );
    let joined = app.post(None, &link, &JOINING).await;
    assert_eq!(
        (joined.status, joined.place.as_str()),
        (StatusCode::SEE_OTHER, "/today"),
        "{}",
        joined.text
    );
    assert_eq!(app.get(None, &link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        app.post(None, &link, &JOINING).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(
        app.get(Some(&app.amira), "/caseload")
            .await
            .text
            .contains("Zoe")
    );

    let device = joined
        .cookies
        .iter()
        .find(|cookie| cookie.starts_with("kith_device="))
        .unwrap();
    assert!(device.contains("HttpOnly") && device.contains("SameSite=Lax"));
    let device = device.split(';').next().unwrap().to_owned();
    let entry = [("name", "zoe-7"), ("secret", PIN)];
    let elsewhere = app.post(None, "/sign-in", &entry).await;
    assert_eq!(elsewhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    let phone = Someone {
        cookie: device,
        ..app.ben.clone()
    };
    assert_eq!(
        app.post(Some(&phone), "/sign-in", &entry).await.place,
        "/today"
    );
    // Somebody else's phone does not do.
    let other = Someone {
        cookie: format!("kith_device={}", "device of Ben"),
        ..app.ben.clone()
    };
    assert_eq!(
        app.post(Some(&other), "/sign-in", &entry).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn joining_says_what_is_missing_and_keeps_what_was_typed() {
    let app = TestApp::new().await;
    let made = app
        .post(Some(&app.amira), "/invitations", &[("name", "Zoe")])
        .await;
    let link = link_in(&made.text);
    let answer = app
        .post(
            None,
            &link,
            &[
                ("name", "Z <b>"),
                ("sign_in_name", "ben"),
                ("secret", "123456"),
                ("zone", "Mars"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "among the first anyone would try",
        "no time zone",
        "Without this",
        "Z &lt;b&gt;",
    ] {
        assert!(answer.text.contains(words), "{words}");
    }
    let mut taken = JOINING;
    taken[1] = ("sign_in_name", "BEN");
    let answer = app.post(None, &link, &taken).await;
    assert!(answer.text.contains("has this sign-in name already"));
    // Nothing was used up by the failed tries.
    assert_eq!(
        app.post(None, &link, &JOINING).await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_new_invitation_moves_a_client_to_a_new_phone() {
    let app = TestApp::new().await;
    assert_eq!(
        app.get(Some(&app.ben), "/today").await.status,
        StatusCode::OK
    );
    let path = format!("/clients/{}/invitations", app.ben.id);
    let made = app.post(Some(&app.amira), &path, &[]).await;
    let link = link_in(&made.text);
    let renewal = |name| {
        [
            ("sign_in_name", name),
            ("secret", "918273"),
            ("secret_again", "918273"),
        ]
    };
    // Whoever made the invitation does not know her sign-in name and gets no further with it.
    let guess = app.post(None, &link, &renewal("amira")).await;
    assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!guess.text.contains("value=\"ben\""));
    let joined = app.post(None, &link, &renewal("Ben")).await;
    assert_eq!(joined.place, "/today", "{}", joined.text);
    assert_eq!(
        app.get(Some(&app.ben), "/today").await.place,
        "/sign-in?next=/today"
    );
    let device = joined
        .cookies
        .iter()
        .find(|cookie| cookie.starts_with("kith_device="))
        .unwrap();
    let phone = Someone {
        cookie: device.split(';').next().unwrap().to_owned(),
        ..app.ben.clone()
    };
    let old = app
        .post(
            Some(&phone),
            "/sign-in",
            &[("name", "ben"), ("secret", PIN)],
        )
        .await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = app
        .post(
            Some(&phone),
            "/sign-in",
            &[("name", "ben"), ("secret", "918273")],
        )
        .await;
    assert_eq!(new.place, "/today");
}

#[tokio::test]
async fn an_invitation_that_was_taken_back_or_ran_out_opens_nothing() {
    let app = TestApp::new().await;
    let made = app
        .post(Some(&app.amira), "/invitations", &[("name", "Zoe")])
        .await;
    let link = link_in(&made.text);
    let revocation = fill(&app, "/invitations/{invitation_id}/revocation", "").await;
    assert_eq!(
        app.post(Some(&app.noor), &revocation, &[]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        app.post(Some(&app.amira), &revocation, &[]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(app.get(None, &link).await.status, StatusCode::NOT_FOUND);

    let made = app
        .post(Some(&app.amira), "/invitations", &[("name", "Yva")])
        .await;
    let link = link_in(&made.text);
    app.app.clock.set(timestamp(app.app.clock.now() + 15 * DAY));
    assert_eq!(app.get(None, &link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn wrong_secrets_make_one_wait_even_with_the_right_one() {
    let app = TestApp::new().await;
    for _ in 0..5 {
        let answer = app
            .post(None, "/sign-in", &[("name", "amira"), ("secret", "wrong")])
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let answer = app
        .post(None, "/sign-in", &[("name", "amira"), ("secret", PASSWORD)])
        .await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers.contains_key("retry-after"));
    app.app.clock.set(timestamp(app.app.clock.now() + 61_000));
    let answer = app
        .post(None, "/sign-in", &[("name", "Amira"), ("secret", PASSWORD)])
        .await;
    assert_eq!(answer.place, "/caseload");
}

#[tokio::test]
async fn whoever_guesses_names_or_codes_is_slowed_down() {
    let app = TestApp::new().await;
    let mut statuses = Vec::new();
    for number in 0..60 {
        let name = format!("nobody{number}");
        statuses.push(
            app.post(None, "/sign-in", &[("name", &name), ("secret", "x")])
                .await
                .status,
        );
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
    let mut statuses = Vec::new();
    for number in 0..60 {
        let code = format!("AAAA-{number:04}");
        statuses.push(app.post(None, "/join", &[("code", &code)]).await.status);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn taking_back_the_share_closes_the_practitioners_view_at_once() {
    let app = TestApp::new().await;
    let page = format!("/clients/{}", app.ben.id);
    assert!(
        app.get(Some(&app.amira), &page)
            .await
            .text
            .contains("The last eight weeks")
    );
    let with = app.amira.id.clone();
    let answer = app
        .post(
            Some(&app.ben),
            "/me/consent/share/withdrawal",
            &[("with", &with)],
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let seen = app.get(Some(&app.amira), &page).await.text;
    assert!(!seen.contains("The last eight weeks") && seen.contains("has not chosen to share"));
    app.post(Some(&app.ben), "/me/consent/share", &[("with", &with)])
        .await;
    assert!(
        app.get(Some(&app.amira), &page)
            .await
            .text
            .contains("The last eight weeks")
    );
    // A share with somebody who is not her practitioner cannot be given.
    let noor = app.noor.id.clone();
    let answer = app
        .post(Some(&app.ben), "/me/consent/share", &[("with", &noor)])
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_client_reads_who_looked_at_her_page() {
    let app = TestApp::new().await;
    assert!(
        !app.get(Some(&app.ben), "/me")
            .await
            .text
            .contains("looked at the page")
    );
    app.get(Some(&app.amira), &format!("/clients/{}", app.ben.id))
        .await;
    let me = app.get(Some(&app.ben), "/me").await.text;
    assert!(me.contains("looked at the page") && me.contains("Amira"));
}

#[tokio::test]
async fn another_sites_page_cannot_write_in_somebodys_name() {
    let app = TestApp::new().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        let request = axum::http::Request::post("/sittings")
            .header("cookie", &app.ben.cookie)
            .header("content-type", "application/json")
            .header("host", "localhost")
            .header(name, value)
            .body(axum::body::Body::from("[]"))
            .unwrap();
        assert_eq!(
            app.send(request).await.status,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_colleague_who_left_is_out_at_once() {
    let app = TestApp::new().await;
    let path = format!("/clinic/people/{}/ending", app.noor.id);
    assert_eq!(app.post(Some(&app.olu), &path, &[]).await.place, "/clinic");
    assert_eq!(
        app.get(Some(&app.noor), "/caseload").await.status,
        StatusCode::SEE_OTHER
    );
    let entry = [("name", "noor"), ("secret", PASSWORD)];
    assert_eq!(
        app.post(None, "/sign-in", &entry).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    for other in [&app.ben.id, &app.dov.id] {
        let path = format!("/clinic/people/{other}/ending");
        assert_eq!(
            app.post(Some(&app.olu), &path, &[]).await.status,
            StatusCode::NOT_FOUND
        );
    }
    let own = format!("/clinic/people/{}/ending", app.olu.id);
    assert_eq!(
        app.post(Some(&app.olu), &own, &[]).await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn two_people_may_share_a_device() {
    let app = TestApp::new().await;
    let mut device = None;
    for name in ["Zoe", "Yva"] {
        let made = app
            .post(Some(&app.amira), "/invitations", &[("name", name)])
            .await;
        let mut fields = JOINING;
        fields[1] = ("sign_in_name", name);
        let joined = app
            .post(device.as_ref(), &link_in(&made.text), &fields)
            .await;
        let cookie = joined
            .cookies
            .iter()
            .find(|cookie| cookie.starts_with("kith_device="))
            .unwrap();
        device = Some(Someone {
            cookie: cookie.split(';').next().unwrap().to_owned(),
            ..app.ben.clone()
        });
    }
    for name in ["zoe", "yva"] {
        let answer = app
            .post(
                device.as_ref(),
                "/sign-in",
                &[("name", name), ("secret", PIN)],
            )
            .await;
        assert_eq!(answer.place, "/today", "{name}");
    }
}

#[tokio::test]
async fn changing_the_secret_signs_out_everywhere_else() {
    let app = TestApp::new().await;
    let fields = [
        ("now", PIN),
        ("secret", "918273"),
        ("secret_again", "918273"),
    ];
    let changed = app.post(Some(&app.ben), "/me/secret", &fields).await;
    assert_eq!(changed.place, "/me", "{}", changed.text);
    assert_eq!(
        app.get(Some(&app.ben), "/today").await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        app.get(Some(&app.someone(&changed)), "/today").await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn tries_at_the_same_time_are_counted_one_by_one() {
    let app = TestApp::new().await;
    let wrong = [("name", "amira"), ("secret", "wrong")];
    let tries = (0..12).map(|_| app.post(None, "/sign-in", &wrong));
    let mut looked_at = 0;
    for answer in join_all(tries).await {
        looked_at += usize::from(answer.status == StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(looked_at, 5);
}

/// Polls all of them together.
async fn join_all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, output) in &mut waiting {
            if output.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(done) => *output = Some(done),
                    std::task::Poll::Pending => ready = false,
                }
            }
        }
        if ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}

#[tokio::test]
async fn what_neither_database_could_keep_is_refused_by_both() {
    let app = TestApp::new().await;
    for path in ["/plans/%00/ending", "/plans/%00/agreement"] {
        let status = app.post(Some(&app.ben), path, &[]).await.status;
        assert!(status.is_client_error(), "{path}: {status}");
    }
    let status = app
        .post(None, "/sign-in", &[("name", "a\0b"), ("secret", "x")])
        .await
        .status;
    assert!(status.is_client_error(), "{status}");
    for path in [
        "/practise/soles-ground?minutes=1&minutes=2",
        "/practices/%FF",
    ] {
        let answer = app.get(Some(&app.ben), path).await;
        assert!(
            answer.status.is_client_error() && answer.text.contains("Kith"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn signing_out_ends_the_login() {
    let app = TestApp::new().await;
    let answer = app.post(Some(&app.ben), "/sign-out", &[]).await;
    assert!(answer.cookies[0].contains("Max-Age=0"));
    assert_eq!(
        app.get(Some(&app.ben), "/today").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_login_ends_by_itself() {
    let app = TestApp::new().await;
    app.app.clock.set(timestamp(app.app.clock.now() + 31 * DAY));
    assert_eq!(
        app.get(Some(&app.ben), "/today").await.place,
        "/sign-in?next=/today"
    );
}

#[tokio::test]
async fn the_demos_entrance_is_closed_outside_the_demo() {
    let app = TestApp::new().await;
    assert_eq!(
        app.post(None, "/demo/entry", &[("name", "ben")])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    // Even in the demo nobody is let into a clinic that is not an invented one.
    let demo = TestApp::with(|config| config.demo = true).await;
    let entry = [("name", "ben")];
    assert_eq!(
        demo.post(None, "/demo/entry", &entry).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn cookies_are_secure_behind_https() {
    let app = TestApp::with(|config| config.url = "https://kith.example.org".to_owned()).await;
    let answer = app
        .post(None, "/sign-in", &[("name", "amira"), ("secret", PASSWORD)])
        .await;
    assert!(
        answer.cookies[0].starts_with("__Host-kith_login=")
            && answer.cookies[0].contains("; Secure")
    );
}

#[tokio::test]
async fn every_answer_carries_the_guarding_headers() {
    let app = TestApp::new().await;
    for path in ["/", "/sign-in", "/nowhere", "/health"] {
        let answer = app.get(None, path).await;
        let policy = answer.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("default-src 'self'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}
