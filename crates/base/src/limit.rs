//! Slows down whoever guesses: at secrets, invitations, names.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::clock::Clock;
use super::error::Error;

/// How many keys are remembered before those who have long been quiet are forgotten.
const MANY: usize = 10_000;

/// Counts tries by key, such as an address, and the requests of other systems.
pub struct Limits {
    clock: Clock,
    tries: Limiter,
    requests: Limiter,
}

impl Limits {
    /// Nobody has tried anything yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            // Thirty at once, and one more every two seconds.
            tries: Limiter::new(30, 2_000),
            // Sixty at once, and five more a second.
            requests: Limiter::new(60, 200),
        }
    }

    /// Counts one try.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there were too many.
    pub fn count(&self, key: &str) -> Result<(), Error> {
        self.tries.count(key, self.clock.now())
    }

    /// Counts one request of another system.
    ///
    /// # Errors
    /// [`Error::TooMany`] when there were too many.
    pub fn count_request(&self, key: &str) -> Result<(), Error> {
        self.requests.count(key, self.clock.now())
    }
}

/// A bucket for each key that holds so many tries and fills up again, one at a time.
struct Limiter {
    /// How long the full bucket lasts, milliseconds.
    most: i64,
    /// How long until one more is allowed, milliseconds.
    wait: i64,
    /// When the bucket of each key is full again, Unix milliseconds. All that is needed: the generic cell rate algorithm.
    full_at: Mutex<HashMap<String, i64>>,
}

impl Limiter {
    fn new(burst: i64, wait: i64) -> Self {
        Self {
            most: burst * wait,
            wait,
            full_at: Mutex::default(),
        }
    }

    fn count(&self, key: &str, now: i64) -> Result<(), Error> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() > MANY {
            full_at.retain(|_, at| *at > now);
        }
        // A clock that was set back must not lock anybody out for longer than an empty bucket does.
        let used = full_at
            .get(key)
            .map_or(0, |at| (at - now).clamp(0, self.most));
        let over = used + self.wait - self.most;
        if over > 0 {
            full_at.insert(key.to_owned(), now + used);
            return Err(Error::TooMany((over as u64).div_ceil(1000)));
        }
        full_at.insert(key.to_owned(), now + used + self.wait);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_795_000_000_000;

    #[test]
    fn after_so_many_tries_one_waits_and_others_do_not() {
        let limiter = Limiter::new(3, 2_000);
        for _ in 0..3 {
            limiter.count("a", NOW).unwrap();
        }
        assert!(matches!(limiter.count("a", NOW), Err(Error::TooMany(2))));
        limiter.count("b", NOW).unwrap();
        // A try that was refused costs nothing.
        assert!(matches!(
            limiter.count("a", NOW + 1_500),
            Err(Error::TooMany(1))
        ));
        limiter.count("a", NOW + 2_000).unwrap();
        assert!(limiter.count("a", NOW + 2_000).is_err());
        // Whoever is quiet for long enough has all their tries again.
        for _ in 0..3 {
            limiter.count("a", NOW + 60_000).unwrap();
        }
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limiter = Limiter::new(3, 2_000);
        limiter.count("a", NOW).unwrap();
        let earlier = NOW - 24 * 60 * 60 * 1000;
        assert!(matches!(
            limiter.count("a", earlier),
            Err(Error::TooMany(2))
        ));
        limiter.count("a", earlier + 2_000).unwrap();
        limiter.count("b", earlier).unwrap();
    }

    #[test]
    fn those_who_have_long_been_quiet_are_forgotten() {
        let limiter = Limiter::new(3, 2_000);
        for number in 0..=MANY {
            limiter.count(&number.to_string(), NOW).unwrap();
        }
        limiter.count("a", NOW + 10_000).unwrap();
        assert_eq!(limiter.full_at.lock().unwrap().len(), 1);
    }

    proptest! {
        /// In any stretch of time no more get through than the bucket holds and what is filled up meanwhile.
        #[test]
        fn no_pattern_of_tries_gets_more_through(pauses in proptest::collection::vec(0_i64..5_000, 1..200)) {
            let limiter = Limiter::new(5, 1_000);
            let (mut now, mut passed) = (NOW, 0);
            for pause in pauses {
                now += pause;
                passed += i64::from(limiter.count("a", now).is_ok());
                prop_assert!(passed <= 5 + (now - NOW) / 1_000);
            }
        }
    }
}
