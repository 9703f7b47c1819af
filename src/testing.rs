//! The whole app for tests, with the cast: Amira practises as therapist, Ben is her client, Noor is
//! her colleague, Chloe leads, Ema does research, Olu owns; Dov is a stranger of another clinic, and
//! Fay is his client.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use kith_content::Library;
use tower::ServiceExt;

use crate::app::{App, Parts, router};
use crate::clips::Clips;
use crate::content::Contents;
use crate::features::evidence::pdf::Typesetter;
use crate::features::people::secrets::{Secrets, Strength};
use crate::features::people::store::{self, Clinic, ConsentRow, PersonRow};
use crate::features::people::{Joining, Person, Role, Roles};
use kith_base::clock::{Clock, DAY};
use kith_base::config::Config;
use kith_base::db::{Db, Target};
use kith_base::error::Error;
use kith_base::id::{Ids, digest};
use kith_base::limit::Limits;
use kith_base::testing::{Template, TestDatabase, database};

/// Noon on the day of every test.
pub(crate) const NOW: &str = "2026-11-23T12:00:00Z";
pub(crate) const PIN: &str = "204817";
pub(crate) const PASSWORD: &str = "four plain small words";

/// The built-in content.
pub(crate) fn content() -> Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY
        .get_or_init(|| crate::content::load(None).unwrap().library)
        .clone()
}

/// Somebody of the cast, signed in.
#[derive(Clone, Debug)]
pub(crate) struct Someone {
    pub(crate) clinic_id: String,
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) cookie: String,
    pub(crate) roles: Vec<Role>,
}

impl Someone {
    /// As the program knows her.
    pub(crate) fn person(&self) -> Person {
        Person {
            clinic_id: self.clinic_id.clone(),
            person_id: self.id.clone(),
            name: self.name.to_owned(),
            roles: Roles::of(&self.roles),
            locale: "en-GB".to_owned(),
            zone: "Europe/Madrid".to_owned(),
            demo: false,
        }
    }
}

/// A house with nobody in it.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    /// Goes when the test ends.
    _database: TestDatabase,
}

/// A house with the cast in it.
pub(crate) struct TestApp {
    house: House,
    pub(crate) amira: Someone,
    pub(crate) ben: Someone,
    pub(crate) noor: Someone,
    pub(crate) chloe: Someone,
    pub(crate) ema: Someone,
    pub(crate) olu: Someone,
    pub(crate) dov: Someone,
    pub(crate) fay: Someone,
}

impl std::ops::Deref for TestApp {
    type Target = House;

    fn deref(&self) -> &House {
        &self.house
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) place: String,
    pub(crate) cookies: Vec<String>,
    pub(crate) headers: axum::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let Cast {
            template,
            people,
            ids,
        } = cast();
        let house = house(template.copy(), Ids::counted_from(*ids), change);
        let [amira, ben, noor, chloe, ema, olu, dov, fay] = people.clone();
        Self {
            house,
            amira,
            ben,
            noor,
            chloe,
            ema,
            olu,
            dov,
            fay,
        }
    }

    /// Everybody in our clinic and the strangers.
    pub(crate) fn cast(&self) -> [&Someone; 8] {
        [
            &self.amira,
            &self.ben,
            &self.noor,
            &self.chloe,
            &self.ema,
            &self.olu,
            &self.dov,
            &self.fay,
        ]
    }

    /// What is due for somebody today, as JSON.
    pub(crate) async fn today_json(&self, person: &Someone) -> serde_json::Value {
        let request = self
            .request("GET", "/today", Some(person))
            .header("accept", "application/json")
            .body(Body::empty())
            .unwrap();
        self.send(request).await.json()
    }

    /// Practises now, for that long, and rates nothing.
    pub(crate) async fn practise(&self, person: &Someone, practice: &str, minutes: f64) {
        let now = self.app.clock.now();
        let id = self.app.ids.make(now).unwrap();
        let records = serde_json::json!([{
            "id": id, "practice": practice, "revision": "1", "started_at": now,
            "minutes": minutes, "seconds_heard": minutes * 60.0, "finished": true,
        }]);
        let answer = self
            .post_json(Some(person), "/sittings", &records.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }

    /// Takes up a programme for oneself and tells where the plan stands.
    pub(crate) async fn take_up(&self, person: &Someone, programme: &str) -> String {
        let path = format!("/programmes/{programme}/enrolment");
        let answer = self.post(Some(person), &path, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.place
    }

    /// Offers Ben a practice and tells the plan's id.
    pub(crate) async fn prescribe(&self) -> String {
        let path = format!("/clients/{}/plans", self.ben.id);
        let answer = self.post(Some(&self.amira), &path, &PLAN).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let (clinic, client) = (self.ben.clinic_id.clone(), self.ben.id.clone());
        let plans = self
            .app
            .db
            .read(move |tx| crate::features::plans::store::list(tx, &clinic, &client))
            .await
            .unwrap();
        plans.last().unwrap().plan_id.clone()
    }
}

impl House {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let text = |name: header::HeaderName| {
            let values = response.headers().get_all(name);
            values
                .iter()
                .map(|value| value.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let (place, cookies) = (text(header::LOCATION).join(""), text(header::SET_COOKIE));
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        if headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.to_str().unwrap().starts_with("text/html"))
        {
            assert_sound(&String::from_utf8_lossy(&bytes));
        }
        Answer {
            status,
            place,
            cookies,
            headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        who: Option<&Someone>,
    ) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin");
        if let Some(who) = who {
            request = request.header(header::COOKIE, &who.cookie);
        }
        request
    }

    pub(crate) async fn get(&self, who: Option<&Someone>, path: &str) -> Answer {
        self.send(self.request("GET", path, who).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(
        &self,
        who: Option<&Someone>,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = self
            .request("POST", path, who)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn post_json(&self, who: Option<&Someone>, path: &str, body: &str) -> Answer {
        let request = self
            .request("POST", path, who)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.send(request).await
    }

    /// Whoever was signed in by that answer.
    pub(crate) fn someone(&self, answer: &Answer) -> Someone {
        Someone {
            clinic_id: String::new(),
            id: String::new(),
            name: "",
            cookie: answer.cookies[0].split(';').next().unwrap().to_owned(),
            roles: Vec::new(),
        }
    }
}

/// A house the cast has moved into, to be copied.
struct Cast {
    template: Template,
    people: [Someone; 8],
    /// How many ids it took.
    ids: u64,
}

/// The cast moves in once for all tests of a run.
fn cast() -> &'static Cast {
    static CAST: OnceLock<Cast> = OnceLock::new();
    CAST.get_or_init(|| {
        let mut moved_in = None;
        let template = Template::new(|db| {
            // A thread of its own, because the test that comes first is already inside a runtime.
            moved_in = std::thread::scope(|scope| scope.spawn(|| move_in(db)).join().ok());
        });
        let (people, ids) = moved_in.unwrap();
        Cast {
            template,
            people,
            ids,
        }
    })
}

#[tokio::main(flavor = "current_thread")]
async fn move_in(db: &Db) -> ([Someone; 8], u64) {
    let ids = Ids::counted();
    let app = app(
        db.clone(),
        ids.clone(),
        config(Target::Sqlite("unused".into())),
    );
    let ours = add_clinic(&app, "Ours").await;
    let theirs = add_clinic(&app, "Theirs").await;
    let amira = join(&app, &ours, "Amira", &[Role::Practitioner], None).await;
    let dov = join(&app, &theirs, "Dov", &[Role::Practitioner], None).await;
    let people = [
        amira.clone(),
        join(&app, &ours, "Ben", &[Role::Client], Some(&amira)).await,
        join(&app, &ours, "Noor", &[Role::Practitioner], None).await,
        join(&app, &ours, "Chloe", &[Role::Lead], None).await,
        join(&app, &ours, "Ema", &[Role::Researcher], None).await,
        join(&app, &ours, "Olu", &[Role::Owner], None).await,
        dov.clone(),
        join(&app, &theirs, "Fay", &[Role::Client], Some(&dov)).await,
    ];
    (people, ids.count())
}

/// A house nobody has moved into yet.
pub(crate) fn empty(change: impl FnOnce(&mut Config)) -> House {
    house(database(), Ids::counted(), change)
}

fn house(database: TestDatabase, ids: Ids, change: impl FnOnce(&mut Config)) -> House {
    let mut config = config(database.target.clone());
    change(&mut config);
    let app = app(database.open(), ids, config);
    House {
        router: router(app.clone()),
        app,
        _database: database,
    }
}

fn config(target: Target) -> Config {
    Config {
        data: std::env::temp_dir(),
        target,
        content: None,
        listen: ([127, 0, 0, 1], 0).into(),
        url: "http://localhost:8080".to_owned(),
        behind_proxy: false,
        connections: 2,
        mailer: kith_base::mail::Mailer::remembering(),
        mail_from: Some("quiet@example.org".to_owned()),
        voice_command: None,
        typesetter: None,
        demo: false,
    }
}

fn app(db: Db, ids: Ids, config: Config) -> App {
    let clock = Clock::fixed(NOW.parse().unwrap());
    App::new(Parts {
        db,
        contents: Contents::new(content()),
        clips: Clips::new(&config.data),
        typesetter: Typesetter::at(config.typesetter.as_deref()),
        limits: Limits::new(clock.clone()),
        clock,
        ids,
        secrets: Secrets::new(Strength::Demo),
        config,
    })
}

/// A plan as a practitioner fills it in.
/// How much of a programme, as a form.
pub(crate) const DOSE: [(&str, &str); 10] = [
    ("weekday", "1"),
    ("weekday", "2"),
    ("weekday", "3"),
    ("weekday", "4"),
    ("weekday", "5"),
    ("weekday", "6"),
    ("weekday", "7"),
    ("routine", "after breakfast"),
    ("smallest_practice", "soles-ground"),
    ("smallest_minutes", "1"),
];

pub(crate) const PLAN: [(&str, &str); 10] = [
    ("practice", "wish-loved-one"),
    ("minutes", "5"),
    ("weekday", "1"),
    ("weekday", "2"),
    ("weekday", "3"),
    ("routine", "after breakfast"),
    ("smallest_practice", "hand-rest-20s"),
    ("smallest_minutes", "1"),
    ("why", "To begin with somebody easy."),
    ("if_hard", "Stop and feel your feet."),
];

async fn add_clinic(app: &App, name: &str) -> Clinic {
    let clinic = Clinic {
        clinic_id: app.ids.make(app.clock.now()).unwrap(),
        name: name.to_owned(),
        locale: "en-GB".to_owned(),
        zone: "Europe/Madrid".to_owned(),
        ..Clinic::default()
    };
    let (made, now) = (clinic.clone(), app.clock.now());
    app.db
        .write(move |tx| {
            store::add_clinic(tx, &made, now)?;
            let help = crate::features::alerts::store::Help {
                locale: made.locale.clone(),
                emergency_number: "112".to_owned(),
                ..Default::default()
            };
            crate::features::alerts::store::set_help(tx, &made.clinic_id, &help)
        })
        .await
        .unwrap();
    clinic
}

async fn join(
    app: &App,
    clinic: &Clinic,
    name: &'static str,
    roles: &[Role],
    practitioner: Option<&Someone>,
) -> Someone {
    static TOKEN: AtomicU64 = AtomicU64::new(1);
    let now = app.clock.now();
    let token = format!("{:064x}", TOKEN.fetch_add(1, Ordering::SeqCst));
    let client = practitioner.is_some();
    let person = PersonRow {
        clinic_id: clinic.clinic_id.clone(),
        person_id: app.ids.make(now).unwrap(),
        name: name.to_owned(),
        sign_in_name: name.to_lowercase(),
        roles: Roles::of(roles).to_string(),
        locale: "en-GB".to_owned(),
        zone: "Europe/Madrid".to_owned(),
        made_at: now - 30 * DAY,
    };
    let mut consents = Vec::new();
    for layer in app.content.layers().iter().filter(|_| client) {
        let share = layer.id == "share";
        consents.push(ConsentRow {
            consent_id: app.ids.make(now).unwrap(),
            layer: layer.id.clone(),
            version: layer.version.clone(),
            with_id: practitioner
                .filter(|_| share)
                .map(|one| one.id.clone())
                .unwrap_or_default(),
            given: share || layer.required,
            at: now,
        });
    }
    let secret = if client { PIN } else { PASSWORD };
    let joining = Joining {
        person: person.clone(),
        kind: if client { "pin" } else { "password" },
        secret_hash: app.secrets.hash(secret).await.unwrap(),
        consents,
        device: client.then(|| {
            (
                app.ids.make(now).unwrap(),
                digest(&format!("device of {name}")),
            )
        }),
        practitioner_id: practitioner.map(|one| one.id.clone()),
        audit_id: app.ids.make(now).unwrap(),
    };
    let hash = digest(&token);
    app.db
        .write(move |tx| {
            joining.store(tx, now)?;
            let (clinic, whose) = (&joining.person.clinic_id, &joining.person.person_id);
            store::add_login(tx, clinic, whose, &hash, now, now + 30 * DAY)?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    Someone {
        clinic_id: person.clinic_id,
        id: person.person_id,
        name,
        cookie: format!("kith_login={token}"),
        roles: roles.to_vec(),
    }
}

/// No element of a page has an attribute twice (browsers drop the second without a word), and no id
/// stands twice on a page.
fn assert_sound(page: &str) {
    let mut ids = std::collections::BTreeSet::new();
    for tag in page
        .split('<')
        .skip(1)
        .filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()))
    {
        let mut names = std::collections::BTreeSet::new();
        let mut rest = tag;
        // Values are always quoted by maud, and a quote inside one is escaped.
        while let Some((before, after)) = rest.split_once("=\"") {
            let name = before.rsplit([' ', '"']).next().unwrap();
            let (value, after) = after.split_once('"').unwrap();
            assert!(names.insert(name), "{name} twice in <{tag}");
            if name == "id" {
                assert!(ids.insert(value), "the id {value} twice");
            }
            rest = after;
        }
    }
}
