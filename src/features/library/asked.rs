//! How somebody wants a practice, as the end of an address says it.

use kith_content::{Asked as Composing, Forms, Practice};
use serde::Deserialize;

use super::usual_minutes;
use crate::app::App;
use kith_base::error::Error;

/// The minutes, the wishes and the forms somebody asks for; what she leaves out is as usual.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    phrases: String,
    /// Forms to leave out: `eyes-closed`, `touch`, `imagery`, `breath`.
    #[serde(default)]
    eyes_closed: String,
    #[serde(default)]
    touch: String,
    #[serde(default)]
    imagery: String,
    #[serde(default)]
    breath: String,
    #[serde(default)]
    light: String,
}

impl Asked {
    fn forms(&self) -> Forms {
        Forms {
            eyes_closed: self.eyes_closed != "no",
            touch: self.touch != "no",
            imagery: self.imagery != "no",
            breath: self.breath != "no",
            light: self.light == "yes",
        }
    }

    /// What is to be composed.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the minutes are no number or there are no such wishes.
    pub fn composing<'a>(&self, app: &'a App, practice: &Practice) -> Result<Composing<'a>, Error> {
        let minutes = match self.minutes.trim().replace(',', ".").as_str() {
            "" => usual_minutes(practice),
            text => text
                .parse::<f64>()
                .map_err(|_| Error::invalid("minutes", "Minutes must be a number."))?,
        };
        let mut composing = Composing::new(minutes, &app.content);
        composing.forms = self.forms();
        if !self.phrases.is_empty() {
            composing.phrases = app.content.phrase_set(&self.phrases).ok_or_else(|| {
                Error::invalid("phrases", "There is no set of wishes of that name here.")
            })?;
        }
        Ok(composing)
    }

    /// So many minutes, everything else as usual.
    pub fn lasting(minutes: f64) -> Self {
        Self {
            minutes: minutes.to_string(),
            ..Self::default()
        }
    }

    /// The same for another practice of so many minutes, whose wishes are its own.
    #[must_use]
    pub fn of_minutes(&self, minutes: u32) -> Self {
        Self {
            minutes: minutes.to_string(),
            phrases: String::new(),
            ..self.clone()
        }
    }

    /// The same for another number of minutes, as the end of an address that goes on with `minutes=`.
    pub fn query(&self) -> String {
        let mut query = String::from("?");
        for (name, value) in [
            ("phrases", &self.phrases),
            ("eyes_closed", &self.eyes_closed),
            ("touch", &self.touch),
            ("imagery", &self.imagery),
            ("breath", &self.breath),
            ("light", &self.light),
        ] {
            if !value.is_empty()
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            {
                query.push_str(&format!("{name}={value}&"));
            }
        }
        query
    }
}
