//! Reads and plays a content folder: `cargo run -p kith-content --example check -- content`.

#![allow(clippy::print_stdout)]

use std::path::Path;

use kith_content::{File, Library, check};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "content".into());
    let mut files = Vec::new();
    gather(Path::new(&folder), "", &mut files)?;
    let loaded = Library::read(files);
    let (problems, played) = check(&loaded.library);
    for problem in loaded.problems.iter().chain(&problems) {
        println!("{problem}");
    }
    let (good, wrong) = (
        loaded.library.practices().count(),
        loaded.problems.len() + problems.len(),
    );
    println!("{good} practices played {played} times, {wrong} problems");
    Ok(())
}

fn gather(
    folder: &Path,
    before: &str,
    files: &mut Vec<File>,
) -> Result<(), Box<dyn std::error::Error>> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{path}/"), files)?;
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path())?).into_owned();
            files.push(File { path, text });
        }
    }
    Ok(())
}
