//! Brings the schema up to date: the numbered files of `migrations/`, the same for both databases.

use sha2::{Digest, Sha256};

use super::value::Value;
use super::{Error, Tx};

/// Every migration, oldest first. A file that has been released is never edited, only followed.
pub(super) const MIGRATIONS: &[(&str, &str)] = &[
    (
        "0001_house",
        include_str!("../../../../migrations/0001_house.sql"),
    ),
    (
        "0002_courses",
        include_str!("../../../../migrations/0002_courses.sql"),
    ),
    (
        "0003_guide",
        include_str!("../../../../migrations/0003_guide.sql"),
    ),
    (
        "0004_safety",
        include_str!("../../../../migrations/0004_safety.sql"),
    ),
    (
        "0005_reminders",
        include_str!("../../../../migrations/0005_reminders.sql"),
    ),
    (
        "0006_ways",
        include_str!("../../../../migrations/0006_ways.sql"),
    ),
    (
        "0007_measures",
        include_str!("../../../../migrations/0007_measures.sql"),
    ),
    (
        "0008_tokens",
        include_str!("../../../../migrations/0008_tokens.sql"),
    ),
    (
        "0009_own_content",
        include_str!("../../../../migrations/0009_own_content.sql"),
    ),
    (
        "0010_studies",
        include_str!("../../../../migrations/0010_studies.sql"),
    ),
    (
        "0011_recordings",
        include_str!("../../../../migrations/0011_recordings.sql"),
    ),
    (
        "0012_writing",
        include_str!("../../../../migrations/0012_writing.sql"),
    ),
];

/// Applies what is missing. Runs inside a transaction that its caller commits.
pub(super) fn run(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.lock_schema()?;
    tx.script(
        "create table if not exists migration (
             name text not null primary key,
             digest text not null
         )",
    )?;
    let applied = tx.query("select name, digest from migration", &[], |row| {
        Ok((row.get::<String>("name")?, row.get::<String>("digest")?))
    })?;
    for (name, digest) in &applied {
        let Some((_, sql)) = MIGRATIONS.iter().find(|(known, _)| known == name) else {
            return Err(Error::Schema(format!(
                "This database was used by a newer Kith (it has the migration {name}). \
                 Start that version, or restore a backup made before it."
            )));
        };
        if *digest != self::digest(sql) {
            return Err(Error::Schema(format!(
                "The migration {name} in this program differs from the one this database was made with."
            )));
        }
    }
    for (name, sql) in MIGRATIONS {
        if applied.iter().any(|(known, _)| known == name) {
            continue;
        }
        tx.script(sql)?;
        tx.exec(
            "insert into migration (name, digest) values ($1, $2)",
            &[Value::Text(name), Value::Text(&digest(sql))],
        )?;
    }
    Ok(())
}

/// Every table of the schema, in the order in which the migrations make them.
pub(super) fn tables() -> Vec<&'static str> {
    MIGRATIONS
        .iter()
        .flat_map(|(_, sql)| sql.lines())
        .filter_map(|line| line.strip_prefix("create table "))
        .filter_map(|rest| rest.split_whitespace().next())
        .collect()
}

fn digest(sql: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(sql.as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}
