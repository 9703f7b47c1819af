//! Messages as a browser and its push service see them.

use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::crypt::seal_with;
use super::wire::{is_public, over_tls, status, trusting};
use super::{Delivery, Keys, Push, Subscription, new_private_key, read_subscription, verdict};
use crate::testing::browser::{Browser, Posted, bytes, read_posted, service};

const NOW: i64 = 1_795_000_000_000;

#[test]
fn a_message_is_sealed_as_in_the_example_of_rfc_8291() {
    let to = Subscription {
        endpoint: String::new(),
        p256dh: bytes(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        ),
        auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
    };
    let public = bytes(
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    );
    let secret = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
    let salt: [u8; 16] = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
    let text = b"When I grow up, I want to be a watermelon";
    let sealed = seal_with(&to, text, &secret, &public, &salt).unwrap();
    assert_eq!(
        super::base64url(&sealed),
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8\
         wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    );
}

fn push() -> Push {
    Push {
        local: true,
        contact: "mailto:quiet@example.org".to_owned(),
    }
}

#[tokio::test]
async fn a_browser_reads_what_was_sent_and_its_service_knows_who_sent_it() {
    let (endpoint, told) = service("HTTP/1.1 201 Created\r\n\r\n");
    let browser = Browser::new();
    let keys = Keys::read(&new_private_key().unwrap()).unwrap();
    let (p256dh, auth) = (
        super::base64url(&browser.p256dh),
        super::base64url(&browser.auth),
    );
    let to = read_subscription(&endpoint, &p256dh, &auth, true).unwrap();
    let sent = push()
        .send(to, &keys, "A minute for yourself?", 3600, NOW)
        .await;
    assert_eq!(sent, Delivery::Taken);
    let posted = told.recv().unwrap();
    assert_eq!(posted.head[0], "POST /push/some-browser?x=1 HTTP/1.1");
    assert_eq!(posted.header("TTL"), "3600");
    assert_eq!(posted.header("Content-Encoding"), "aes128gcm");
    let claims = posted.claims();
    assert_eq!(claims["aud"], endpoint.split("/push").next().unwrap());
    assert_eq!(claims["sub"], "mailto:quiet@example.org");
    let holds = claims["exp"].as_i64().unwrap() - NOW / 1000;
    assert!((1..=24 * 3600).contains(&holds), "{holds}");
    assert!(posted.header("Authorization").ends_with(&keys.public()));
    assert_eq!(browser.open(&posted.body), "A minute for yourself?");
}

#[tokio::test]
async fn what_the_service_answers_decides_what_happens_next() {
    for (answer, wanted) in [
        ("HTTP/1.1 410 Gone\r\n\r\n", Delivery::Ended),
        ("HTTP/1.1 503 Busy\r\n\r\n", Delivery::Away),
        ("HTTP/1.1 400 No\r\n\r\n", Delivery::Refused),
        // No redirect is followed.
        (
            "HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
            Delivery::Refused,
        ),
        ("something else\r\n", Delivery::Away),
    ] {
        let (endpoint, _told) = service(answer);
        let browser = Browser::new();
        let keys = Keys::read(&new_private_key().unwrap()).unwrap();
        let to = Subscription {
            endpoint,
            p256dh: browser.p256dh,
            auth: browser.auth,
        };
        assert_eq!(
            push().send(to, &keys, "x", 60, NOW).await,
            wanted,
            "{answer}"
        );
    }
    for (code, wanted) in [
        (201, Delivery::Taken),
        (404, Delivery::Ended),
        (429, Delivery::Away),
        (403, Delivery::Refused),
        (413, Delivery::Refused),
    ] {
        assert_eq!(verdict(code), wanted, "{code}");
    }
}

#[tokio::test]
async fn outside_of_tests_nothing_inside_is_ever_connected_to() {
    let (endpoint, told) = service("HTTP/1.1 201 Created\r\n\r\n");
    let port = endpoint
        .split(':')
        .nth(2)
        .unwrap()
        .split('/')
        .next()
        .unwrap();
    let keys = Keys::read(&new_private_key().unwrap()).unwrap();
    let strict = Push {
        local: false,
        ..push()
    };
    // The last name is looked up, found to be inside, and left alone.
    for (endpoint, wanted) in [
        (endpoint.clone(), Delivery::Refused),
        (format!("https://127.0.0.1:{port}/"), Delivery::Refused),
        ("https://localhost/".to_owned(), Delivery::Away),
    ] {
        let browser = Browser::new();
        let to = Subscription {
            endpoint: endpoint.clone(),
            p256dh: browser.p256dh,
            auth: browser.auth,
        };
        assert_eq!(
            strict.send(to, &keys, "x", 60, NOW).await,
            wanted,
            "{endpoint}"
        );
    }
    assert!(told.try_recv().is_err());
}

#[test]
fn an_endpoint_is_taken_only_when_it_looks_like_one() {
    let key = super::base64url(&Browser::new().p256dh);
    let secret = super::base64url(&[7; 16]);
    let long = format!("https://push.example.org/{}", "a".repeat(1024));
    for (endpoint, taken) in [
        ("https://push.example.org/send/abc", true),
        ("https://push.example.org:443/send/abc", true),
        ("http://push.example.org/send/abc", false),
        ("https://push.example.org:8443/send/abc", false),
        ("https://user:secret@push.example.org/", false),
        ("https://10.0.0.1/", false),
        ("https://0x7f.1/", false),
        ("https://[::1]/", false),
        ("ftp://push.example.org/", false),
        ("javascript:alert(1)", false),
        ("http://127.0.0.1:8080/", false),
        ("https://push.example.org/a b", false),
        (long.as_str(), false),
        ("", false),
    ] {
        let read = read_subscription(endpoint, &key, &secret, false);
        assert_eq!(read.is_some(), taken, "{endpoint}");
    }
    for (key, secret) in [
        ("", secret.as_str()),
        (key.as_str(), "AAAA"),
        ("AAAA", &secret),
        ("!", "!"),
    ] {
        assert!(read_subscription("https://push.example.org/", key, secret, false).is_none());
    }
}

#[test]
fn only_addresses_of_the_open_internet_count_as_public() {
    for (address, public) in [
        ("1.1.1.1", true),
        ("172.15.0.1", true),
        ("172.32.0.1", true),
        ("100.128.0.1", true),
        ("2606:4700::1111", true),
        ("2a00:1450::1", true),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("100.64.0.1", false),
        ("127.0.0.1", false),
        ("169.254.169.254", false),
        ("172.16.0.1", false),
        ("172.31.255.255", false),
        ("192.168.1.1", false),
        ("192.0.2.1", false),
        ("198.18.0.1", false),
        ("203.0.113.9", false),
        ("224.0.0.1", false),
        ("255.255.255.255", false),
        ("::", false),
        ("::1", false),
        ("::ffff:127.0.0.1", false),
        ("::ffff:1.1.1.1", true),
        ("64:ff9b::7f00:1", false),
        ("2001::1", false),
        ("2001:db8::1", false),
        ("2002:7f00:1::", false),
        ("fc00::1", false),
        ("fe80::1", false),
        ("ff02::1", false),
    ] {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(is_public(address), public, "{address}");
    }
}

/// A server with a certificate for `localhost` of the test's own making.
fn tls_server() -> (
    std::net::SocketAddr,
    rustls::RootCertStore,
    Receiver<Posted>,
) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(connection, stream.unwrap());
            let mut first = [0; 1];
            if stream.read_exact(&mut first).is_err() {
                continue;
            }
            let posted = read_posted(first.as_slice().chain(&mut stream));
            let _ = stream.write_all(b"HTTP/1.1 201 Created\r\n\r\n");
            let _ = tell.send(posted);
        }
    });
    (address, roots, told)
}

#[test]
fn tls_is_spoken_and_a_certificate_nobody_vouches_for_ends_it() {
    let (address, roots, told) = tls_server();
    let request = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";
    let until = || Instant::now() + Duration::from_secs(20);
    let say = |config, name| {
        over_tls(
            config,
            name,
            TcpStream::connect(address).unwrap(),
            until(),
            request,
        )
    };
    let known = trusting(roots).unwrap();
    assert_eq!(say(Arc::clone(&known), "localhost").unwrap(), 201);
    assert_eq!(told.recv().unwrap().body, b"hi");
    assert!(say(known, "push.example.org").is_err(), "another's name");
    let public = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    assert!(
        say(trusting(public).unwrap(), "localhost").is_err(),
        "nobody vouches"
    );
    assert!(told.try_recv().is_err());
}

proptest! {
    #[test]
    fn whatever_answers_a_delivery_is_a_status_or_nothing(line in proptest::collection::vec(any::<u8>(), 0..80)) {
        if let Some(code) = status(&line) {
            prop_assert!((100..600).contains(&code));
            prop_assert!(line.starts_with(b"HTTP/1."));
        }
    }

    #[test]
    fn whatever_a_browser_sends_is_a_subscription_with_whole_keys_or_nothing(
        endpoint in "(https?://)?[a-z0-9.:@/\\[\\]]{0,30}", key in "[A-Za-z0-9_=-]{0,90}", secret in "[A-Za-z0-9_=-]{20,24}"
    ) {
        if let Some(read) = read_subscription(&endpoint, &key, &secret, false) {
            prop_assert!(read.endpoint.starts_with("https://"));
            prop_assert_eq!((read.p256dh.len(), read.auth.len()), (65, 16));
        }
    }
}
