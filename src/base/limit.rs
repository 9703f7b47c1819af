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

/// Counts tries by key, such as an address.
pub struct Limits {
    tries: RateLimiter<String, HashMapStateStore<String>, DefaultClock>,
}

impl Default for Limits {
    fn default() -> Self {
        let quota = Quota::with_period(WAIT)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(TRIES);
        Self {
            tries: RateLimiter::new(quota, HashMapStateStore::default(), DefaultClock::default()),
        }
    }
}

impl Limits {
    /// Counts one try.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there were too many.
    pub fn count(&self, key: &str) -> Result<(), Error> {
        // Forgetting those who have long been quiet keeps the memory small.
        if self.tries.len() > 10_000 {
            self.tries.retain_recent();
        }
        self.tries.check_key(&key.to_owned()).map_err(|refusal| {
            let wait = refusal.wait_time_from(DefaultClock::default().now());
            Error::TooMany(wait.as_secs() + 1)
        })
    }
}
