//! A mail server that takes letters, refuses them, or hangs up.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// How the test's server behaves.
#[derive(Clone, Copy)]
pub enum Mood {
    /// It takes every letter.
    Takes,
    /// It refuses the addressee.
    Refuses,
    /// It asks to try later.
    Busy,
    /// It takes the call and ends it.
    HangsUp,
}

/// A mail server that takes one letter after another; what it was told stands in the list.
pub fn server(mood: Mood) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let told = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&told);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            if matches!(mood, Mood::HangsUp) {
                continue;
            }
            let mut out = stream.try_clone().unwrap();
            let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes());
            let _ = say("220 test");
            let mut in_letter = false;
            for line in BufReader::new(stream).lines() {
                let Ok(line) = line else { break };
                list.lock().unwrap().push(line.clone());
                if in_letter {
                    in_letter = line != ".";
                    if !in_letter {
                        let _ = say("250 taken");
                    }
                    continue;
                }
                let word = line.split([' ', ':']).next().unwrap_or_default();
                let _ = match (word, mood) {
                    ("EHLO", _) => say("250 test"),
                    ("RCPT", Mood::Refuses) => say("550 no such ben@example.org"),
                    ("RCPT", Mood::Busy) => say("451 later"),
                    ("DATA", _) => {
                        in_letter = true;
                        say("354 go on")
                    }
                    ("QUIT", _) => say("221 bye"),
                    _ => say("250 good"),
                };
            }
        }
    });
    (url, told)
}
