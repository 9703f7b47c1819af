//! The time, handed in and never taken: tests and the demo bring their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells what time it is.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Unix milliseconds of a clock that stands still; `None` for the real one.
    fixed: Option<Arc<AtomicI64>>,
    /// How far ahead of the machine it runs, milliseconds.
    ahead: i64,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        Self::default()
    }

    #[cfg(debug_assertions)]
    /// The machine's own clock some time from now: a journey lives through a fortnight in a minute.
    pub fn ahead(milliseconds: i64) -> Self {
        Self {
            fixed: None,
            ahead: milliseconds,
        }
    }

    #[cfg(any(test, feature = "testing"))]
    /// A clock that stands at `at` until it is [set](Self::set).
    pub fn fixed(at: Timestamp) -> Self {
        Self {
            fixed: Some(Arc::new(AtomicI64::new(at.as_millisecond()))),
            ahead: 0,
        }
    }

    /// Unix milliseconds, UTC.
    pub fn now(&self) -> i64 {
        self.fixed.as_ref().map_or_else(
            || Timestamp::now().as_millisecond() + self.ahead,
            |at| at.load(Ordering::SeqCst),
        )
    }

    #[cfg(any(test, feature = "testing"))]
    /// Moves a fixed clock; the real one cannot be moved.
    pub fn set(&self, at: Timestamp) {
        if let Some(fixed) = &self.fixed {
            fixed.store(at.as_millisecond(), Ordering::SeqCst);
        }
    }
}

/// One day in milliseconds, for spans that need no calendar.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

/// The instant as a timestamp; an impossible one becomes the beginning of 1970.
pub fn timestamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}
