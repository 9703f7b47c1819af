//! One POST over TLS, and the status that came back. A client of a hundred lines in place of a library,
//! because the address must be looked up, judged and connected to as one: between a check and a second
//! look-up it could change. No redirects, no proxies, no cookies, nothing read but the first line.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use url::Url;

/// The longest first line that is read.
const FIRST_LINE: usize = 1024;
/// The longest wait for a connection.
const CONNECTING: Duration = Duration::from_secs(10);

fn tls() -> io::Result<Arc<ClientConfig>> {
    static TLS: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = TLS.get() {
        return Ok(Arc::clone(config));
    }
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = trusting(roots)?;
    Ok(Arc::clone(TLS.get_or_init(|| config)))
}

/// TLS that believes these authorities.
pub(super) fn trusting(roots: RootCertStore) -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Posts `body` and tells the status of the answer.
pub(super) fn post(
    url: &Url,
    authorization: &str,
    seconds: i64,
    body: &[u8],
    local: bool,
    until: Instant,
) -> io::Result<u16> {
    let host = url.host_str().ok_or_else(|| io::Error::other("no host"))?;
    let port = url.port_or_known_default().unwrap_or(443);
    let stream = connect(host, port, local, until)?;
    let place = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let head = format!(
        "POST {place} HTTP/1.1\r\nHost: {authority}\r\nAuthorization: {authorization}\r\nTTL: {seconds}\r\n\
         Urgency: normal\r\nContent-Encoding: aes128gcm\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let request = [head.as_bytes(), body].concat();
    if url.scheme() == "http" {
        return exchange(Bounded { stream, until }, &request);
    }
    over_tls(tls()?, host, stream, until, &request)
}

/// The same inside TLS.
pub(super) fn over_tls(
    config: Arc<ClientConfig>,
    host: &str,
    stream: TcpStream,
    until: Instant,
    request: &[u8],
) -> io::Result<u16> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connection = ClientConnection::new(config, name).map_err(io::Error::other)?;
    exchange(
        StreamOwned::new(connection, Bounded { stream, until }),
        request,
    )
}

/// Connects to the first of the host's addresses that answers, if all of them are of the open internet.
fn connect(host: &str, port: u16, local: bool, until: Instant) -> io::Result<TcpStream> {
    let found: Vec<SocketAddr> = (host, port).to_socket_addrs()?.collect();
    let allowed =
        |address: &SocketAddr| is_public(address.ip()) || (local && address.ip().is_loopback());
    if !found.iter().all(allowed) {
        return Err(io::Error::other("an address inside"));
    }
    let mut failure = io::Error::other("no address");
    for address in found {
        match TcpStream::connect_timeout(&address, left(until)?.min(CONNECTING)) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        Err(io::ErrorKind::TimedOut.into())
    } else {
        Ok(left)
    }
}

/// A connection that ends with the time it was given, however slowly the other side drips.
struct Bounded {
    stream: TcpStream,
    until: Instant,
}

impl Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.until)?))?;
        self.stream.read(into)
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.until)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

fn exchange(mut stream: impl Read + Write, request: &[u8]) -> io::Result<u16> {
    stream.write_all(request)?;
    stream.flush()?;
    let mut line = Vec::new();
    let mut part = [0; 256];
    while !line.contains(&b'\n') && line.len() < FIRST_LINE {
        match stream.read(&mut part)? {
            0 => break,
            count => line.extend_from_slice(&part[..count]),
        }
    }
    status(&line).ok_or_else(|| io::Error::other("no status"))
}

/// The status in `HTTP/1.1 201 Created`.
pub(super) fn status(line: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(line.split(|byte| *byte == b'\n').next()?).ok()?;
    let (version, rest) = line.trim_end().split_once(' ')?;
    let code = rest.get(..3).filter(|_| version.starts_with("HTTP/1."))?;
    code.parse().ok().filter(|code| (100..600).contains(code))
}

/// Whether an address is one of the open internet: IANA's special-purpose registries for IPv4 and IPv6
/// say which are not. In IPv6 only 2000::/3 is given out at all; what wraps an IPv4 address is refused.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Protocol assignments with Teredo, documentation twice, 6to4.
    let special = matches!(
        (a, b),
        (0x2001, 0..=0x1ff | 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff)
    );
    a & 0xe000 == 0x2000 && !special
}
