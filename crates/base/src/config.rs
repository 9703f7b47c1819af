//! Every option, once: flags, then KITH_* variables, then `kith.toml` in the data directory.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use super::db::Target;
use super::mail::Mailer;

/// The options as given; what is not given falls back to `kith.toml`, then to a default.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HouseOptions {
    /// Directory that holds the SQLite file and kith.toml [default: kith-data]
    #[arg(long, env = "KITH_DATA", value_name = "DIR")]
    #[serde(skip)]
    pub data: Option<PathBuf>,
    /// PostgreSQL in place of SQLite: postgres://user@host/name
    #[arg(
        long,
        env = "KITH_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database: Option<String>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    pub content: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "KITH_LISTEN", value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// The address people type; with https in it, cookies travel by https only
    #[arg(long, env = "KITH_URL", value_name = "URL")]
    pub url: Option<String>,
    /// Believe the proxy in front about who is asking (X-Forwarded-For)
    #[arg(long, env = "KITH_BEHIND_PROXY", num_args = 0..=1, default_missing_value = "true")]
    pub behind_proxy: Option<bool>,
    /// Connections that read; PostgreSQL writes with as many [default: cores, or 8 on PostgreSQL]
    #[arg(long, env = "KITH_CONNECTIONS", value_name = "N")]
    pub connections: Option<usize>,
    /// Mail server for reminders: smtps://user:secret@host, smtp+starttls://user:secret@host:587
    #[arg(
        long,
        env = "KITH_SMTP_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub smtp_url: Option<String>,
    /// Sender of letters: an address whose name tells nothing
    #[arg(long, env = "KITH_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// The program that makes PDF files [default: kith-pdf beside kith, where it lies there]
    #[arg(long, env = "KITH_TYPESETTER", value_name = "FILE")]
    pub typesetter: Option<PathBuf>,
    /// A program that speaks, for `kith voice render`, in kith.toml only: it writes {out}, a WAV file, from {text}
    #[arg(skip)]
    pub voice_command: Option<String>,
}

/// The options, settled.
#[derive(Clone)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// The database.
    pub target: Target,
    /// A clinic's own content.
    pub content: Option<PathBuf>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The public address, without a slash at its end.
    pub url: String,
    /// Whether a proxy says who is asking.
    pub behind_proxy: bool,
    /// Connections that read.
    pub connections: usize,
    /// How letters leave the house.
    pub mailer: Mailer,
    /// The address letters come from.
    pub mail_from: Option<String>,
    /// The program that makes PDF files.
    pub typesetter: Option<PathBuf>,
    /// A program that speaks.
    pub voice_command: Option<String>,
    /// Whether this is the demo: entry without a secret, and a PIN on any device.
    pub demo: bool,
}

impl HouseOptions {
    /// Settles the options with `kith.toml` and the defaults.
    ///
    /// # Errors
    /// A sentence that says which file or option is wrong, and what is allowed.
    pub fn settle(self, default_data: &str) -> Result<Config, String> {
        let data = self
            .data
            .clone()
            .unwrap_or_else(|| PathBuf::from(default_data));
        let file = read_file(&data.join("kith.toml"))?;
        let listen = self
            .listen
            .or(file.listen)
            .unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let url = self
            .url
            .or(file.url)
            .unwrap_or_else(|| format!("http://localhost:{}", listen.port()));
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(format!(
                "The address {url} must begin with https:// or http://."
            ));
        }
        let target = match self.database.or(file.database) {
            Some(text) if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                if text.contains("sslmode=require") || text.contains("sslmode=verify") {
                    return Err(
                        "This Kith speaks to PostgreSQL without TLS. Use a socket, the same \
                                machine, or an encrypted tunnel, and leave sslmode out."
                            .to_owned(),
                    );
                }
                Target::Postgres(text)
            }
            Some(_) => {
                return Err(
                    "The database must be a URL like postgres://user@host/name. \
                            For SQLite leave it out and name a directory with --data."
                        .to_owned(),
                );
            }
            None => Target::Sqlite(data.join("kith.db")),
        };
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let connections = match (self.connections.or(file.connections), &target) {
            (Some(0), _) => return Err("At least one connection is needed.".to_owned()),
            (Some(count), _) => count,
            (None, Target::Sqlite(_)) => cores,
            (None, Target::Postgres(_)) => 8,
        };
        let smtp_url = self.smtp_url.or(file.smtp_url);
        let mail_from = self.mail_from.or(file.mail_from);
        let mailer = match (&smtp_url, &mail_from) {
            (None, _) => Mailer::absent(),
            (Some(_), None) => {
                return Err(
                    "A mail server needs a sender: --mail-from quiet@example.org.".to_owned(),
                );
            }
            (Some(server), Some(from)) => Mailer::smtp(server, from, host(&url))?,
        };
        Ok(Config {
            data,
            target,
            content: self.content.or(file.content),
            listen,
            url: url.trim_end_matches('/').to_owned(),
            behind_proxy: self.behind_proxy.or(file.behind_proxy).unwrap_or(false),
            connections,
            mailer,
            mail_from,
            typesetter: self.typesetter.or(file.typesetter).or_else(typesetter),
            voice_command: file.voice_command,
            demo: false,
        })
    }
}

/// The typesetter that lies beside this program, where one does.
pub fn typesetter() -> Option<PathBuf> {
    let kith = std::env::current_exe().ok()?;
    let beside = kith.with_file_name(format!("kith-pdf{}", std::env::consts::EXE_SUFFIX));
    beside.is_file().then_some(beside)
}

/// The host in an address like `https://kith.example.org:8443`.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

fn read_file(path: &Path) -> Result<HouseOptions, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| format!("{} cannot be read: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(HouseOptions::default()),
        Err(error) => Err(format!("{} cannot be read: {error}", path.display())),
    }
}

impl Config {
    /// Whether people come by https, so that cookies may be kept from plain connections.
    pub fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }
}
