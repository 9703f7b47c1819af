//! The load: keep-alive connections that ask, wait for the answer, and ask again.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value as Json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::Failure;
use super::figures::sorted;
use super::house::Member;

/// One request, and what is expected of its answer.
pub(super) struct Errand {
    /// What its times are kept under.
    path: &'static str,
    request: Vec<u8>,
    /// The record to be acknowledged, and the number of the client it is of.
    record: Option<(String, usize)>,
}

impl Errand {
    /// A page, asked for as a browser does.
    pub(super) fn page(path: &'static str, member: &Member) -> Self {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: kith_login={}\r\n\
             accept: text/html\r\naccept-encoding: gzip\r\n\r\n",
            member.token
        );
        Self {
            path,
            request: request.into_bytes(),
            record: None,
        }
    }

    /// A record, sent as the outbox does; the answer is asked for as it is, to be looked into.
    pub(super) fn record(
        path: &'static str,
        number: usize,
        member: &Member,
        id: &str,
        record: &impl Serialize,
    ) -> std::result::Result<Self, Failure> {
        let body = serde_json::to_string(&[record]).map_err(Failure::failed)?;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: kith_login={}\r\n\
             sec-fetch-site: same-origin\r\naccept: application/json\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            member.token,
            body.len()
        );
        Ok(Self {
            path,
            request: request.into_bytes(),
            record: Some((id.to_owned(), number)),
        })
    }

    /// Whether the answer is what was asked for: a page, or the record's id among those kept.
    fn is_done(&self, answer: &Answer) -> bool {
        let Some((id, _)) = &self.record else {
            return answer.status == 200;
        };
        let told: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let kept = &told["kept"][0];
        answer.status == 200 && (*kept == *id.as_str() || kept["id"] == *id.as_str())
    }
}

/// What came of a load.
#[derive(Default)]
pub(super) struct Tally {
    /// How long each good answer took, by path.
    pub(super) times: BTreeMap<&'static str, Vec<Duration>>,
    /// The most bytes a body of that path had on the wire.
    pub(super) bytes: BTreeMap<&'static str, usize>,
    /// Records that were acknowledged, and the number of the client each is of.
    pub(super) kept: Vec<(String, usize)>,
    /// Requests that were answered otherwise, or not at all.
    pub(super) errors: usize,
    /// What one of these said.
    pub(super) fault: Option<String>,
    /// From the first request to the last answer.
    pub(super) elapsed: Duration,
}

impl Tally {
    /// The times of all paths, sorted.
    pub(super) fn all(&self) -> Vec<Duration> {
        sorted(self.times.values().flatten().copied().collect())
    }

    fn fail(&mut self, fault: String) {
        self.errors += 1;
        self.fault.get_or_insert(fault);
    }

    fn add(&mut self, other: Self) {
        for (path, times) in other.times {
            self.times.entry(path).or_default().extend(times);
        }
        for (path, bytes) in other.bytes {
            let most = self.bytes.entry(path).or_default();
            *most = bytes.max(*most);
        }
        self.kept.extend(other.kept);
        self.errors += other.errors;
        self.fault = self.fault.take().or(other.fault);
    }
}

/// Asks over `connections` at once until `time` is over; `errand` makes the request of a number.
pub(super) async fn run<F>(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    errand: F,
) -> std::result::Result<Tally, Failure>
where
    F: Fn(usize) -> std::result::Result<Errand, Failure> + Send + Sync + 'static,
{
    let errand = Arc::new(errand);
    let number = Arc::new(AtomicUsize::new(0));
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await.map_err(Failure::failed)?);
    }
    let began = Instant::now();
    let tasks: Vec<_> = open
        .into_iter()
        .map(|connection| {
            let (errand, number) = (Arc::clone(&errand), Arc::clone(&number));
            tokio::spawn(ask(connection, began + time, number, errand))
        })
        .collect();
    let mut tally = Tally::default();
    for task in tasks {
        tally.add(task.await.map_err(Failure::failed)??);
    }
    tally.elapsed = began.elapsed();
    Ok(tally)
}

async fn ask<F>(
    mut connection: Connection,
    until: Instant,
    number: Arc<AtomicUsize>,
    errand: Arc<F>,
) -> std::result::Result<Tally, Failure>
where
    F: Fn(usize) -> std::result::Result<Errand, Failure>,
{
    let mut tally = Tally::default();
    while Instant::now() < until {
        let errand = errand(number.fetch_add(1, Ordering::Relaxed))?;
        let before = Instant::now();
        match connection.send(&errand.request).await {
            Ok(answer) if errand.is_done(&answer) => {
                let time = before.elapsed();
                tally.times.entry(errand.path).or_default().push(time);
                let most = tally.bytes.entry(errand.path).or_default();
                *most = answer.body.len().max(*most);
                tally.kept.extend(errand.record);
            }
            Ok(answer) => {
                let text: String = String::from_utf8_lossy(&answer.body)
                    .chars()
                    .take(300)
                    .collect();
                tally.fail(format!(
                    "{} answered {}: {text}",
                    errand.path, answer.status
                ));
            }
            Err(error) => {
                tally.fail(format!("{}: {error}", errand.path));
                match Connection::open(connection.address).await {
                    Ok(again) => connection = again,
                    // Nobody is there any more; the others will find out by themselves.
                    Err(_) => break,
                }
            }
        }
    }
    Ok(tally)
}

/// As much of HTTP/1.1 as this house speaks to a client that keeps its connection.
struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    /// What was received and not yet taken.
    received: Vec<u8>,
}

struct Answer {
    status: u16,
    /// As it came, without the framing of chunks.
    body: Vec<u8>,
}

fn strange(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            address,
            stream,
            received: Vec::with_capacity(16 * 1024),
        })
    }

    async fn send(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        let head = self.take_to(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .ok_or_else(|| strange("an answer without a status"))?;
        let header = |name: &str| {
            head.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.trim())
        };
        let body = if let Some(length) = header("content-length") {
            let length = length
                .parse()
                .map_err(|_| strange("a length that is no number"))?;
            self.take(length).await?
        } else if header("transfer-encoding") == Some("chunked") {
            self.take_chunks().await?
        } else {
            return Err(strange("an answer without a length"));
        };
        Ok(Answer { status, body })
    }

    async fn take_chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.take_to(b"\r\n").await?;
            let length = std::str::from_utf8(&line)
                .ok()
                .and_then(|line| usize::from_str_radix(line.trim(), 16).ok())
                .ok_or_else(|| strange("a chunk without a length"))?;
            let chunk = self.take(length + 2).await?;
            if length == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }

    /// Everything up to and with `mark`.
    async fn take_to(&mut self, mark: &[u8]) -> Result<Vec<u8>> {
        let mut looked = 0;
        loop {
            let found = self.received[looked..]
                .windows(mark.len())
                .position(|window| window == mark);
            if let Some(found) = found {
                return self.take(looked + found + mark.len()).await;
            }
            // The mark may have come in part.
            looked = self.received.len().saturating_sub(mark.len() - 1);
            self.receive().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Result<Vec<u8>> {
        while self.received.len() < length {
            self.receive().await?;
        }
        Ok(self.received.drain(..length).collect())
    }

    async fn receive(&mut self) -> Result<()> {
        match self.stream.read_buf(&mut self.received).await? {
            0 => Err(Error::new(
                ErrorKind::UnexpectedEof,
                "the connection was closed",
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn answers_are_told_apart_however_they_arrive() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for part in [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r",
                "\n\r\nfirstHTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n3\r\nsec",
                "\r\n3\r\nond\r\n0\r\n\r\n",
            ] {
                stream.write_all(part.as_bytes()).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        let mut connection = Connection::open(address).await.unwrap();
        for (status, body) in [(200, "first"), (404, "second")] {
            let answer = connection.send(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
            assert_eq!(
                (answer.status, answer.body),
                (status, body.as_bytes().to_vec())
            );
        }
        server.await.unwrap();
        assert!(connection.send(b"GET / HTTP/1.1\r\n\r\n").await.is_err());
    }
}
