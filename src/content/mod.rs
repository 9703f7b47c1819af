//! The built-in content; over it the folder of whoever runs this installation; and over both what a clinic wrote in the browser.

pub mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use kith_content::{File, Library, Loaded};
use rust_embed::RustEmbed;

use kith_base::config::Config;
use kith_base::db::Db;
use kith_base::error::Error;

#[derive(RustEmbed)]
#[folder = "content/"]
struct BuiltIn;

/// The built-in files, in the order of their paths.
pub fn built_in() -> Vec<File> {
    let mut paths: Vec<_> = BuiltIn::iter().collect();
    paths.sort();
    paths
        .into_iter()
        .filter_map(|path| {
            let file = BuiltIn::get(&path)?;
            Some(File {
                path: path.to_string(),
                text: String::from_utf8_lossy(&file.data).into_owned(),
            })
        })
        .collect()
}

/// The text of one file that every clinic has: from the folder, where it has it, else the built-in one.
pub fn common_file(overlay: Option<&Path>, path: &str) -> Option<String> {
    let in_folder = || std::fs::read_to_string(overlay?.join(path)).ok();
    let built_in = || {
        let file = BuiltIn::get(path)?;
        Some(String::from_utf8_lossy(&file.data).into_owned())
    };
    in_folder().or_else(built_in)
}

/// Everything there is to read, with what is wrong with it.
///
/// # Errors
/// A sentence, when the folder or a file in it cannot be read.
pub fn load(overlay: Option<&Path>) -> Result<Loaded, String> {
    load_with(overlay, Vec::new())
}

/// The same, and files of a clinic's own over it.
///
/// # Errors
/// A sentence, when the folder or a file in it cannot be read.
pub fn load_with(overlay: Option<&Path>, own: Vec<File>) -> Result<Loaded, String> {
    let mut files = built_in();
    if let Some(folder) = overlay {
        if !folder.is_dir() {
            return Err(format!("{} is not a folder.", folder.display()));
        }
        collect(folder, folder, &mut files)?;
    }
    files.extend(own);
    Ok(Library::read(files))
}

/// The text of a file of the common content; `None` when there is no such file.
///
/// # Errors
/// A sentence, when the folder or a file in it cannot be read.
pub fn text_of(overlay: Option<&Path>, path: &str) -> Result<Option<String>, String> {
    let mut files = built_in();
    if let Some(folder) = overlay {
        collect(folder, folder, &mut files)?;
    }
    let found = files.into_iter().rev().find(|file| file.path == path);
    Ok(found.map(|file| file.text))
}

/// What each clinic has, as far as it was asked for lately.
pub struct Contents {
    /// What every clinic has that wrote nothing of its own.
    common: Arc<Library>,
    /// By clinic: the state it was read at, and what it has.
    known: Mutex<HashMap<String, (i64, Arc<Library>)>>,
}

/// Of more clinics than this nothing is kept; it is read again in some hundredths of a second.
const MOST_KNOWN: usize = 256;

impl Contents {
    /// With what everybody has.
    pub fn new(common: Library) -> Self {
        Self {
            common: Arc::new(common),
            known: Mutex::default(),
        }
    }

    /// What every clinic has that wrote nothing of its own.
    pub fn common(&self) -> Arc<Library> {
        Arc::clone(&self.common)
    }

    /// What a clinic has, with its own files in use over the common ones. A file that cannot be read any more, after an
    /// upgrade, is left out like one in a folder.
    ///
    /// # Errors
    /// When the database or the folder cannot be read.
    pub async fn of(
        &self,
        (config, db): (&Config, &Db),
        clinic_id: &str,
        revision: i64,
    ) -> Result<Arc<Library>, Error> {
        if revision == 0 {
            return Ok(self.common());
        }
        if let Some((read_at, library)) = self.known().get(clinic_id)
            && *read_at == revision
        {
            return Ok(Arc::clone(library));
        }
        let whose = clinic_id.to_owned();
        let (revision, own) = db
            .read(move |tx| store::list_used(tx, &whose))
            .await
            .map_err(Error::from)?;
        let overlay = config.content.clone();
        let own = own.into_iter().map(|(path, text)| File { path, text });
        let own: Vec<File> = own.collect();
        let common = self.common();
        let library = tokio::task::spawn_blocking(move || {
            let loaded = load_with(overlay.as_deref(), own)?;
            if !loaded.problems.is_empty() {
                // Neither file nor words: a practice written for one client may be named after them.
                let faults = loaded.problems.len();
                tracing::warn!(
                    faults,
                    "content of a clinic's own has faults; what has any is left out"
                );
            }
            Ok::<_, String>(Arc::new(loaded.library.sharing(&common)))
        })
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)?;
        let mut known = self.known();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(clinic_id.to_owned(), (revision, Arc::clone(&library)));
        Ok(library)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, (i64, Arc<Library>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<(), String> {
    let unreadable =
        |path: &Path, error: &std::io::Error| format!("{} cannot be read: {error}", path.display());
    let mut entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unreadable(folder, &error))?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        // Files an editor or a file manager leaves behind.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let bytes = std::fs::read(&path).map_err(|error| unreadable(&path, &error))?;
            let text = String::from_utf8(bytes)
                .map_err(|_| format!("{} is not UTF-8 text.", path.display()))?;
            let parts: Vec<_> = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            files.push(File {
                path: parts.join("/"),
                text,
            });
        }
    }
    Ok(())
}
