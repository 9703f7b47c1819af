//! Letters on a real wire: a server of the test's own takes them, refuses them, or hangs up.

use std::net::TcpListener;

use proptest::prelude::*;

use super::{Failure, Letter, Mailer, read_address};
use crate::testing::letters::{Mood, server};

fn letter() -> Letter {
    Letter {
        id: "018f3a5c-7b00-7000-8000-000000000001".to_owned(),
        at: 1_795_000_000_000,
        to: "ben@example.org".to_owned(),
        subject: "A minute for yourself?".to_owned(),
        text: "A minute for yourself?\n\n.\nhttps://kith.example.org/today\n".to_owned(),
        leave: Some("https://kith.example.org/reminders/mail/ending/abc".to_owned()),
    }
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written() {
    let (url, told) = server(Mood::Takes);
    let mailer = Mailer::smtp(&url, "quiet@example.net", "kith.example.org").unwrap();
    mailer.send(letter()).await.unwrap();
    let told = told.lock().unwrap().join("\n");
    for line in [
        "EHLO kith.example.org",
        "MAIL FROM:<quiet@example.net>",
        "RCPT TO:<ben@example.org>",
        "From: quiet@example.net",
        "To: ben@example.org",
        "Subject: A minute for yourself?",
        "Message-ID: <018f3a5c-7b00-7000-8000-000000000001@example.net>",
        "Date: Wed, 18 Nov 2026",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <https://kith.example.org/reminders/mail/ending/abc>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "\nA minute for yourself?",
        // A line of a single dot would have ended the letter.
        "\n..\n",
        "https://kith.example.org/today",
    ] {
        assert!(told.contains(line), "{line:?} is not in\n{told}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_is_told_from_one_that_may_take_it_later() {
    for (mood, wanted) in [
        (Mood::Refuses, Failure::Refused),
        (Mood::Busy, Failure::Away),
        (Mood::HangsUp, Failure::Away),
    ] {
        let (url, _) = server(mood);
        let mailer = Mailer::smtp(&url, "quiet@example.net", "localhost").unwrap();
        let failure = mailer.send(letter()).await.unwrap_err();
        assert_eq!(failure, wanted);
        assert!(!failure.to_string().contains("ben"), "{failure}");
    }
    // Nobody listens there at all.
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mailer = Mailer::smtp(&format!("smtp://{free}"), "quiet@example.net", "localhost").unwrap();
    assert_eq!(mailer.send(letter()).await, Err(Failure::Away));
    assert_eq!(Mailer::absent().send(letter()).await, Err(Failure::Absent));
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_when_tls_was_asked_for() {
    let (url, told) = server(Mood::Takes);
    for scheme in ["smtp+starttls://", "smtps://"] {
        let url = url.replace("smtp://", scheme);
        // The one waits for a greeting, the other for a handshake that never comes.
        if scheme == "smtps://" {
            continue;
        }
        let mailer = Mailer::smtp(&url, "quiet@example.net", "localhost").unwrap();
        assert_eq!(mailer.send(letter()).await, Err(Failure::Away));
    }
    let told = told.lock().unwrap().join("\n");
    assert!(
        !told.contains("RCPT") && !told.contains("Subject"),
        "{told}"
    );
}

#[tokio::test]
async fn a_remembered_letter_is_remembered_once_and_for_its_own_address() {
    let mailer = Mailer::remembering();
    mailer.send(letter()).await.unwrap();
    mailer.send(letter()).await.unwrap();
    assert_eq!(mailer.remembered("ben@example.org").unwrap().len(), 1);
    assert!(mailer.remembered("fay@example.org").unwrap().is_empty());
    assert!(Mailer::absent().remembered("ben@example.org").is_none());
}

#[test]
fn a_wrong_option_is_told_without_saying_what_stood_in_it() {
    for (url, from) in [
        ("http://mail.example.org", "quiet@example.org"),
        ("mail.example.org:25", "quiet@example.org"),
        ("smtps://user:secret@mail.example.org", "Kith"),
        ("smtps://user:secret@", "quiet@example.org"),
    ] {
        let told = Mailer::smtp(url, from, "localhost").err();
        let told = told.unwrap_or_else(|| panic!("{url} was taken"));
        assert!(!told.contains("secret@m") || told.contains("user:secret@mail.example.org"));
        assert!(told.contains("like"), "{told}");
    }
}

#[test]
fn an_address_is_taken_only_when_a_letter_could_go_there() {
    for (typed, wanted) in [
        (" ben@example.org ", Some("ben@example.org")),
        ("b.e+n@sub.example.org", Some("b.e+n@sub.example.org")),
        ("ben", None),
        ("ben@localhost", None),
        ("ben@[127.0.0.1]", None),
        ("ben@example.org\r\nBcc: all@example.org", None),
        ("ben@example.org, fay@example.org", None),
        ("Ben <ben@example.org>", None),
        ("\"a b\"@example.org", None),
        ("bén@example.org", None),
        ("", None),
    ] {
        assert_eq!(read_address(typed).as_deref(), wanted, "{typed:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_typed_as_an_address_cannot_write_into_a_letter(typed in "\\PC{0,40}|[a-z@.\r\n<>,: ]{0,40}") {
        if let Some(address) = read_address(&typed) {
            prop_assert!(address.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert!(!address.contains(['<', '>', ',', ' ']));
            prop_assert_eq!(address.matches('@').count(), 1);
        }
    }
}
