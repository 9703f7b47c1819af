//! Slows down whoever guesses: at secrets, invitations, names.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::error::Error;

/// How many tries somebody has before she has to wait.
const TRIES: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// How long until one more try is allowed.
const WAIT: Duration = Duration::from_secs(2);

/// How many requests another system may make at once.
const REQUESTS: NonZeroU32 = NonZeroU32::new(60).unwrap();
/// How long until one more is allowed.
const BETWEEN: Duration = Duration::from_millis(200);

type Limiter = RateLimiter<String, HashMapStateStore<String>, DefaultClock>;

/// Counts tries by key, such as an address, and the requests of other systems.
pub struct Limits {
    tries: Limiter,
    requests: Limiter,
}

impl Default for Limits {
    fn default() -> Self {
        let limiter = |period, burst| {
            let quota = Quota::with_period(period)
                .unwrap_or(Quota::per_second(NonZeroU32::MIN))
                .allow_burst(burst);
            Limiter::new(quota, HashMapStateStore::default(), DefaultClock::default())
        };
        Self {
            tries: limiter(WAIT, TRIES),
            requests: limiter(BETWEEN, REQUESTS),
        }
    }
}

impl Limits {
    /// Counts one try.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there were too many.
    pub fn count(&self, key: &str) -> Result<(), Error> {
        check(&self.tries, key)
    }

    /// Counts one request of another system.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there were too many.
    pub fn count_request(&self, key: &str) -> Result<(), Error> {
        check(&self.requests, key)
    }
}

fn check(limiter: &Limiter, key: &str) -> Result<(), Error> {
    // Forgetting those who have long been quiet keeps the memory small.
    if limiter.len() > 10_000 {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).map_err(|refusal| {
        let wait = refusal.wait_time_from(DefaultClock::default().now());
        Error::TooMany(wait.as_secs() + 1)
    })
}
