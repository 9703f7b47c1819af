//! A browser that asked for messages, and the push service that brings them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature;

/// The bytes behind base64url.
#[must_use]
pub fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A browser with the keys of its subscription; it can open one message.
pub struct Browser {
    private: EphemeralPrivateKey,
    /// Its public key.
    pub p256dh: Vec<u8>,
    /// What it shares with the sender.
    pub auth: Vec<u8>,
}

impl Browser {
    /// One that nobody has sent anything to.
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let chance = SystemRandom::new();
        let private = EphemeralPrivateKey::generate(&ECDH_P256, &chance).unwrap();
        let p256dh = private.compute_public_key().unwrap().as_ref().to_vec();
        let mut auth = vec![0; 16];
        chance.fill(&mut auth).unwrap();
        Self {
            private,
            p256dh,
            auth,
        }
    }

    /// RFC 8291 section 3.4, the other way round, with HMAC written out (RFC 5869).
    pub fn open(self, sealed: &[u8]) -> String {
        let (salt, rest) = sealed.split_at(16);
        let (record, rest) = rest.split_at(4);
        assert!(sealed.len() <= u32::from_be_bytes(record.try_into().unwrap()) as usize + 86);
        let (public, text) = rest[1..].split_at(usize::from(rest[0]));
        let mac = |key: &[u8], text: &[u8]| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text)
                .as_ref()
                .to_vec()
        };
        let theirs = UnparsedPublicKey::new(&ECDH_P256, public);
        let secret = agree_ephemeral(self.private, &theirs, <[u8]>::to_vec).unwrap();
        let first = mac(&self.auth, &secret);
        let info = [b"WebPush: info\0".as_slice(), &self.p256dh, public, &[1]].concat();
        let input = mac(salt, &mac(&first, &info));
        let key = &mac(&input, b"Content-Encoding: aes128gcm\0\x01")[..16];
        let nonce: [u8; 12] = mac(&input, b"Content-Encoding: nonce\0\x01")[..12]
            .try_into()
            .unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key).unwrap());
        let mut text = text.to_vec();
        let plain = key
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .unwrap();
        let (last, plain) = plain.split_last().unwrap();
        assert_eq!(*last, 2, "the record says it is the last");
        String::from_utf8(plain.to_vec()).unwrap()
    }
}

/// What a push service was sent.
pub struct Posted {
    /// The request line and the headers.
    pub head: Vec<String>,
    /// What came after them.
    pub body: Vec<u8>,
}

impl Posted {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.head
            .iter()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .unwrap_or_else(|| panic!("no {name} in {:?}", self.head))
    }

    /// Checks the sender's word as RFC 8292 asks of a push service, and gives its claims.
    pub fn claims(&self) -> serde_json::Value {
        let sent = self
            .header("Authorization")
            .strip_prefix("vapid t=")
            .unwrap();
        let (token, key) = sent.split_once(", k=").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, bytes(key))
            .verify(signed.as_bytes(), &bytes(signature))
            .unwrap();
        let (head, claims) = signed.split_once('.').unwrap();
        let head: serde_json::Value = serde_json::from_slice(&bytes(head)).unwrap();
        assert_eq!(head["alg"], "ES256");
        serde_json::from_slice(&bytes(claims)).unwrap()
    }
}

/// What a browser or a server sent, read to its end.
#[must_use]
pub fn read_posted(stream: impl Read) -> Posted {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let mut posted = Posted {
        head,
        body: Vec::new(),
    };
    let length: usize = posted.header("Content-Length").parse().unwrap();
    posted.body.resize(length, 0);
    reader.read_exact(&mut posted.body).unwrap();
    posted
}

/// A push service on this machine that answers with `answer`; what it was sent comes out of the other end.
pub fn service(answer: &'static str) -> (String, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!(
        "http://{}/push/some-browser?x=1",
        listener.local_addr().unwrap()
    );
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let posted = read_posted(&stream);
            stream.write_all(answer.as_bytes()).unwrap();
            if tell.send(posted).is_err() {
                break;
            }
        }
    });
    (endpoint, told)
}
