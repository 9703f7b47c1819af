//! Keys to one request, for whoever answers without signing in. Only their digests are kept.

use kith_base::db::{Error, Tx};

/// How somebody comes to one request without signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// An address that was sent.
    Link,
    /// A code read out in the waiting room, and the page it leads to.
    WaitingRoom,
}

impl KeyKind {
    /// The word it is stored as.
    pub fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::WaitingRoom => "waiting-room",
        }
    }

    /// The kind of that word.
    pub fn read(word: &str) -> Option<Self> {
        [Self::Link, Self::WaitingRoom]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The clinic.
    pub clinic_id: String,
    /// What it opens.
    pub request_id: String,
    /// How it came to whoever uses it.
    pub kind: KeyKind,
    /// Who made it.
    pub made_by: String,
    /// Until when it opens anything.
    pub expires_at: i64,
    /// When it was used; it works once.
    pub used_at: Option<i64>,
}

/// Adds a key.
pub fn add_key(tx: &mut Tx<'_>, hash: &str, key: &Key, now: i64) -> Result<(), Error> {
    tx.exec(
        "insert into request_key (clinic_id, key_hash, request_id, kind, made_by, made_at, expires_at, used_at)
         values ($1, $2, $3, $4, $5, $6, $7, null)",
        &[
            (&key.clinic_id).into(),
            hash.into(),
            (&key.request_id).into(),
            key.kind.word().into(),
            (&key.made_by).into(),
            now.into(),
            key.expires_at.into(),
        ],
    )?;
    Ok(())
}

/// The key with this digest, in whichever clinic: whoever brings it has not said where she belongs.
pub fn find_key(tx: &mut Tx<'_>, hash: &str) -> Result<Option<Key>, Error> {
    tx.one(
        "select * from request_key where key_hash = $1",
        &[hash.into()],
        |row| {
            let kind: String = row.get("kind")?;
            Ok(Key {
                clinic_id: row.get("clinic_id")?,
                request_id: row.get("request_id")?,
                kind: KeyKind::read(&kind)
                    .ok_or_else(|| Error::Query(format!("{kind:?} is no kind of key")))?,
                made_by: row.get("made_by")?,
                expires_at: row.get("expires_at")?,
                used_at: row.get("used_at")?,
            })
        },
    )
}

/// A key as it is told to the person whose request it opens; what opens it is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeyMade {
    /// What it opens.
    pub request_id: String,
    /// `link`, or `waiting-room` for a code and for the page it led to.
    pub kind: String,
    /// Who made it.
    pub made_by: String,
    /// When, Unix milliseconds.
    pub made_at: i64,
    /// Until when it opens anything.
    pub expires_at: i64,
    /// When it was used.
    pub used_at: Option<i64>,
}

/// Every key to a person's requests, oldest first.
pub fn list_keys(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<Vec<KeyMade>, Error> {
    tx.query(
        "select request_key.request_id as request_id, request_key.kind as kind,
             request_key.made_by as made_by, request_key.made_at as made_at,
             request_key.expires_at as expires_at, request_key.used_at as used_at
         from request_key
         join request on request.clinic_id = request_key.clinic_id
             and request.request_id = request_key.request_id
         where request.clinic_id = $1 and request.person_id = $2
         order by request_key.made_at, request_key.key_hash",
        &[clinic_id.into(), person_id.into()],
        |row| {
            Ok(KeyMade {
                request_id: row.get("request_id")?,
                kind: row.get("kind")?,
                made_by: row.get("made_by")?,
                made_at: row.get("made_at")?,
                expires_at: row.get("expires_at")?,
                used_at: row.get("used_at")?,
            })
        },
    )
}

/// Uses a key up; false when it was used before.
pub fn update_used(tx: &mut Tx<'_>, clinic_id: &str, hash: &str, now: i64) -> Result<bool, Error> {
    Ok(tx.exec(
        "update request_key set used_at = $3
         where clinic_id = $1 and key_hash = $2 and used_at is null",
        &[clinic_id.into(), hash.into(), now.into()],
    )? == 1)
}
