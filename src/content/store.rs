//! The rows of a clinic's own content.

use kith_base::db::{Error, Row, Tx};

/// One version of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Version {
    /// Whose it is.
    pub clinic_id: String,
    /// As under `content/`: `practices/own-walk.md`.
    pub path: String,
    /// From 1 on.
    pub version: i64,
    /// The file.
    pub text: String,
    /// What was changed and why.
    pub note: String,
    /// Who wrote it.
    pub made_by: String,
    /// Unix milliseconds UTC.
    pub made_at: i64,
}

/// A file, its newest version, and which one is in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFile {
    /// The newest version.
    pub newest: Version,
    /// The version in use; none when it was never put to use or was taken back.
    pub in_use: Option<i64>,
    /// Whether it was in use once and was taken back.
    pub taken_back: bool,
    /// Who wrote the first version.
    pub begun_by: String,
}

fn read_version(row: &Row<'_>) -> Result<Version, Error> {
    Ok(Version {
        clinic_id: row.get("clinic_id")?,
        path: row.get("path")?,
        version: row.get("version")?,
        text: row.get("text")?,
        note: row.get("note")?,
        made_by: row.get("made_by")?,
        made_at: row.get("made_at")?,
    })
}

/// Adds a version that follows the one somebody had before her; 0 for a new file. False, and nothing is added, when
/// another version came in between: what she wrote must then be put together with that.
pub fn add_version(tx: &mut Tx<'_>, version: &Version) -> Result<bool, Error> {
    let before = newest_version(tx, &version.clinic_id, &version.path)?;
    if version.version != before + 1 {
        return Ok(false);
    }
    // Two at the same moment: the key lets one of them in.
    let added = tx.exec(
        "insert into content_version (clinic_id, path, version, text, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (clinic_id, path, version) do nothing",
        &[
            version.clinic_id.as_str().into(),
            version.path.as_str().into(),
            version.version.into(),
            version.text.as_str().into(),
            version.note.as_str().into(),
            version.made_by.as_str().into(),
            version.made_at.into(),
        ],
    )?;
    Ok(added == 1)
}

fn newest_version(tx: &mut Tx<'_>, clinic_id: &str, path: &str) -> Result<i64, Error> {
    let newest = tx.one(
        "select coalesce(max(version), 0) as newest from content_version where clinic_id = $1 and path = $2",
        &[clinic_id.into(), path.into()],
        |row| row.get::<i64>("newest"),
    )?;
    Ok(newest.unwrap_or_default())
}

/// One version.
pub fn find_version(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    path: &str,
    version: i64,
) -> Result<Option<Version>, Error> {
    tx.one(
        "select * from content_version where clinic_id = $1 and path = $2 and version = $3",
        &[clinic_id.into(), path.into(), version.into()],
        read_version,
    )
}

/// All versions of a file, newest first.
pub fn list_versions(tx: &mut Tx<'_>, clinic_id: &str, path: &str) -> Result<Vec<Version>, Error> {
    tx.query(
        "select * from content_version where clinic_id = $1 and path = $2 order by version desc",
        &[clinic_id.into(), path.into()],
        read_version,
    )
}

/// Every version somebody wrote, oldest first.
pub fn list_written_by(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<Version>, Error> {
    tx.query(
        "select * from content_version where clinic_id = $1 and made_by = $2 order by made_at, path, version",
        &[clinic_id.into(), person_id.into()],
        read_version,
    )
}

/// A clinic's files whose paths begin like this, in the order of their paths.
pub fn list_files(tx: &mut Tx<'_>, clinic_id: &str, folder: &str) -> Result<Vec<OwnFile>, Error> {
    tx.query(
        "select newest.*, content_use.version as in_use, content_use.changed_at as changed_at,
             (select begun.made_by from content_version begun where begun.clinic_id = newest.clinic_id
                 and begun.path = newest.path and begun.version = 1) as begun_by
         from content_version newest
         left join content_use on content_use.clinic_id = newest.clinic_id and content_use.path = newest.path
         where newest.clinic_id = $1 and substr(newest.path, 1, length($2)) = $2
         and newest.version = (select max(other.version) from content_version other
             where other.clinic_id = newest.clinic_id and other.path = newest.path)
         order by newest.path",
        &[clinic_id.into(), folder.into()],
        |row| {
            let in_use = row.get::<Option<i64>>("in_use")?;
            Ok(OwnFile {
                newest: read_version(row)?,
                in_use,
                taken_back: in_use.is_none() && row.get::<Option<i64>>("changed_at")?.is_some(),
                begun_by: row.get("begun_by")?,
            })
        },
    )
}

/// One file.
pub fn find_file(tx: &mut Tx<'_>, clinic_id: &str, path: &str) -> Result<Option<OwnFile>, Error> {
    let files = list_files(tx, clinic_id, path)?;
    Ok(files.into_iter().find(|file| file.newest.path == path))
}

/// What of a clinic's own is in use, path and text, and the state of it.
pub fn list_used(tx: &mut Tx<'_>, clinic_id: &str) -> Result<(i64, Vec<(String, String)>), Error> {
    let revision = find_revision(tx, clinic_id)?;
    let used = tx.query(
        "select content_version.path as path, content_version.text as text from content_use
         join content_version on content_version.clinic_id = content_use.clinic_id
             and content_version.path = content_use.path and content_version.version = content_use.version
         where content_use.clinic_id = $1 order by content_version.path",
        &[clinic_id.into()],
        |row| Ok((row.get("path")?, row.get("text")?)),
    )?;
    Ok((revision, used))
}

/// The state of a clinic's own content: it rises whenever what is in use changes.
pub fn find_revision(tx: &mut Tx<'_>, clinic_id: &str) -> Result<i64, Error> {
    let revision = tx.one(
        "select content_revision from clinic where clinic_id = $1",
        &[clinic_id.into()],
        |row| row.get("content_revision"),
    )?;
    Ok(revision.unwrap_or_default())
}

/// Puts a version to use from now on, or with none takes the file back. Whoever loads a page after this sees it.
pub fn update_use(
    tx: &mut Tx<'_>,
    (clinic_id, path): (&str, &str),
    version: Option<i64>,
    (changed_by, changed_at): (&str, i64),
) -> Result<(), Error> {
    tx.exec(
        "insert into content_use (clinic_id, path, version, changed_by, changed_at) values ($1, $2, $3, $4, $5)
         on conflict (clinic_id, path) do update set version = excluded.version,
             changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        &[
            clinic_id.into(),
            path.into(),
            version.into(),
            changed_by.into(),
            changed_at.into(),
        ],
    )?;
    tx.exec(
        "update clinic set content_revision = content_revision + 1 where clinic_id = $1",
        &[clinic_id.into()],
    )?;
    Ok(())
}
