//! The built-in content, and a clinic's own folder laid over it.

use std::path::Path;

use kith_content::{File, Library, Loaded};
use rust_embed::RustEmbed;

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

/// Everything there is to read, with what is wrong with it.
///
/// # Errors
/// A sentence, when the folder or a file in it cannot be read.
pub fn load(overlay: Option<&Path>) -> Result<Loaded, String> {
    let mut files = built_in();
    if let Some(folder) = overlay {
        if !folder.is_dir() {
            return Err(format!("{} is not a folder.", folder.display()));
        }
        collect(folder, folder, &mut files)?;
    }
    Ok(Library::read(files))
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
