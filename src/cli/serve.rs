//! `kith serve`: the real thing. Also what other commands need to open the house.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;
use tokio::net::TcpListener;

use super::{Failure, note, say};
use kith_base::clock::Clock;
use kith_base::config::{self, Config};
use kith_base::db::{Db, Target};
use kith_base::error::Error;
use kith_base::id::Ids;
use kith_base::limit::Limits;
use kith_rooms::front::clips::Clips;
use kith_rooms::front::content::{self, Contents};
use kith_rooms::front::evidence::pdf::Typesetter;
use kith_rooms::front::people::{self, Secrets, Strength};
use kith_rooms::front::{App, Parts, router};
use kith_rooms::front::{alerts, reminders, safety};

/// Options of `kith serve`.
#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    common: config::HouseOptions,
}

pub(super) fn run(options: Options) -> Result<ExitCode, Failure> {
    let config = settle(options.common, "kith-data")?;
    logs();
    let runtime = runtime()?;
    let app = open(config)?;
    runtime.block_on(async {
        if people::store_is_empty(&app).await.map_err(|error| told(&error))? {
            let place = match &app.config.target {
                Target::Sqlite(_) => format!("--data {}", app.config.data.display()),
                Target::Postgres(_) => "--database URL".to_owned(),
            };
            note(format!(
                "Nobody is here yet. In another terminal:\n  kith invite {place} --url {} --role owner \
                 --role practitioner --name \"Your name\" --clinic \"Your clinic\"",
                app.config.url
            ));
        }
        serve(app, |address, app| {
            say(format!("Kith listens on http://{address} and is reached at {}", app.config.url));
        })
        .await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Settles options, and makes the data directory.
pub(super) fn settle(options: config::HouseOptions, default_data: &str) -> Result<Config, Failure> {
    let config = options.settle(default_data).map_err(Failure::wrong)?;
    if let Target::Sqlite(_) = config.target {
        std::fs::create_dir_all(&config.data).map_err(|error| {
            Failure::failed(format!("{} cannot be made: {error}", config.data.display()))
        })?;
        keep_private(&config.data)?;
    }
    Ok(config)
}

/// Nobody else on the machine has any business in there.
fn keep_private(folder: &std::path::Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
            .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))?;
    }
    Ok(())
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::failed)
}

/// Opens content and database.
pub(super) fn open(config: Config) -> Result<App, Failure> {
    let loaded = content::load(config.content.as_deref()).map_err(Failure::wrong)?;
    // A fault in one file keeps nobody from practising with the others.
    for problem in &loaded.problems {
        note(format!("content: {problem}"));
    }
    let strength = if config.demo {
        Strength::Demo
    } else {
        Strength::Full
    };
    let clock = clock();
    Ok(App::new(Parts {
        db: Db::open(&config.target, config.connections).map_err(Failure::failed)?,
        contents: Contents::new(loaded.library),
        clips: Clips::new(&config.data),
        typesetter: Typesetter::at(config.typesetter.as_deref()),
        ids: Ids::random(),
        secrets: Secrets::new(strength),
        limits: Limits::new(clock.clone()),
        clock,
        config,
    }))
}

/// The machine's own clock. A debug build, which is what journeys run, can be told to live some days later.
fn clock() -> Clock {
    #[cfg(debug_assertions)]
    if let Some(days) = std::env::var("KITH_TEST_DAYS_AHEAD")
        .ok()
        .and_then(|days| days.parse::<i64>().ok())
    {
        return Clock::ahead(days.saturating_mul(kith_base::clock::DAY));
    }
    Clock::system()
}

/// How long requests under way may take once the process is told to stop.
const LAST_REQUESTS: std::time::Duration = std::time::Duration::from_secs(10);

/// Serves until the process is told to stop, then finishes what was begun.
pub(super) async fn serve(app: App, started: impl FnOnce(SocketAddr, &App)) -> Result<(), Failure> {
    let wanted = app.config.listen;
    let listener = TcpListener::bind(wanted).await.map_err(|error| {
        Failure::failed(format!(
            "Kith cannot listen on {wanted}: {error}. Choose another address with --listen."
        ))
    })?;
    let address = listener.local_addr().map_err(Failure::failed)?;
    started(address, &app);
    let watch = tokio::spawn(look_round(app.clone()));
    let service = router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let worker = tokio::spawn(reminders::work(app.clone()));
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async {
        stop().await;
        let _ = stopping.send(());
    });
    // Requests under way are finished, but one that never comes to its end keeps nobody waiting.
    tokio::select! {
        served = serving => served.map_err(Failure::failed)?,
        () = async {
            let _ = stopped.await;
            tokio::time::sleep(LAST_REQUESTS).await;
        } => {}
    }
    worker.abort();
    watch.abort();
    app.db.close();
    Ok(())
}

/// How often the house looks whether somebody is to be told something.
const ROUND: std::time::Duration = std::time::Duration::from_secs(60);

/// Every minute: stops plans where a rule says so, and passes on alerts nobody has looked at in time,
/// whether or not anybody opens a page.
async fn look_round(app: App) {
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        rounds.tick().await;
        // Whatever fails, the other is done all the same, and both again in a minute.
        for done in [safety::look_round(&app).await, alerts::reach(&app).await] {
            if let Err(error) = done {
                tracing::warn!(
                    ?error,
                    "looking round failed; it is tried again in a minute"
                );
            }
        }
    }
}

async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminate) =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

/// Logs to standard error; never names, answers or secrets.
pub(super) fn logs() {
    let level = std::env::var("KITH_LOG")
        .ok()
        .and_then(|word| word.parse().ok())
        .unwrap_or(tracing::Level::INFO);
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .init();
}

/// An error of the house as a failure of a command.
pub(super) fn told(error: &Error) -> Failure {
    match error {
        Error::Internal(why) => Failure::failed(why),
        other => Failure::failed(other.message()),
    }
}
