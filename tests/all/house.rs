//! Starts the real binary and talks to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

pub(crate) fn kith(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kith"))
        .args(words)
        .env_remove("KITH_DATA")
        .env_remove("KITH_DATABASE")
        .output()
        .unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// One JSON object on standard output, and nothing else.
pub(crate) fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{}", text(&output.stdout), text(&output.stderr)))
}

/// What `kith check` says of the built-in content. It plays everything, so it is asked once.
pub(crate) fn checked() -> &'static Value {
    static CHECKED: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| {
        let output = kith(&["check", "--json"]);
        let told = json(&output);
        assert!(output.status.success(), "{}", told["problems"]);
        told
    });
    &CHECKED
}

/// A running server; killed when it goes out of scope.
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts `kith demo` on a free port with its data in `folder`.
    pub(crate) fn demo(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kith"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().unwrap().parse().unwrap();
        // Goes on reading, so that the server never waits for a full pipe.
        std::thread::spawn(move || out.read_to_end(&mut Vec::new()));
        Self { child, port }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: no warning, no shutdown.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn sign_in(&self, name: &str, secret: &str) -> String {
        let body = format!("name={name}&secret={secret}").replace(' ', "+");
        let kind = "application/x-www-form-urlencoded";
        let (_, head, _) = self.request("POST", "/sign-in", "", kind, &body).unwrap();
        let start = head.find("kith_login=").unwrap_or_else(|| panic!("{head}"));
        head[start..].split(';').next().unwrap().to_owned()
    }

    pub(crate) fn get(&self, path: &str, cookie: &str) -> (u16, String) {
        let (status, _, body) = self.request("GET", path, cookie, "text/html", "").unwrap();
        (status, body)
    }

    pub(crate) fn post_json(
        &self,
        path: &str,
        cookie: &str,
        body: &str,
    ) -> std::io::Result<(u16, String)> {
        let (status, _, body) = self.request("POST", path, cookie, "application/json", body)?;
        Ok((status, body))
    }

    fn request(
        &self,
        method: &str,
        path: &str,
        cookie: &str,
        kind: &str,
        body: &str,
    ) -> std::io::Result<(u16, String, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: {cookie}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = text(&answer);
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .ok_or_else(|| std::io::Error::other("the answer broke off"))?;
        let status = head.get(9..12).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| std::io::Error::other("no status"))?;
        Ok((status, head.to_owned(), body.to_owned()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
