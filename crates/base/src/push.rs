//! Messages to a browser by web push: RFC 8030 (delivery), 8291 (encryption), 8292 (who sends).
//!
//! The address a message goes to comes from a browser, so from a stranger: only https, only to
//! addresses of the open internet (looked up once, and that one connected to), only for a while.

mod crypt;
mod wire;

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::{Host, Url};

pub use crypt::{Keys, new_private_key};

/// The longest address of a browser; the services' own are some hundred letters long.
const LONGEST: usize = 1024;
/// How long a delivery may take from beginning to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where a browser takes messages, and the keys only it can read with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// An address at the browser's push service.
    pub endpoint: String,
    /// Its public key, an uncompressed point of P-256.
    pub p256dh: Vec<u8>,
    /// The secret it shares with us.
    pub auth: Vec<u8>,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The push service took it.
    Taken,
    /// The browser takes messages no more.
    Ended,
    /// It may work later.
    Away,
    /// It never will.
    Refused,
}

/// A message's way out.
#[derive(Clone, Debug)]
pub struct Push {
    /// Also plain http to this very machine: for tests alone, no option sets it.
    pub local: bool,
    /// How a push service may reach whoever runs this Kith: `mailto:` or `https:`.
    pub contact: String,
}

/// What a browser sent as its subscription; `None` when no message could be sent there. `local` as in
/// [`Push::local`].
pub fn read_subscription(
    endpoint: &str,
    p256dh: &str,
    auth: &str,
    local: bool,
) -> Option<Subscription> {
    read_endpoint(endpoint, local)?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
    let (p256dh, auth) = (decode(p256dh)?, decode(auth)?);
    // Whether the point is on the curve shows when it is used.
    (p256dh.len() == 65 && p256dh[0] == 4 && auth.len() == 16).then(|| Subscription {
        endpoint: endpoint.to_owned(),
        p256dh,
        auth,
    })
}

/// The address, when it is one that messages may go to by its looks.
fn read_endpoint(text: &str, local: bool) -> Option<Url> {
    if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let outside = url.scheme() == "https"
        && url.port().is_none()
        && matches!(url.host(), Some(Host::Domain(_)));
    let inside = local
        && url.scheme() == "http"
        && matches!(url.host(), Some(Host::Ipv4(ip)) if ip.is_loopback());
    (plain && (outside || inside)).then_some(url)
}

/// Bytes as the web's own kind of base64 writes them.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Push {
    /// Delivers `text`; the push service keeps it for `seconds` while the browser is away. `now` is
    /// Unix milliseconds.
    pub async fn send(
        &self,
        to: Subscription,
        keys: &Keys,
        text: &str,
        seconds: i64,
        now: i64,
    ) -> Delivery {
        let Some(url) = read_endpoint(&to.endpoint, self.local) else {
            return Delivery::Refused;
        };
        let origin = url.origin().ascii_serialization();
        let written = crypt::seal(&to, text.as_bytes())
            .and_then(|body| Some((body, keys.authorization(&origin, &self.contact, now)?)));
        let Some((body, authorization)) = written else {
            return Delivery::Refused;
        };
        let local = self.local;
        let sent = tokio::task::spawn_blocking(move || {
            let until = Instant::now() + PATIENCE;
            wire::post(&url, &authorization, seconds, &body, local, until)
        });
        match sent.await {
            Ok(Ok(status)) => verdict(status),
            _ => Delivery::Away,
        }
    }
}

/// What a push service's answer means (RFC 8030 sections 5 and 7.3; 410 and 404: it is over).
fn verdict(status: u16) -> Delivery {
    match status {
        200..=299 => Delivery::Taken,
        404 | 410 => Delivery::Ended,
        408 | 425 | 429 | 500..=599 => Delivery::Away,
        _ => Delivery::Refused,
    }
}
