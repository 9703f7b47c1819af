//! The typesetter: `kith-pdf`, a program of its own. It is started for each sheet, watched, and ended when it takes too long.

use std::path::{Path, PathBuf, absolute};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use kith_sheet::{Refusal, Sheet};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// How many sheets are set at once: each takes a core while it lasts.
const AT_ONCE: usize = 2;
/// How long somebody waits for one of the two to be free. With the time below it stays under what a request may take.
const FOR_A_TURN: Duration = Duration::from_secs(5);
/// How long setting a sheet may take. It takes a fraction of a second.
const FOR_A_SHEET: Duration = Duration::from_secs(20);
/// The largest file that is taken, bytes. The fullest handout there is takes a hundredth of it.
const LARGEST: u64 = 8 * 1024 * 1024;
/// The most that is read of what it says where there is no file, bytes.
const LONGEST: u64 = 16 * 1024;

/// Where the typesetter is, if it is anywhere, and whose turn it is. Copies share their turns.
#[derive(Clone)]
pub struct Typesetter {
    place: Option<PathBuf>,
    turns: Arc<Semaphore>,
    for_a_turn: Duration,
    for_a_sheet: Duration,
}

/// Why there is no PDF. Nothing in it repeats what stands on the sheet, but for a refusal's reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPdf {
    /// There is no typesetter.
    #[error("no program kith-pdf lies beside kith, and none was named with --typesetter")]
    Absent,
    /// The one that was named is not there.
    #[error("there is no program {}", .0.display())]
    Missing(PathBuf),
    /// The typesetter works, and refuses this sheet.
    #[error("{0}")]
    Refused(Refusal),
    /// It has its hands full.
    #[error("the typesetter is busy")]
    Busy,
    /// It does not do what it should.
    #[error("the typesetter {0}")]
    Broken(String),
}

impl Typesetter {
    /// The program at a place; none without one.
    pub fn at(place: Option<&Path>) -> Self {
        Self {
            // A bare name would be looked for elsewhere than where it was found.
            place: place.map(|place| absolute(place).unwrap_or_else(|_| place.to_owned())),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            for_a_turn: FOR_A_TURN,
            for_a_sheet: FOR_A_SHEET,
        }
    }

    /// Where it is.
    ///
    /// # Errors
    /// Where there is none.
    pub fn program(&self) -> Result<&Path, NoPdf> {
        match &self.place {
            None => Err(NoPdf::Absent),
            Some(place) if place.is_file() => Ok(place),
            Some(place) => Err(NoPdf::Missing(place.clone())),
        }
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.program().is_ok()
    }

    /// The sheet as a tagged PDF of one page.
    ///
    /// # Errors
    /// Where there is no typesetter, where it refuses the sheet, and where it does not do what it should.
    pub(super) async fn set(&self, sheet: &Sheet) -> Result<Vec<u8>, NoPdf> {
        let program = self.program()?;
        let sheet = serde_json::to_vec(sheet).map_err(|_| broken("is given no JSON"))?;
        let turn = timeout(self.for_a_turn, self.turns.acquire());
        let Ok(Ok(_turn)) = turn.await else {
            return Err(NoPdf::Busy);
        };
        timeout(self.for_a_sheet, run(program, &sheet))
            .await
            .unwrap_or_else(|_| Err(broken("takes too long")))
    }
}

/// Starts it, hands it the sheet, and takes what it makes of it. Whoever drops this ends it.
async fn run(program: &Path, sheet: &[u8]) -> Result<Vec<u8>, NoPdf> {
    let mut child = Command::new(program)
        // It needs nothing of what stands there, and a database's secret may.
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| broken(format!("does not start: {error}")))?;
    let (Some(mut input), Some(output), Some(errors)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(broken("has no input or no output"));
    };
    let written = async move {
        // One that ends before it has read everything says why by other ways.
        let _ = input.write_all(sheet).await;
        Ok(())
    };
    // All three at once: a pipe that is full in one direction would stop the others.
    let ((), pdf, told) = tokio::try_join!(
        written,
        all_of(output, LARGEST, "writes too much"),
        all_of(errors, LONGEST, "complains too much"),
    )?;
    let ended = child.wait().await.map_err(|_| broken("has no end"))?;
    if ended.success() {
        return if pdf.starts_with(b"%PDF-") {
            Ok(pdf)
        } else {
            Err(broken("writes something that is no PDF"))
        };
    }
    match serde_json::from_slice(&told) {
        Ok(Refusal::NoSheet { why }) => Err(broken(format!(
            "does not know this kind of sheet ({why}): is it of the same release as kith?"
        ))),
        Ok(refusal) if ended.code() == Some(i32::from(refusal.status())) => {
            Err(NoPdf::Refused(refusal))
        }
        // What else it says may repeat what stands on the sheet.
        _ => Err(broken(format!("broke off ({ended})"))),
    }
}

async fn all_of(from: impl AsyncRead + Unpin, most: u64, too_much: &str) -> Result<Vec<u8>, NoPdf> {
    let mut all = Vec::new();
    from.take(most + 1)
        .read_to_end(&mut all)
        .await
        .map_err(|_| broken("cannot be heard"))?;
    if all.len() as u64 > most {
        return Err(broken(too_much));
    }
    Ok(all)
}

fn broken(how: impl Into<String>) -> NoPdf {
    NoPdf::Broken(how.into())
}

/// Programs that stand in for the typesetter.
#[cfg(test)]
pub(super) mod doubles {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    /// A program that does what a few lines of shell say.
    ///
    /// A process of its own writes it: a file that this one holds open for writing cannot be started, and a test beside this one
    /// may start something just then, which inherits the open file for a moment.
    pub(crate) fn script(folder: &Path, lines: &str) -> PathBuf {
        let path = folder.join("kith-pdf");
        let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$2\" && chmod +x \"$2\"";
        let written = Command::new("sh")
            .args(["-c", write, "sh", lines])
            .arg(&path)
            .status()
            .unwrap();
        assert!(written.success());
        path
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::doubles::script;
    use super::*;

    fn quick(place: &Path) -> Typesetter {
        Typesetter {
            for_a_turn: Duration::from_millis(200),
            for_a_sheet: Duration::from_secs(2),
            ..Typesetter::at(Some(place))
        }
    }

    /// What comes of a program, which has two seconds.
    async fn made(lines: &str) -> Result<Vec<u8>, NoPdf> {
        let folder = tempfile::tempdir().unwrap();
        let typesetter = quick(&script(folder.path(), lines));
        typesetter.set(&Sheet::default()).await
    }

    #[tokio::test]
    async fn it_is_handed_the_sheet_and_nothing_else() {
        let pdf = made("printf '%%PDF-'; cat; printf '%s' \"${CARGO_MANIFEST_DIR-nothing}\"");
        let pdf = String::from_utf8(pdf.await.unwrap()).unwrap();
        let sheet = serde_json::to_string(&Sheet::default()).unwrap();
        assert_eq!(pdf, format!("%PDF-{sheet}nothing"));
    }

    #[tokio::test]
    async fn a_sheet_larger_than_a_pipe_holds_and_one_nobody_reads_are_no_trouble() {
        let folder = tempfile::tempdir().unwrap();
        let sheet = Sheet {
            foot: "long ".repeat(200_000),
            ..Sheet::default()
        };
        let echo = quick(&script(folder.path(), "printf '%%PDF-'; cat"));
        assert!(echo.set(&sheet).await.unwrap().len() > 1_000_000);
        let deaf = quick(&script(folder.path(), "printf '%%PDF-1.7'"));
        assert_eq!(deaf.set(&sheet).await.unwrap(), b"%PDF-1.7");
    }

    #[tokio::test]
    async fn what_it_refuses_is_told_and_only_where_the_status_says_the_same() {
        let refusal = Refusal::NoLetter { letter: '漢' };
        let line = serde_json::to_string(&refusal).unwrap();
        let told = |status: u8| format!("echo '{line}' >&2; exit {status}");
        assert_eq!(made(&told(4)).await, Err(NoPdf::Refused(refusal)));
        for status in [1, 3] {
            assert!(matches!(made(&told(status)).await, Err(NoPdf::Broken(_))));
        }
    }

    #[tokio::test]
    async fn one_that_crashes_or_writes_rubbish_is_an_error_that_repeats_nothing() {
        for (lines, how) in [
            ("kill -SEGV $$", "broke off (signal"),
            ("echo Ben >&2; exit 101", "broke off (exit status: 101)"),
            ("exit 0", "no PDF"),
            ("echo Ben", "no PDF"),
            ("cat /dev/zero", "writes too much"),
            ("cat /dev/zero >&2", "complains too much"),
            (
                "echo '{\"kind\":\"no_sheet\",\"why\":\"line 1\"}' >&2; exit 2",
                "same release",
            ),
        ] {
            let began = Instant::now();
            let told = made(lines).await.unwrap_err().to_string();
            assert!(told.contains(how) && !told.contains("Ben"), "{told}");
            assert!(!told.contains("too long"), "{lines}");
            assert!(began.elapsed() < Duration::from_secs(2), "{lines}");
        }
    }

    #[tokio::test]
    async fn one_that_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let noted = folder.path().join("process");
        let lines = format!("echo $$ > '{}'; exec sleep 600", noted.display());
        let typesetter = Typesetter {
            for_a_sheet: Duration::from_millis(500),
            ..quick(&script(folder.path(), &lines))
        };
        let told = typesetter.set(&Sheet::default()).await.unwrap_err();
        assert_eq!(told, broken("takes too long"));
        let process = std::fs::read_to_string(noted).unwrap();
        for _ in 0..100 {
            let alive = std::process::Command::new("kill")
                .args(["-0", process.trim()])
                .stderr(Stdio::null())
                .status()
                .unwrap();
            if !alive.success() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it is still there");
    }

    #[tokio::test]
    async fn only_two_are_at_work_and_the_next_is_told_to_come_again() {
        let folder = tempfile::tempdir().unwrap();
        let typesetter = quick(&script(folder.path(), "exec sleep 600"));
        let sheet = Sheet::default();
        let all = tokio::join!(
            typesetter.set(&sheet),
            typesetter.set(&sheet),
            typesetter.set(&sheet)
        );
        let slow = Err(broken("takes too long"));
        assert_eq!(all, (slow.clone(), slow, Err(NoPdf::Busy)));
    }

    #[tokio::test]
    async fn without_one_it_says_which_is_missing() {
        let sheet = Sheet::default();
        let none = Typesetter::at(None);
        assert!(!none.is_there());
        assert_eq!(none.set(&sheet).await, Err(NoPdf::Absent));
        let folder = tempfile::tempdir().unwrap();
        for gone in [folder.path().join("kith-pdf"), folder.path().to_owned()] {
            let typesetter = Typesetter::at(Some(&gone));
            assert!(!typesetter.is_there());
            assert_eq!(typesetter.set(&sheet).await, Err(NoPdf::Missing(gone)));
        }
        let text = folder.path().join("text");
        std::fs::write(&text, "no program").unwrap();
        let told = quick(&text).set(&sheet).await.unwrap_err().to_string();
        assert!(told.contains("does not start"), "{told}");
    }
}
