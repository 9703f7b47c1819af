//! The demo is the same every time, and made of the real thing.

use super::furnish;
use crate::testing::empty;

#[tokio::test]
async fn the_same_day_gives_the_same_clinic() {
    let mut copies = Vec::new();
    for _ in 0..2 {
        let app = empty(|_| {});
        assert!(furnish(&app.app).await.unwrap());
        assert!(
            !furnish(&app.app).await.unwrap(),
            "a furnished house is left alone"
        );
        let copy = app
            .app
            .db
            .read(|tx| {
                let mut copy = Vec::new();
                tx.copy_out(&mut copy)?;
                Ok::<_, kith_base::db::Error>(copy)
            })
            .await
            .unwrap();
        let text = String::from_utf8(copy).unwrap();
        // Salted hashes differ; that is what salt is for.
        let mut lines: Vec<_> = text
            .lines()
            .filter(|line| {
                line.starts_with("{\"table\":\"sitting\"") || line.starts_with("{\"table\":\"plan")
            })
            .map(str::to_owned)
            .collect();
        lines.sort();
        copies.push(lines);
    }
    assert!(copies[0].len() > 200, "{}", copies[0].len());
    assert_eq!(copies[0], copies[1]);
}

#[tokio::test]
async fn every_story_shows_what_it_is_there_to_show() {
    let house = empty(|config| config.demo = true);
    furnish(&house.app).await.unwrap();
    let entry = house.post(None, "/demo/entry", &[("name", "amira")]).await;
    let amira = house.someone(&entry);
    let page = house.get(Some(&amira), "/caseload").await.text;
    let waits = page.find("An alert waits for you").unwrap();
    let table = page.find("<table").unwrap();
    assert!(waits < table && page[waits..table].contains("Dina"));
    let alerts = house.get(Some(&amira), "/alerts").await.text;
    assert_eq!(alerts.matches("I have seen it").count(), 1);
    assert!(alerts.contains("Hugo") && alerts.contains("Amira looked"));
    let page = page[table..].to_owned();
    let at = |name: &str| {
        page.find(&format!(">{name}<"))
            .unwrap_or_else(|| panic!("{name} is missing"))
    };
    for (name, why) in [
        ("Elif", "left them much worse"),
        ("Dina", "something asked for care"),
        ("Cem", "No practice for 9 days."),
        ("Ada", "An offer waits"),
        ("Ines", "not shared"),
        ("Leo", "Joined today"),
        ("Ben", "Going its way."),
    ] {
        let row = &page[at(name)..];
        let row = &row[..row.find("</tr>").unwrap()];
        assert!(row.contains(why), "{name}: {row}");
    }
    assert!(at("Elif") < at("Dina") && at("Dina") < at("Cem") && at("Cem") < at("Ben"));
}
