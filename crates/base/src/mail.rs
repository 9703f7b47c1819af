//! Sends letters by SMTP; in a demo, where none may leave the machine, remembers them instead.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, header::ContentType};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, SmtpTransport, Transport};

/// How long a mail server may take to answer a single word.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many letters are remembered.
const REMEMBERED: usize = 200;
/// The longest address, RFC 5321 section 4.5.3.1.3 (the path with its brackets has 256).
const LONGEST_ADDRESS: usize = 254;

/// A letter in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The same for the same letter, however often it is tried.
    pub id: String,
    /// The instant it is from, Unix milliseconds.
    pub at: i64,
    /// To whom.
    pub to: String,
    /// What stands above it.
    pub subject: String,
    /// What stands in it.
    pub text: String,
    /// Where a single POST ends these letters (RFC 8058).
    pub leave: Option<String>,
}

/// Why a letter was not taken. Says nothing of what the server answered: that often names the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The server will never take it.
    #[error("the mail server refused a letter for good")]
    Refused,
    /// The server is away, busy or not to be trusted; it may work later.
    #[error("the mail server could not be reached or did not take a letter now")]
    Away,
    /// There is no way to send letters here.
    #[error("no mail server is set up")]
    Absent,
}

/// How letters leave the house.
#[derive(Clone)]
pub struct Mailer(Way);

#[derive(Clone)]
enum Way {
    Absent,
    Remembers(Arc<Mutex<VecDeque<Letter>>>),
    Smtp(Box<SmtpTransport>, Address),
}

impl Mailer {
    /// No letters.
    pub fn absent() -> Self {
        Self(Way::Absent)
    }

    /// Letters are kept in memory, for the demo and for tests.
    pub fn remembering() -> Self {
        Self(Way::Remembers(Arc::default()))
    }

    /// Letters by the server at `url`: `smtps://`, `smtp+starttls://`, or in the open `smtp://`, with
    /// `user:secret@` in it where the server wants that. `ours` is what we call ourselves to it.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what is allowed; never what stands in the URL.
    pub fn smtp(url: &str, from: &str, ours: &str) -> Result<Self, String> {
        let from = read_address(from)
            .and_then(|address| address.parse::<Address>().ok())
            .ok_or("The sender of letters must be an address like quiet@example.org.")?;
        let url = match url.strip_prefix("smtp+starttls://") {
            Some(rest) => format!("smtp://{rest}?tls=required"),
            None => url.to_owned(),
        };
        if !url.starts_with("smtp://") && !url.starts_with("smtps://") {
            return Err(MAIL_URL.to_owned());
        }
        let transport = SmtpTransport::from_url(&url)
            .map_err(|_| MAIL_URL.to_owned())?
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(ours.to_owned()))
            .build();
        Ok(Self(Way::Smtp(Box::new(transport), from)))
    }

    /// Whether letters can be sent, or at least remembered.
    pub fn is_there(&self) -> bool {
        !matches!(self.0, Way::Absent)
    }

    /// The letters remembered for an address, newest first; `None` where letters really leave.
    pub fn remembered(&self, to: &str) -> Option<Vec<Letter>> {
        let Way::Remembers(letters) = &self.0 else {
            return None;
        };
        let letters = letters.lock().unwrap_or_else(|held| held.into_inner());
        let mine = letters.iter().rev().filter(|letter| letter.to == to);
        Some(mine.cloned().collect())
    }

    /// Sends a letter, and answers once the server has taken it over.
    ///
    /// # Errors
    /// A [`Failure`] that says whether trying again makes sense.
    pub async fn send(&self, letter: Letter) -> Result<(), Failure> {
        match &self.0 {
            Way::Absent => Err(Failure::Absent),
            Way::Remembers(letters) => {
                let mut letters = letters.lock().unwrap_or_else(|held| held.into_inner());
                letters.retain(|kept| kept.id != letter.id);
                letters.push_back(letter);
                while letters.len() > REMEMBERED {
                    letters.pop_front();
                }
                Ok(())
            }
            Way::Smtp(transport, from) => {
                let (envelope, written) = write(&letter, from).ok_or(Failure::Refused)?;
                let transport = transport.clone();
                // The server is spoken to word by word, waiting for each answer.
                tokio::task::spawn_blocking(move || transport.send_raw(&envelope, &written))
                    .await
                    .map_err(|_| Failure::Away)?
                    .map(|_| ())
                    .map_err(|error| match error.is_permanent() {
                        true => Failure::Refused,
                        false => Failure::Away,
                    })
            }
        }
    }
}

const MAIL_URL: &str = "The mail server must be a URL like smtps://user:secret@mail.example.org, or \
     smtp+starttls://user:secret@mail.example.org:587. Characters of user or secret that mean \
     something in a URL are written %40 (@), %3A (:), %2F (/), %25 (%).";

/// The letter as it travels. The sender's name is left out on purpose: on a locked screen it would
/// tell who writes.
fn write(letter: &Letter, from: &Address) -> Option<(Envelope, Vec<u8>)> {
    let to: Address = letter.to.parse().ok()?;
    let at = Duration::from_millis(u64::try_from(letter.at).ok()?);
    let mut message = Message::builder()
        .from(Mailbox::new(None, from.clone()))
        .to(Mailbox::new(None, to))
        .date(SystemTime::UNIX_EPOCH + at)
        .message_id(Some(format!("<{}@{}>", letter.id, from.domain())))
        .subject(letter.subject.as_str())
        .header(ContentType::TEXT_PLAIN);
    let mut raw = |name: &'static str, value: String| {
        let header = HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
        message = message.clone().raw_header(header);
    };
    // Nobody's holiday notice need answer.
    raw("Auto-Submitted", "auto-generated".to_owned());
    if let Some(leave) = &letter.leave {
        raw("List-Unsubscribe", format!("<{leave}>"));
        raw(
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        );
    }
    let message = message.body(letter.text.clone()).ok()?;
    Some((message.envelope().clone(), message.formatted()))
}

/// An address as somebody typed it; `None` when no letter could go there. Plain letters only: few
/// servers take others.
pub fn read_address(text: &str) -> Option<String> {
    let text = text.trim();
    let plain = text.len() <= LONGEST_ADDRESS && text.bytes().all(|byte| byte.is_ascii_graphic());
    let address = text.parse::<Address>().ok().filter(|_| plain)?;
    // A host that is a bare number or a single word is no place on the internet.
    let (user, domain) = (address.user(), address.domain());
    let named = domain.contains('.') && !domain.starts_with('[') && !user.starts_with('"');
    named.then(|| text.to_owned())
}
