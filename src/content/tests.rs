use super::store::{self, Version};
use crate::app::App;
use crate::testing::TestApp;
use kith_base::error::Error;

const WALK: &str = "practices/own-walk.md";

/// A built-in practice under another title, as a clinic might begin with.
fn practice(title: &str) -> String {
    let ground = super::built_in()
        .into_iter()
        .find(|file| file.path == "practices/soles-ground.md")
        .unwrap();
    let (before, rest) = ground.text.split_once("title = \"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before}title = \"{title}\"{after}")
}

async fn write(app: &App, clinic_id: &str, version: i64, title: &str) -> bool {
    let version = Version {
        clinic_id: clinic_id.to_owned(),
        path: WALK.to_owned(),
        version,
        text: practice(title),
        note: "A walk of our own".to_owned(),
        made_by: "somebody".to_owned(),
        made_at: app.clock.now(),
    };
    app.db
        .write(move |tx| Ok::<_, Error>(store::add_version(tx, &version)?))
        .await
        .unwrap()
}

async fn put_to_use(app: &App, clinic_id: &str, version: Option<i64>) {
    let (clinic, now) = (clinic_id.to_owned(), app.clock.now());
    app.db
        .write(move |tx| {
            store::update_use(tx, (&clinic, WALK), version, ("somebody", now))?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
}

async fn title(app: &App, clinic_id: &str) -> Option<String> {
    let theirs = app.at(clinic_id).await.unwrap();
    let practice = theirs.content.practice("own-walk");
    practice.map(|practice| practice.title.clone())
}

#[tokio::test]
async fn what_a_clinic_wrote_is_there_for_it_alone_from_the_moment_it_is_put_to_use() {
    let app = TestApp::new().await;
    let (ours, theirs) = (&app.amira.clinic_id, &app.dov.clinic_id);
    assert!(write(&app.app, ours, 1, "Our walk").await);
    assert_eq!(title(&app.app, ours).await, None);
    put_to_use(&app.app, ours, Some(1)).await;
    assert_eq!(title(&app.app, ours).await.unwrap(), "Our walk");
    assert_eq!(title(&app.app, theirs).await, None);
    // Through the door as well: the page of a practice is found by its clinic's people only.
    assert_eq!(
        app.get(Some(&app.amira), "/practices/own-walk")
            .await
            .status,
        200
    );
    assert_eq!(
        app.get(Some(&app.dov), "/practices/own-walk").await.status,
        404
    );

    assert!(write(&app.app, ours, 2, "Our longer walk").await);
    assert_eq!(title(&app.app, ours).await.unwrap(), "Our walk");
    put_to_use(&app.app, ours, Some(2)).await;
    assert_eq!(title(&app.app, ours).await.unwrap(), "Our longer walk");
    put_to_use(&app.app, ours, None).await;
    assert_eq!(title(&app.app, ours).await, None);
}

#[tokio::test]
async fn a_version_written_on_top_of_an_older_one_is_not_taken() {
    let app = TestApp::new().await;
    let ours = &app.amira.clinic_id;
    assert!(write(&app.app, ours, 1, "One").await);
    assert!(write(&app.app, ours, 2, "Two").await);
    assert!(!write(&app.app, ours, 2, "Two, by another").await);
    let whose = ours.clone();
    let versions = app
        .app
        .db
        .read(move |tx| store::list_versions(tx, &whose, WALK))
        .await
        .unwrap();
    assert_eq!(versions.len(), 2);
    assert!(versions[0].text.contains("title = \"Two\""));
}

#[tokio::test]
async fn a_file_of_a_clinics_own_with_a_fault_leaves_the_rest_as_it_is() {
    let app = TestApp::new().await;
    let ours = app.amira.clinic_id.clone();
    let broken = Version {
        clinic_id: ours.clone(),
        path: WALK.to_owned(),
        version: 1,
        text: "no front matter".to_owned(),
        note: String::new(),
        made_by: "somebody".to_owned(),
        made_at: 0,
    };
    app.app
        .db
        .write(move |tx| Ok::<_, Error>(store::add_version(tx, &broken)?))
        .await
        .unwrap();
    put_to_use(&app.app, &ours, Some(1)).await;
    let theirs = app.app.at(&ours).await.unwrap();
    assert!(theirs.content.practice("own-walk").is_none());
    assert_eq!(
        theirs.content.practices().count(),
        app.app.content.practices().count()
    );
}

#[tokio::test]
async fn the_files_of_a_folder_say_which_version_is_newest_and_which_in_use() {
    let app = TestApp::new().await;
    let ours = app.amira.clinic_id.clone();
    write(&app.app, &ours, 1, "One").await;
    put_to_use(&app.app, &ours, Some(1)).await;
    write(&app.app, &ours, 2, "Two").await;
    let list = |folder: &'static str| {
        let ours = ours.clone();
        app.app
            .db
            .read(move |tx| store::list_files(tx, &ours, folder))
    };
    let files = list("practices/").await.unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].newest.version, files[0].in_use), (2, Some(1)));
    assert!(!files[0].taken_back);
    assert!(list("evidence/").await.unwrap().is_empty());
    put_to_use(&app.app, &ours, None).await;
    let files = list("practices/").await.unwrap();
    assert_eq!((files[0].in_use, files[0].taken_back), (None, true));
}
