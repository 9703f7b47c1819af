//! What happens without anybody asking: looks who is due, and delivers.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::rules::{self, Decision, Known, Reminder, RequestMessage, State};
use super::store;
use super::{can_push, keys, push, sends_mail};
use crate::app::App;
use crate::features::measures::store::requests::{self, ToRemind};
use crate::features::{people, plans, sittings};
use kith_base::clock::DAY;
use kith_base::db::Tx;
use kith_base::error::Error;
use kith_base::id;
use kith_base::jobs::{self, Job, NewJob, Outcome};
use kith_base::mail::{Failure, Letter};
use kith_base::push::{Delivery, read_subscription};
use kith_base::web::locale::{day, zone};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(20);
/// How many people are looked at together.
const TOGETHER: i64 = 50;
/// How long a link that confirms an address holds.
const CONFIRMING: i64 = 2 * DAY;

/// The worker; runs until it is dropped.
pub async fn work(app: App) {
    loop {
        match tick(&app).await {
            // There may be more.
            Ok(count) if count > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(kind = error.kind(), "reminders"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Looks once at who is due, and delivers what waits; tells how much there was.
///
/// # Errors
/// When the database fails; nothing is lost then, only late.
pub async fn tick(app: &App) -> Result<usize, Error> {
    let now = app.clock.now();
    let due = app
        .db
        .read(move |tx| store::list_due(tx, now, TOGETHER))
        .await
        .map_err(Error::from)?;
    let mut count = 0;
    let mut under_way = JoinSet::new();
    for row in due {
        let app = app.clone();
        under_way.spawn(async move { look(&app, row, now).await });
    }
    while let Some(done) = under_way.join_next().await {
        // What fails for one waits for the next look, and keeps nobody else waiting.
        match done.map_err(Error::internal)? {
            Ok(()) => count += 1,
            Err(error) => tracing::warn!(kind = error.kind(), "a reminder"),
        }
    }
    let asked = app
        .db
        .read(move |tx| requests::list_to_remind(tx, now, TOGETHER))
        .await
        .map_err(Error::from)?;
    for row in asked {
        match remind_of_request(app, row, now).await {
            Ok(()) => count += 1,
            Err(error) => tracing::warn!(kind = error.kind(), "a reminder of a request"),
        }
    }
    let worker = app.clone();
    count += jobs::run_due(&app.db, now, move |job| deliver(worker.clone(), job)).await?;
    Ok(count)
}

/// One person whose reminder is due: what is decided and what follows from it are one transaction.
async fn look(app: &App, due: store::DueRow, now: i64) -> Result<(), Error> {
    let (mail, pushes) = (sends_mail(app), can_push(app));
    // A message for each device and one for the letter.
    let ids = (0..=super::MOST_DEVICES)
        .map(|_| app.ids.make(now))
        .collect::<Result<Vec<_>, _>>()?;
    app.db
        .write(move |tx| {
            let (clinic, whose) = (due.clinic_id.as_str(), due.person_id.as_str());
            let here = zone(&due.zone);
            let Some(reminder) = store::find(tx, clinic, whose)? else {
                return Ok(());
            };
            if !store::claim(tx, &due, rules::next_at(&reminder, now, &here))? {
                return Ok(());
            }
            if !store::is_here(tx, clinic, whose)? {
                return Ok(store::stop(tx, clinic, whose)?);
            }
            let on = day(now, &due.zone);
            let decision = decide(tx, &reminder, &due, now)?;
            let kind = match decision {
                Decision::Nothing => return Ok(()),
                Decision::Remind => "reminder",
                Decision::Ask => "question",
            };
            let wanted = channels(tx, (clinic, whose), &reminder, (mail, pushes))?;
            if wanted.is_empty() {
                return Ok(());
            }
            let state = match decision {
                Decision::Ask => State::Asked,
                _ => State::Running,
            };
            store::add_sent(tx, clinic, whose, &on.to_string(), kind, state.word())?;
            if state == State::Asked {
                store::update_next(tx, clinic, whose, None, &due.zone)?;
            }
            let message = Message {
                kind: kind.to_owned(),
                on: on.to_string(),
                ..Message::default()
            };
            put_down(
                tx,
                (clinic, whose),
                (wanted, &ids),
                &message,
                (now, now + rules::LATE),
            )
        })
        .await
}

/// By which channels somebody is reached: a letter, and each of her browsers.
fn channels(
    tx: &mut Tx<'_>,
    (clinic, whose): (&str, &str),
    reminder: &Reminder,
    (mail, pushes): (bool, bool),
) -> Result<Vec<(&'static str, String)>, Error> {
    let mut wanted = Vec::new();
    let address = store::find_address(tx, clinic, whose)?;
    let confirmed = address.is_some_and(|address| address.confirmed_at.is_some());
    if mail && reminder.by_mail && confirmed {
        wanted.push(("letter", String::new()));
    }
    if pushes {
        store::remove_signed_out_devices(tx, clinic, whose)?;
        let devices = store::list_devices(tx, clinic, whose)?;
        wanted.extend(devices.into_iter().map(|device| ("push", device.device_id)));
    }
    Ok(wanted)
}

/// Puts down a job for each channel.
fn put_down(
    tx: &mut Tx<'_>,
    (clinic, whose): (&str, &str),
    (wanted, ids): (Vec<(&'static str, String)>, &[String]),
    message: &Message,
    (due_at, expires_at): (i64, i64),
) -> Result<(), Error> {
    for ((channel, device), job_id) in wanted.into_iter().zip(ids) {
        let message = Message {
            device,
            ..message.clone()
        };
        let payload = serde_json::to_string(&message).map_err(Error::internal)?;
        let job = NewJob {
            clinic_id: clinic,
            person_id: whose,
            kind: channel,
            payload: &payload,
            due_at,
            expires_at,
        };
        jobs::add(tx, job_id, &job)?;
    }
    Ok(())
}

/// The one reminder of something somebody was asked: decided and put down in one transaction, once, whatever comes of it.
async fn remind_of_request(app: &App, due: ToRemind, now: i64) -> Result<(), Error> {
    let (mail, pushes) = (sends_mail(app), can_push(app));
    let ids = (0..=super::MOST_DEVICES)
        .map(|_| app.ids.make(now))
        .collect::<Result<Vec<_>, _>>()?;
    app.db
        .write(move |tx| {
            let (clinic, whose) = (due.clinic_id.as_str(), due.person_id.as_str());
            let found = requests::find_request(tx, clinic, &due.request_id)?;
            let reminder = store::find(tx, clinic, whose)?;
            let is_here = store::is_here(tx, clinic, whose)?;
            let request = found.map(|(_, request)| request);
            let waits = request.as_ref().is_some_and(|request| request.is_open(now));
            let expires_at = request.map_or(0, |request| request.expires_at);
            let state = (waits && is_here, expires_at);
            match rules::request_message(reminder.as_ref(), state, now, &zone(&due.zone)) {
                RequestMessage::At(later) => {
                    requests::update_remind_at(tx, &due, later)?;
                }
                RequestMessage::Never => {
                    requests::update_reminded(tx, &due, now)?;
                }
                RequestMessage::Now => {
                    if let Some(reminder) = reminder
                        && requests::update_reminded(tx, &due, now)?
                    {
                        let message = Message {
                            kind: REQUEST.to_owned(),
                            on: day(now, &due.zone).to_string(),
                            request: due.request_id.clone(),
                            ..Message::default()
                        };
                        let wanted = channels(tx, (clinic, whose), &reminder, (mail, pushes))?;
                        let until = expires_at.min(now + rules::LATE);
                        put_down(tx, (clinic, whose), (wanted, &ids), &message, (now, until))?;
                    }
                }
            }
            Ok::<_, Error>(())
        })
        .await
}

fn decide(
    tx: &mut Tx<'_>,
    reminder: &Reminder,
    due: &store::DueRow,
    now: i64,
) -> Result<Decision, Error> {
    let (clinic, whose) = (due.clinic_id.as_str(), due.person_id.as_str());
    let on = day(now, &due.zone);
    let sent = store::list_sent(tx, clinic, whose, 7)?;
    let oldest = sent
        .iter()
        .filter_map(|sent| sent.delivered_at)
        .min()
        .unwrap_or(now);
    let (mut came_at, days) =
        sittings::store::list_times(tx, clinic, whose, oldest.min(now - 2 * DAY))?;
    came_at.extend(people::store::find_last_seen(tx, clinic, whose)?);
    let plans = plans::store::list(tx, clinic, whose)?;
    let known = Known {
        zone: &zone(&due.zone),
        weekdays: &rules::weekdays(&plans, on),
        practised_today: days.contains(&on.to_string()),
        sent: &sent,
        came_at: &came_at,
    };
    Ok(rules::decide(reminder, now, &known))
}

/// The kind of message that reminds of something asked.
const REQUEST: &str = "request";

/// What a job carries: which message, and to which device.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Message {
    kind: String,
    on: String,
    device: String,
    /// What was asked, where the message is about that.
    #[serde(default)]
    request: String,
}

/// Asks for a letter that asks whether an address is hers.
pub(super) fn ask_to_confirm(
    tx: &mut Tx<'_>,
    job_id: &str,
    clinic_id: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    jobs::store::remove_waiting(tx, clinic_id, person_id, "confirmation")?;
    let job = NewJob {
        clinic_id,
        person_id,
        kind: "confirmation",
        payload: "{}",
        due_at: now,
        expires_at: now + DAY,
    };
    Ok(jobs::add(tx, job_id, &job)?)
}

async fn deliver(app: App, job: Job) -> Outcome {
    let done = match job.kind.as_str() {
        "letter" => letter(&app, &job).await,
        "confirmation" => confirmation(&app, &job).await,
        "push" => notification(&app, &job).await,
        _ => Ok(Outcome::Never),
    };
    done.unwrap_or_else(|error| {
        tracing::warn!(kind = error.kind(), "a delivery");
        Outcome::Later
    })
}

/// What holds now about somebody, whatever held when the message was put down.
async fn current(
    app: &App,
    job: &Job,
) -> Result<Option<(Reminder, Option<store::Address>)>, Error> {
    let (clinic, whose) = (job.clinic_id.clone(), job.person_id.clone());
    app.db
        .read(move |tx| {
            let reminder = store::find(tx, &clinic, &whose)?;
            let address = store::find_address(tx, &clinic, &whose)?;
            Ok::<_, Error>(reminder.map(|reminder| (reminder, address)))
        })
        .await
}

fn read(job: &Job) -> Result<Message, Error> {
    serde_json::from_str(&job.payload).map_err(Error::internal)
}

/// Whether it was ended, paused or answered after the message was put down.
fn is_over(reminder: &Reminder, message: &Message, app: &App) -> bool {
    let on = day(app.clock.now(), &reminder.zone);
    let wanted = match message.kind.as_str() {
        "question" => State::Asked,
        _ => State::Running,
    };
    reminder.state != wanted || reminder.paused_until.is_some_and(|until| on < until)
}

/// Whether what a message reminds of was answered, taken back or over before it could go out.
async fn is_settled(app: &App, job: &Job, message: &Message) -> Result<bool, Error> {
    if message.kind != REQUEST {
        return Ok(false);
    }
    let (clinic, request_id, now) = (
        job.clinic_id.clone(),
        message.request.clone(),
        app.clock.now(),
    );
    let found = app
        .db
        .read(move |tx| requests::find_request(tx, &clinic, &request_id))
        .await
        .map_err(Error::from)?;
    Ok(!found.is_some_and(|(_, request)| request.is_open(now)))
}

async fn letter(app: &App, job: &Job) -> Result<Outcome, Error> {
    let message = read(job)?;
    if is_settled(app, job, &message).await? {
        return Ok(Outcome::Done);
    }
    let Some((reminder, Some(address))) = current(app, job).await? else {
        return Ok(Outcome::Done);
    };
    if !reminder.by_mail || address.confirmed_at.is_none() || is_over(&reminder, &message, app) {
        return Ok(Outcome::Done);
    }
    let url = &app.config.url;
    let leave = format!("{url}/reminders/mail/ending/{}", address.leave_secret);
    let (words, place) = says(&reminder, &message);
    let more = match message.kind.as_str() {
        "question" => {
            "Pause for a week, take another time, make it smaller, or stop: each is fine.\n\n"
        }
        _ => "",
    };
    let letter = Letter {
        id: job.job_id.clone(),
        at: app.clock.now(),
        to: address.address.clone(),
        subject: words.to_owned(),
        text: format!("{words}\n\n{more}{url}{place}\n\n\nNo more of these: {leave}\n"),
        leave: Some(leave),
    };
    let outcome = post(app, letter, &address).await?;
    if outcome == Outcome::Done {
        note_delivered(app, job, &message).await?;
    }
    Ok(outcome)
}

/// The words of a message, and where it leads.
fn says(reminder: &Reminder, message: &Message) -> (&'static str, &'static str) {
    match message.kind.as_str() {
        "question" => (rules::QUESTION, "/reminders"),
        REQUEST => (rules::REQUEST, "/measures"),
        _ if reminder.smaller => (rules::words(&reminder.words), "/reminders/smallest"),
        _ => (rules::words(&reminder.words), "/today"),
    }
}

async fn confirmation(app: &App, job: &Job) -> Result<Outcome, Error> {
    let Some((_, Some(address))) = current(app, job).await? else {
        return Ok(Outcome::Done);
    };
    if address.confirmed_at.is_some() {
        return Ok(Outcome::Done);
    }
    // Made only now, so that it never waits in the table of jobs.
    let token = id::secret()?;
    let (hash, until) = (id::digest(&token), app.clock.now() + CONFIRMING);
    let (clinic, whose) = (job.clinic_id.clone(), job.person_id.clone());
    app.db
        .write(move |tx| store::update_token(tx, &clinic, &whose, &hash, until))
        .await
        .map_err(Error::from)?;
    let url = &app.config.url;
    let letter = Letter {
        id: job.job_id.clone(),
        at: app.clock.now(),
        to: address.address.clone(),
        subject: "Is this your address?".to_owned(),
        text: format!(
            "Somebody gave this address for a short message a day.\n\nIf that was you, open this within two \
             days and say yes:\n\n{url}/reminders/mail/confirmation/{token}\n\nIf it was not you, do nothing: \
             nothing more will come.\n"
        ),
        leave: None,
    };
    post(app, letter, &address).await
}

async fn post(app: &App, letter: Letter, address: &store::Address) -> Result<Outcome, Error> {
    match app.config.mailer.send(letter).await {
        Ok(()) => Ok(Outcome::Done),
        Err(Failure::Away) => Ok(Outcome::Later),
        Err(failure) => {
            tracing::warn!(%failure, "a letter");
            let (address, now) = (address.clone(), app.clock.now());
            app.db
                .write(move |tx| store::update_refused(tx, &address, now))
                .await
                .map_err(Error::from)?;
            Ok(Outcome::Never)
        }
    }
}

async fn notification(app: &App, job: &Job) -> Result<Outcome, Error> {
    let message = read(job)?;
    if is_settled(app, job, &message).await? {
        return Ok(Outcome::Done);
    }
    let (clinic, whose) = (job.clinic_id.clone(), job.person_id.clone());
    let (reminder, devices) = app
        .db
        .read(move |tx| {
            let reminder = store::find(tx, &clinic, &whose)?;
            Ok::<_, Error>((reminder, store::list_devices(tx, &clinic, &whose)?))
        })
        .await?;
    let device = devices
        .into_iter()
        .find(|device| device.device_id == message.device);
    let (Some(reminder), Some(device)) = (reminder, device) else {
        return Ok(Outcome::Done);
    };
    if is_over(&reminder, &message, app) {
        return Ok(Outcome::Done);
    }
    let push = push(app);
    let to = read_subscription(&device.endpoint, &device.p256dh, &device.auth, push.local);
    let Some(to) = to else {
        return Ok(Outcome::Never);
    };
    let (words, place) = says(&reminder, &message);
    let text = serde_json::json!({"words": words, "place": place}).to_string();
    let keys = keys(app, &job.clinic_id).await?;
    let now = app.clock.now();
    let left = ((job.expires_at - now) / 1000).max(60);
    match push.send(to, &keys, &text, left, now).await {
        Delivery::Taken => {
            note_delivered(app, job, &message).await?;
            Ok(Outcome::Done)
        }
        Delivery::Away => Ok(Outcome::Later),
        Delivery::Refused => Ok(Outcome::Never),
        Delivery::Ended => {
            let (clinic, whose) = (job.clinic_id.clone(), job.person_id.clone());
            app.db
                .write(move |tx| store::remove_device(tx, &clinic, &whose, &device.device_id))
                .await
                .map_err(Error::from)?;
            Ok(Outcome::Done)
        }
    }
}

async fn note_delivered(app: &App, job: &Job, message: &Message) -> Result<(), Error> {
    // The one before an appointment is none of the daily ones, and nobody ignores it.
    if message.kind == REQUEST {
        return Ok(());
    }
    let (clinic, whose, on) = (
        job.clinic_id.clone(),
        job.person_id.clone(),
        message.on.clone(),
    );
    let now = app.clock.now();
    app.db
        .write(move |tx| store::update_delivered(tx, &clinic, &whose, &on, now))
        .await
        .map_err(Error::from)
}
