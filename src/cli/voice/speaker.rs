//! Programs that speak: the one that `kith voice install` sets up, and any other that writes a WAV file.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;

use super::super::Failure;

/// Its package, in the range whose interface is known here.
pub(super) const PACKAGE: &str = "hibari-tts>=0.2,<0.3";
/// Words a minute at its usual speed, measured over five cues of the built-in practices.
const USUAL_PACE: f64 = 196.0;

/// Something that speaks.
pub(super) enum Speaker {
    /// One process that speaks line after line.
    Hibari {
        child: Child,
        asks: Option<ChildStdin>,
        answers: BufReader<ChildStdout>,
        speed: f64,
    },
    /// A process a text: program and arguments.
    Command(Vec<String>),
}

/// Where the private Python of a data directory is.
pub(super) fn environment(data: &Path) -> PathBuf {
    data.join("voice").join("env")
}

/// The Python in it.
pub(super) fn python(data: &Path) -> PathBuf {
    let environment = environment(data);
    if cfg!(windows) {
        environment.join("Scripts").join("python.exe")
    } else {
        environment.join("bin").join("python")
    }
}

/// A command line as words, without a shell: words end at spaces, but not within quotes.
pub(super) fn words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in command.chars() {
        match quote {
            Some(open) if open == letter => quote = None,
            Some(_) => word.get_or_insert_default().push(letter),
            None if letter == '"' || letter == '\'' => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            None if letter.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(letter),
        }
    }
    if quote.is_some() {
        return Err("A quotation mark in the command is not closed.".to_owned());
    }
    words.extend(word);
    match words.iter().any(|word| word.contains("{out}")) {
        true => Ok(words),
        false => Err("The command must name {out}, the WAV file it is to write. It gets the text in place of {text}, or \
                      on its standard input."
            .to_owned()),
    }
}

impl Speaker {
    /// The voice that `kith voice install` set up.
    pub(super) fn hibari(data: &Path, voice: &str, pace: u32) -> Result<Self, Failure> {
        let python = python(data);
        if !python.is_file() {
            return Err(Failure::failed(
                "No voice program is installed here. Run `kith voice install`, or name a program of yours with --command.",
            ));
        }
        // Isolated: neither the folder it is started in nor anybody's Python settings decide what is loaded.
        let mut child = Command::new(&python)
            .args(["-I", "-c", include_str!("hibari.py"), voice])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| {
                Failure::failed(format!("{} does not start: {error}", python.display()))
            })?;
        let (Some(asks), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::failed(
                "The voice program has no input or no output.",
            ));
        };
        Ok(Self::Hibari {
            child,
            asks: Some(asks),
            answers: BufReader::new(answers),
            speed: (f64::from(pace) / USUAL_PACE).clamp(0.5, 2.0),
        })
    }

    /// Speaks a text into a file.
    pub(super) fn say(&mut self, text: &str, out: &Path) -> Result<(), String> {
        match self {
            Self::Hibari {
                asks,
                answers,
                speed,
                ..
            } => {
                let ended = "the voice program ended; what it said last stands above";
                let asks = asks.as_mut().ok_or(ended)?;
                let asked = json!({"text": text, "out": out, "speed": speed});
                writeln!(asks, "{asked}").map_err(|_| ended)?;
                asks.flush().map_err(|_| ended)?;
                let mut answer = String::new();
                answers
                    .read_line(&mut answer)
                    .map_err(|error| error.to_string())?;
                if answer.trim_end() == "kept" {
                    Ok(())
                } else {
                    Err(ended.to_owned())
                }
            }
            Self::Command(words) => speak(words, text, out),
        }
    }

    /// Whether it can be asked for the next text after it failed for one.
    pub(super) fn goes_on(&self) -> bool {
        matches!(self, Self::Command(_))
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        if let Self::Hibari { child, asks, .. } = self {
            // It ends when there is nothing more to read.
            drop(asks.take());
            let _ = child.wait();
        }
    }
}

fn speak(words: &[String], text: &str, out: &Path) -> Result<(), String> {
    let out = out.to_string_lossy();
    let mut words = words.iter().map(|word| match word.as_str() {
        // Looked for first: a text may hold what looks like the other.
        "{text}" => text.to_owned(),
        word => word.replace("{out}", &out),
    });
    let program = words.next().unwrap_or_default();
    let mut child = Command::new(&program)
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program} does not start: {error}"))?;
    if let Some(mut input) = child.stdin.take() {
        // A program that takes the text as an argument may not read it here.
        let _ = writeln!(input, "{text}");
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program} ended with {status}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{speak, words};

    #[test]
    fn a_command_is_taken_apart_without_a_shell() {
        let cases: [(&str, &[&str]); 4] = [
            ("say -o {out} {text}", &["say", "-o", "{out}", "{text}"]),
            (
                "  piper   --output_file={out} ",
                &["piper", "--output_file={out}"],
            ),
            (
                "'/opt/my voice/say' \"--name=a b\" {out}",
                &["/opt/my voice/say", "--name=a b", "{out}"],
            ),
            ("say '' {out};rm", &["say", "", "{out};rm"]),
        ];
        for (command, expected) in cases {
            assert_eq!(words(command).unwrap(), expected);
        }
        assert!(words("say {text}").unwrap_err().contains("{out}"));
        assert!(words("say '{out}").unwrap_err().contains("not closed"));
        assert!(words("").is_err());
    }

    #[test]
    fn a_text_is_one_argument_whatever_is_in_it_and_comes_by_standard_input_too() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a b.wav");
        let text = "Rest; $(touch x) \"now\" {out}";
        let copies = |command: &str| {
            speak(&words(command).unwrap(), text, &out).unwrap();
            std::fs::read_to_string(&out).unwrap()
        };
        assert_eq!(
            copies("sh -c 'printf %s \"$1\" > \"$2\"' - {text} {out}"),
            text
        );
        assert_eq!(copies("sh -c 'cat > \"$1\"' - {out}"), format!("{text}\n"));
        let failed = speak(&words("false {out}").unwrap(), text, &out).unwrap_err();
        assert!(failed.starts_with("false ended with"), "{failed}");
    }
}
