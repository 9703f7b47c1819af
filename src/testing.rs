//! The whole app for tests.

use kith_content::Library;

/// The built-in content.
pub(crate) fn content() -> Library {
    crate::content::load(None).unwrap().library
}
