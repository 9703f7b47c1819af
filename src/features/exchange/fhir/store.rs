//! Connected systems and what they sent, as rows.

use super::rules::{Scopes, System};
use serde::Serialize;

use kith_base::db::{Error, Row, Tx};

/// Adds a system with the digest of its token, and the clients it is for where that is not everybody.
pub fn add_system(
    tx: &mut Tx<'_>,
    system: &System,
    token_hash: &str,
    made_by: &str,
    clients: &[String],
) -> Result<(), Error> {
    tx.exec(
        "insert into connected_system (clinic_id, system_id, name, token_hash, scopes, everybody,
             made_by, made_at, expires_at, revoked_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null)",
        &[
            (&system.clinic_id).into(),
            (&system.system_id).into(),
            (&system.name).into(),
            token_hash.into(),
            (&system.scopes.to_string()).into(),
            system.everybody.into(),
            made_by.into(),
            system.made_at.into(),
            system.expires_at.into(),
        ],
    )?;
    for person_id in clients {
        tx.exec(
            "insert into connected_system_client (clinic_id, system_id, person_id) values ($1, $2, $3)
             on conflict (clinic_id, system_id, person_id) do nothing",
            &[
                (&system.clinic_id).into(),
                (&system.system_id).into(),
                person_id.into(),
            ],
        )?;
    }
    Ok(())
}

/// The system with that token, whatever became of it.
pub fn find_system(tx: &mut Tx<'_>, token_hash: &str) -> Result<Option<System>, Error> {
    tx.one(
        "select * from connected_system where token_hash = $1",
        &[token_hash.into()],
        read_system,
    )
}

/// A clinic's systems, the newest first, those that are over too.
pub fn list_systems(tx: &mut Tx<'_>, clinic_id: &str) -> Result<Vec<System>, Error> {
    tx.query(
        "select * from connected_system where clinic_id = $1 order by made_at desc, system_id desc",
        &[clinic_id.into()],
        read_system,
    )
}

/// Takes a system's token back, and tells its name; `None` when it is not there or was taken back already.
pub fn update_revoked(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    system_id: &str,
    now: i64,
) -> Result<Option<String>, Error> {
    let which = [clinic_id.into(), system_id.into()];
    let name = tx.one(
        "select name from connected_system
         where clinic_id = $1 and system_id = $2 and revoked_at is null",
        &which,
        |row| row.get::<String>("name"),
    )?;
    tx.exec(
        "update connected_system set revoked_at = $3
         where clinic_id = $1 and system_id = $2 and revoked_at is null",
        &[clinic_id.into(), system_id.into(), now.into()],
    )?;
    Ok(name)
}

/// Takes back every token somebody made, because she has left and may still have them; tells whether there were any.
pub fn update_revoked_of(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    made_by: &str,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update connected_system set revoked_at = $3
         where clinic_id = $1 and made_by = $2 and revoked_at is null",
        &[clinic_id.into(), made_by.into(), now.into()],
    )? > 0)
}

/// Notes that a system asked for something.
pub fn update_used(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    system_id: &str,
    now: i64,
) -> Result<(), Error> {
    tx.exec(
        "update connected_system set last_used_at = $3 where clinic_id = $1 and system_id = $2",
        &[clinic_id.into(), system_id.into(), now.into()],
    )?;
    Ok(())
}

/// The people a system is for that is not for everybody.
pub fn list_system_clients(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    system_id: &str,
) -> Result<Vec<String>, Error> {
    tx.query(
        "select person_id from connected_system_client where clinic_id = $1 and system_id = $2
         order by person_id",
        &[clinic_id.into(), system_id.into()],
        |row| row.get("person_id"),
    )
}

fn read_system(row: &Row<'_>) -> Result<System, Error> {
    Ok(System {
        clinic_id: row.get("clinic_id")?,
        system_id: row.get("system_id")?,
        name: row.get("name")?,
        scopes: Scopes::read(&row.get::<String>("scopes")?),
        everybody: row.get("everybody")?,
        made_at: row.get("made_at")?,
        expires_at: row.get("expires_at")?,
        revoked_at: row.get("revoked_at")?,
        last_used_at: row.get("last_used_at")?,
    })
}

/// Where a response came from, and what it is called there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The response.
    pub response_id: String,
    /// Whose identifier it is; may be empty.
    pub authority: String,
    /// The identifier; empty when it came with none.
    pub value: String,
}

/// Notes which system sent a response.
pub fn add_origin(
    tx: &mut Tx<'_>,
    (clinic_id, person_id, system_id): (&str, &str, &str),
    origin: &Origin,
) -> Result<(), Error> {
    tx.exec(
        "insert into response_origin (clinic_id, response_id, person_id, system_id, authority, value)
         values ($1, $2, $3, $4, $5, $6)",
        &[
            clinic_id.into(),
            (&origin.response_id).into(),
            person_id.into(),
            system_id.into(),
            (&origin.authority).into(),
            (&origin.value).into(),
        ],
    )?;
    Ok(())
}

/// Where the responses of a person came from that other systems sent.
pub fn list_origins(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<Origin>, Error> {
    tx.query(
        "select * from response_origin where clinic_id = $1 and person_id = $2 order by response_id",
        &[clinic_id.into(), person_id.into()],
        |row| {
            Ok(Origin {
                response_id: row.get("response_id")?,
                authority: row.get("authority")?,
                value: row.get("value")?,
            })
        },
    )
}

/// Removes what ties a person who wants to be forgotten to other systems; where her responses came from goes with them.
pub fn remove_all(tx: &mut Tx<'_>, clinic_id: &str, person_id: &str) -> Result<(), Error> {
    let whose = [clinic_id.into(), person_id.into()];
    tx.exec(
        "delete from connected_system_client where clinic_id = $1 and person_id = $2",
        &whose,
    )?;
    Ok(())
}
