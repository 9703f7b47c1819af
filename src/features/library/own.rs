//! Practices that were written here: whom they were offered to by name, and whether one is still here.

use std::collections::BTreeSet;

use kith_content::{Library, Practice, Restriction};

use super::store;
use crate::app::App;
use crate::features::people::Person;
use kith_base::db::Tx;
use kith_base::error::Error;

/// How the slugs begin of what a clinic wrote in the browser.
pub const PREFIX: &str = "own-";

/// Whether a practice was written in the browser.
pub fn is_own(slug: &str) -> bool {
    slug.starts_with(PREFIX)
}

/// Whether it is for those only whom its writer named, or for nobody any more.
pub fn is_named(practice: &Practice) -> bool {
    matches!(
        practice.restricted,
        Some(Restriction::Chosen | Restriction::Withdrawn)
    )
}

/// The practices that were offered to somebody by name, or by her to others.
#[derive(Clone, Debug, Default)]
pub struct Chosen(BTreeSet<String>);

impl Chosen {
    /// Of whoever asks.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, person: &Person) -> Result<Self, Error> {
        if !app.content.practices().any(is_named) {
            return Ok(Self::default());
        }
        let (clinic, whose) = (person.clinic_id.clone(), person.person_id.clone());
        app.db
            .read(move |tx| store::list_chosen(tx, &clinic, &whose))
            .await
            .map(|slugs| Self(slugs.into_iter().collect()))
            .map_err(Error::from)
    }

    /// The same within a transaction. In a clinic where nothing is offered by name nothing is looked up.
    ///
    /// # Errors
    /// When the database fails.
    pub fn find(
        tx: &mut Tx<'_>,
        content: &Library,
        (clinic_id, person_id): (&str, &str),
    ) -> Result<Self, Error> {
        if !content.practices().any(is_named) {
            return Ok(Self::default());
        }
        let slugs = store::list_chosen(tx, clinic_id, person_id)?;
        Ok(Self(slugs.into_iter().collect()))
    }

    /// Whether a practice is among them, and still offered by name.
    pub fn has(&self, practice: &Practice) -> bool {
        practice.restricted == Some(Restriction::Chosen) && self.0.contains(&practice.slug)
    }

    /// Whether a practice that a plan asks for is no longer here for whom this is.
    pub fn is_gone(&self, content: &Library, slug: &str) -> bool {
        content
            .practice(slug)
            .is_none_or(|practice| is_named(practice) && !self.has(practice))
    }
}
