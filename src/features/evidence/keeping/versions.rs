//! The versions of a study, and how each of them stands.

use std::collections::HashMap;

use kith_content::evidence::draft::Draft;
use kith_content::evidence::{STUDIES, Study, read_study};

use super::rules::{Standing, standing};
use super::store::{self, Review};
use crate::app::App;
use crate::content::common_file;
use crate::content::store::{self as content, Version};
use crate::features::people;
use crate::features::people::{Role, Roles};
use kith_base::db::Tx;
use kith_base::error::Error;

/// Where the file of a study is.
pub(super) fn path(study: &str) -> String {
    format!("{STUDIES}{study}.toml")
}

/// The roles of those who work here.
pub(super) const STAFF: [Role; 4] = [
    Role::Practitioner,
    Role::Lead,
    Role::Researcher,
    Role::Owner,
];

/// A version, who wrote it, and what became of it.
pub(in crate::features::evidence) struct One {
    pub(super) version: Version,
    /// Who wrote it; empty for what comes with Kith, and for somebody whose name is gone.
    pub(super) writer: String,
    pub(super) review: Option<Review>,
    /// Who decided.
    pub(super) reviewer: String,
    pub(super) standing: Standing,
    /// The study it holds; nothing while it is not whole.
    pub(super) study: Option<Study>,
}

impl One {
    /// What is in it, as far as it can be read at all.
    pub(super) fn draft(&self) -> Draft {
        Draft::read(&self.version.text).unwrap_or_default()
    }
}

/// All versions of a study, oldest first, and who else works here.
pub(in crate::features::evidence) struct Kept {
    pub(super) id: String,
    pub(super) versions: Vec<One>,
    /// The file of it that every clinic has; nothing for a study of the clinic's own.
    pub(super) common: Option<String>,
    /// How many people work here.
    pub(super) staff: usize,
}

impl Kept {
    pub(super) fn newest(&self) -> Option<&One> {
        self.versions.last()
    }

    /// Where its newest version is read.
    pub(in crate::features::evidence) fn newest_address(&self) -> Option<String> {
        let version = self.newest()?.version.version;
        Some(format!("/evidence/studies/{}/versions/{version}", self.id))
    }

    pub(super) fn find(&self, version: i64) -> Option<&One> {
        self.versions
            .iter()
            .find(|one| one.version.version == version)
    }

    /// The version that counts now.
    pub(super) fn counting(&self) -> Option<&One> {
        let counts = |one: &&One| matches!(one.standing, Standing::Counts | Standing::KithsOwn);
        self.versions.iter().find(counts)
    }

    /// What is still to be done about it, if anything.
    pub(super) fn open(&self) -> Option<&One> {
        self.newest().filter(|one| one.standing.is_open())
    }

    /// Whether Kith's own file has changed since the clinic wrote its first version after it.
    pub(super) fn common_has_changed(&self) -> bool {
        let first = self
            .versions
            .first()
            .filter(|one| one.version.made_by.is_empty());
        match (first, &self.common) {
            (Some(first), Some(common)) => Draft::read(&first.version.text) != Draft::read(common),
            _ => false,
        }
    }
}

/// What the rows hold of a study.
struct Rows {
    versions: Vec<Version>,
    reviews: Vec<Review>,
    in_use: Option<i64>,
    names: HashMap<String, String>,
    staff: usize,
}

/// The versions of a study. One that no clinic has changed has one version: the one that comes with Kith.
///
/// # Errors
/// When there is no such study, or the database fails.
pub(in crate::features::evidence) async fn kept(
    app: &App,
    clinic_id: &str,
    study: &str,
) -> Result<Kept, Error> {
    let (clinic, id) = (clinic_id.to_owned(), study.to_owned());
    let rows = app.db.read(move |tx| rows(tx, &clinic, &id)).await?;
    let common = common_of(app, study);
    let mut versions = rows.versions;
    if versions.is_empty() {
        versions.extend(common.as_deref().map(|text| first(clinic_id, study, text)));
    }
    if versions.is_empty() {
        return Err(Error::NotFound);
    }
    let newest = versions.last().map_or(0, |version| version.version);
    let name = |id: &str| rows.names.get(id).cloned().unwrap_or_default();
    let versions = versions.into_iter().map(|version| {
        let mut reviews = rows.reviews.iter();
        let review = reviews
            .find(|review| review.version == version.version)
            .cloned();
        let read = read_study(&app.content, study, &version.text);
        One {
            standing: standing(
                &version,
                review.as_ref(),
                (newest, rows.in_use),
                read.is_ok(),
            ),
            study: read.ok(),
            writer: name(&version.made_by),
            reviewer: review
                .as_ref()
                .map(|review| name(&review.decided_by))
                .unwrap_or_default(),
            review,
            version,
        }
    });
    Ok(Kept {
        id: study.to_owned(),
        versions: versions.collect(),
        common,
        staff: rows.staff,
    })
}

fn common_of(app: &App, study: &str) -> Option<String> {
    // A study's id goes into a path: nothing but such ids may.
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    study
        .chars()
        .all(is_id)
        .then(|| common_file(app.config.content.as_deref(), &path(study)))
        .flatten()
}

/// What comes with Kith, as the first version of a study.
pub(super) fn first(clinic_id: &str, study: &str, text: &str) -> Version {
    Version {
        clinic_id: clinic_id.to_owned(),
        path: path(study),
        version: 1,
        text: text.to_owned(),
        note: String::new(),
        made_by: String::new(),
        made_at: 0,
    }
}

fn rows(tx: &mut Tx<'_>, clinic_id: &str, study: &str) -> Result<Rows, Error> {
    let path = path(study);
    let mut versions = content::list_versions(tx, clinic_id, &path)?;
    versions.reverse();
    let reviews = store::list_reviews_of(tx, clinic_id, study)?;
    let in_use = content::find_file(tx, clinic_id, &path)?.and_then(|file| file.in_use);
    let mut names = HashMap::new();
    let writers = versions.iter().map(|version| &version.made_by);
    for id in writers.chain(reviews.iter().map(|review| &review.decided_by)) {
        if !id.is_empty() && !names.contains_key(id) {
            let who = people::store::find_person(tx, clinic_id, id)?;
            names.insert(id.clone(), who.map(|who| who.name).unwrap_or_default());
        }
    }
    Ok(Rows {
        versions,
        reviews,
        in_use,
        names,
        staff: staff(tx, clinic_id)?,
    })
}

/// How many people work here.
pub(super) fn staff(tx: &mut Tx<'_>, clinic_id: &str) -> Result<usize, Error> {
    let people = people::store::list_people(tx, clinic_id)?;
    let works = |roles: &str| Roles::read(roles).any(&STAFF);
    Ok(people.iter().filter(|person| works(&person.roles)).count())
}

/// A study of which the clinic's own version counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::evidence) struct Own {
    pub(in crate::features::evidence) study: String,
    /// Which of its versions.
    pub(in crate::features::evidence) version: i64,
    /// Whether nobody but its writer read it.
    pub(in crate::features::evidence) alone: bool,
}

/// The studies of which a clinic's own version counts.
pub(in crate::features::evidence) fn own_studies(
    tx: &mut Tx<'_>,
    clinic_id: &str,
) -> Result<Vec<Own>, Error> {
    let files = content::list_files(tx, clinic_id, STUDIES)?;
    let reviews = store::list_reviews(tx, clinic_id)?;
    let own = files.into_iter().filter_map(|file| {
        let version = file.in_use?;
        let study = id_of(&file.newest.path)?.to_owned();
        let mut of = reviews.iter();
        let review = of.find(|review| review.study == study && review.version == version);
        Some(Own {
            alone: review.is_some_and(|review| review.alone),
            study,
            version,
        })
    });
    Ok(own.collect())
}

/// The id of the study whose file is at a path.
pub(super) fn id_of(path: &str) -> Option<&str> {
    path.strip_prefix(STUDIES)?.strip_suffix(".toml")
}

/// A file whose newest version nobody has decided about.
pub(in crate::features::evidence) struct Open {
    pub(super) id: String,
    pub(super) version: Version,
    pub(super) writer: String,
    pub(super) is_whole: bool,
    /// Whether another version of it counts, or Kith's own does.
    pub(super) is_change: bool,
}

/// What waits to be read or to be gone on with, oldest first.
pub(in crate::features::evidence) async fn open(
    app: &App,
    clinic_id: &str,
) -> Result<(Vec<Open>, usize), Error> {
    let clinic = clinic_id.to_owned();
    let (files, reviews, names, staff) = app
        .db
        .read(move |tx| {
            let files = content::list_files(tx, &clinic, STUDIES)?;
            let reviews = store::list_reviews(tx, &clinic)?;
            let people = people::store::list_people(tx, &clinic)?;
            let names = people
                .into_iter()
                .map(|person| (person.person_id, person.name));
            let names: HashMap<String, String> = names.collect();
            Ok::<_, Error>((files, reviews, names, staff(tx, &clinic)?))
        })
        .await?;
    let mut open: Vec<Open> = files
        .into_iter()
        .filter_map(|file| {
            let id = id_of(&file.newest.path)?.to_owned();
            let newest = file.newest;
            let decided = |review: &Review| review.study == id && review.version == newest.version;
            if file.in_use == Some(newest.version)
                || newest.made_by.is_empty()
                || reviews.iter().any(decided)
            {
                return None;
            }
            Some(Open {
                is_whole: read_study(&app.content, &id, &newest.text).is_ok(),
                is_change: app.content.evidence().study(&id).is_some(),
                writer: names.get(&newest.made_by).cloned().unwrap_or_default(),
                version: newest,
                id,
            })
        })
        .collect();
    open.sort_by_key(|one| (one.version.made_at, one.id.clone()));
    Ok((open, staff))
}
