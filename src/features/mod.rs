//! What Kith does, a room a feature. Each may use those above it in this list.

pub mod people;

pub mod library;

pub mod sittings;

pub mod alerts;

pub mod measures;

pub mod plans;

pub mod safety;

pub mod guide;

pub mod reminders;

pub mod voices;

pub mod player;

pub mod writing;

pub mod progress;

pub mod guiding;

pub mod ways;

pub mod evidence;

pub mod exchange;

pub mod home;

pub mod offline;

pub mod admin;

pub mod simulate;
