//! Copies everything out to one portable file, and back in: backup, restore, and the way from
//! SQLite to PostgreSQL.
//!
//! The file is JSON lines: a head that names the migrations, then one line a row, then a foot with
//! the number of rows of each table and the SHA-256 of all lines before it. It is checked whole
//! before anything of it is put into a database.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::migrate::{self, MIGRATIONS};
use super::value::Owned;
use super::{Error, Tx};

/// What was copied: the number of rows by table, and the digest of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// Number of rows by table.
    pub rows: BTreeMap<String, u64>,
    /// SHA-256 over every line before the last, in hexadecimal.
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Head {
    kith_backup: u32,
    migrations: Vec<String>,
    columns: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    table: String,
    row: Vec<Owned>,
}

#[derive(Serialize, Deserialize)]
struct Foot {
    end: Copied,
}

struct Hashing<'a, W> {
    out: &'a mut W,
    hash: Sha256,
}

impl<W: Write> Hashing<'_, W> {
    fn line(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let mut text = serde_json::to_string(value).map_err(|error| unusable(&error))?;
        text.push('\n');
        self.hash.update(text.as_bytes());
        self.out
            .write_all(text.as_bytes())
            .map_err(|error| unusable(&error))
    }
}

impl Tx<'_> {
    /// Writes every row of every table to `out`.
    ///
    /// # Errors
    /// When the database or `out` fails.
    pub fn copy_out(&mut self, out: &mut impl Write) -> Result<Copied, Error> {
        let mut columns = BTreeMap::new();
        for table in migrate::tables() {
            columns.insert(table.to_owned(), self.columns(table)?);
        }
        let mut file = Hashing {
            out,
            hash: Sha256::new(),
        };
        file.line(&Head {
            kith_backup: 1,
            migrations: MIGRATIONS
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            columns: columns.clone(),
        })?;
        let mut rows = BTreeMap::new();
        for table in migrate::tables() {
            let mut count = 0_u64;
            let names = columns.get(table).cloned().unwrap_or_default();
            self.each_row(table, &names, &mut |row| {
                count += 1;
                file.line(&Line {
                    table: table.to_owned(),
                    row,
                })
            })?;
            rows.insert(table.to_owned(), count);
        }
        let copied = Copied {
            rows,
            sha256: hex(file.hash.clone()),
        };
        file.line(&Foot {
            end: copied.clone(),
        })?;
        out.flush().map_err(|error| unusable(&error))?;
        Ok(copied)
    }

    /// Puts the rows of a file that [`verify`] found whole into an empty database, and counts them
    /// there.
    ///
    /// # Errors
    /// When the database already holds something, or the file does not fit its schema.
    pub fn copy_in(&mut self, file: impl BufRead, expected: &Copied) -> Result<(), Error> {
        for table in migrate::tables() {
            let names = self.columns(table)?;
            self.each_row(table, &names, &mut |_| {
                Err(Error::Schema(
                    "This database is not empty. Restore into a new data directory or a new database."
                        .to_owned(),
                ))
            })?;
        }
        let mut lines = file.lines();
        let head: Head = read_line(lines.next())?;
        for line in lines {
            let text = line.map_err(|error| unusable(&error))?;
            if text.starts_with("{\"end\"") {
                break;
            }
            let line: Line = serde_json::from_str(&text).map_err(|error| unusable(&error))?;
            let Some(columns) = head.columns.get(&line.table) else {
                return Err(unusable(&format!(
                    "a row of the unknown table {}",
                    line.table
                )));
            };
            if !migrate::tables().contains(&line.table.as_str())
                || columns.len() != line.row.len()
                || !columns.iter().all(|name| is_plain(name))
            {
                return Err(unusable(&format!("a row that does not fit {}", line.table)));
            }
            self.put_row(&line.table, columns, &line.row)?;
        }
        for table in migrate::tables() {
            let names = self.columns(table)?;
            let mut count = 0_u64;
            self.each_row(table, &names, &mut |_| {
                count += 1;
                Ok(())
            })?;
            let wanted = expected.rows.get(table).copied().unwrap_or_default();
            if count != wanted {
                return Err(unusable(&format!(
                    "{count} rows of {table} arrived where the file has {wanted}"
                )));
            }
        }
        Ok(())
    }
}

/// Reads a backup to its end and tells what it holds, without touching a database.
///
/// # Errors
/// When the file is cut short, altered, or of a newer version.
pub fn verify(file: impl BufRead) -> Result<Copied, Error> {
    let mut hash = Sha256::new();
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut lines = file.lines();
    let first = lines
        .next()
        .transpose()
        .map_err(|error| unusable(&error))?
        .unwrap_or_default();
    let head: Head = serde_json::from_str(&first)
        .map_err(|_| Error::Schema("This file is not a Kith backup.".to_owned()))?;
    if let Some(newer) = head
        .migrations
        .iter()
        .find(|name| !MIGRATIONS.iter().any(|(known, _)| known == name))
    {
        return Err(Error::Schema(format!(
            "This backup comes from a newer Kith (it has the migration {newer})."
        )));
    }
    hash.update(first.as_bytes());
    hash.update(b"\n");
    for line in lines {
        let text = line.map_err(|error| unusable(&error))?;
        if let Ok(foot) = serde_json::from_str::<Foot>(&text) {
            let counted = head
                .columns
                .keys()
                .map(|table| (table.clone(), rows.get(table).copied().unwrap_or(0)))
                .collect();
            let found = Copied {
                rows: counted,
                sha256: hex(hash),
            };
            return if found == foot.end {
                Ok(found)
            } else {
                Err(unusable(&"its checksum or its row counts do not match"))
            };
        }
        let line: Line = serde_json::from_str(&text).map_err(|error| unusable(&error))?;
        *rows.entry(line.table).or_default() += 1;
        hash.update(text.as_bytes());
        hash.update(b"\n");
    }
    Err(unusable(&"it ends too early"))
}

fn read_line<T: for<'a> Deserialize<'a>>(
    line: Option<std::io::Result<String>>,
) -> Result<T, Error> {
    let text = line
        .transpose()
        .map_err(|error| unusable(&error))?
        .unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| unusable(&error))
}

/// A name that may stand in a statement as it is.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

fn hex(hash: Sha256) -> String {
    use std::fmt::Write;
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn unusable(why: &impl std::fmt::Display) -> Error {
    Error::Schema(format!("The backup cannot be used: {why}."))
}
