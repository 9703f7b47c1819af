//! Recordings and their takes, as rows.

use serde::Serialize;

use kith_base::db::{Error, Row, Tx};

/// One practice in one person's voice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recording {
    /// Itself.
    pub recording_id: String,
    /// Whose voice it is.
    pub person_id: String,
    /// The practice's slug.
    pub practice: String,
    /// The client it is made for; empty when it is for no one in particular.
    pub for_id: String,
    /// Who hears it: `caseload`, `clinic`, `client`; empty until it is offered.
    pub offered_to: String,
    /// Since when, Unix milliseconds.
    pub offered_at: Option<i64>,
    /// When it was begun.
    pub made_at: i64,
}

/// What was said for one text, without its sound.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Take {
    /// A digest of the text.
    pub cue: String,
    /// Another one each time it is read again.
    pub take_id: String,
    /// What was read.
    pub text: String,
    /// How long it takes in a timeline.
    pub seconds: f64,
    /// When it was read.
    pub taken_at: i64,
}

/// A recording somebody may hear, and whose voice it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// The recording.
    pub recording: Recording,
    /// What whoever recorded it is called.
    pub name: String,
}

fn read_recording(row: &Row<'_>) -> Result<Recording, Error> {
    Ok(Recording {
        recording_id: row.get("recording_id")?,
        person_id: row.get("person_id")?,
        practice: row.get("practice")?,
        for_id: row.get("for_id")?,
        offered_to: row.get("offered_to")?,
        offered_at: row.get("offered_at")?,
        made_at: row.get("made_at")?,
    })
}

/// Begins a recording; one that is there already is left as it is.
pub fn add_recording(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    recording: &Recording,
) -> Result<bool, Error> {
    let added = tx.exec(
        "insert into recording (clinic_id, recording_id, person_id, practice, for_id, offered_to,
             offered_at, made_at)
         values ($1, $2, $3, $4, $5, '', null, $6)
         on conflict (clinic_id, person_id, practice, for_id) do nothing",
        &[
            clinic_id.into(),
            (&recording.recording_id).into(),
            (&recording.person_id).into(),
            (&recording.practice).into(),
            (&recording.for_id).into(),
            recording.made_at.into(),
        ],
    )?;
    Ok(added == 1)
}

/// A recording of a person's own.
pub fn find_recording(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    recording_id: &str,
) -> Result<Option<Recording>, Error> {
    tx.one(
        "select * from recording
         where clinic_id = $1 and person_id = $2 and recording_id = $3",
        &[clinic_id.into(), person_id.into(), recording_id.into()],
        read_recording,
    )
}

/// All recordings in a person's voice, the newest first.
pub fn list_recordings(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<Recording>, Error> {
    tx.query(
        "select * from recording where clinic_id = $1 and person_id = $2
         order by made_at desc, recording_id desc",
        &[clinic_id.into(), person_id.into()],
        read_recording,
    )
}

/// What others recorded for a client by herself, and what they are called.
pub fn list_made_for(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    client_id: &str,
) -> Result<Vec<Offered>, Error> {
    tx.query(
        "select recording.*, person.name as name from recording
         join person on person.clinic_id = recording.clinic_id
             and person.person_id = recording.person_id
         where recording.clinic_id = $1 and recording.for_id = $2
         order by recording.made_at, recording.recording_id",
        &[clinic_id.into(), client_id.into()],
        read_offered,
    )
}

fn read_offered(row: &Row<'_>) -> Result<Offered, Error> {
    Ok(Offered {
        recording: read_recording(row)?,
        name: row.get("name")?,
    })
}

/// Recordings that are offered to the person $2 of the clinic $1: made for her by somebody she works with, for the caseload
/// she is in, for her whole clinic, or by herself.
macro_rules! offered_sql {
    ($columns:literal, $end:literal) => {
        concat!(
            "select ",
            $columns,
            " where recording.clinic_id = $1
                 and recording.offered_to <> '' and person.ended_at is null
                 and ((recording.for_id = '' and recording.person_id = $2)
                     or recording.offered_to = 'clinic'
                     or ((recording.for_id = '' or recording.for_id = $2)
                         and exists (select 1 from caseload
                             where caseload.clinic_id = recording.clinic_id
                                 and caseload.practitioner_id = recording.person_id
                                 and caseload.client_id = $2 and caseload.ended_at is null))) ",
            $end
        )
    };
}

/// The recordings of a practice that are offered to a person.
pub fn list_offered(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
    practice: &str,
) -> Result<Vec<Offered>, Error> {
    tx.query(
        offered_sql!(
            "recording.*, person.name as name from recording
             join person on person.clinic_id = recording.clinic_id
                 and person.person_id = recording.person_id",
            "and recording.practice = $3
             order by recording.offered_at desc, recording.recording_id desc"
        ),
        &[clinic_id.into(), person_id.into(), practice.into()],
        read_offered,
    )
}

/// What stands for each recording that is offered to a person, of whichever practice: another text once something else is
/// heard, because the newest take is the one with the largest id.
pub fn list_offered_states(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    person_id: &str,
) -> Result<Vec<String>, Error> {
    tx.query(
        offered_sql!(
            "recording.recording_id as recording_id, recording.offered_to as offered_to,
                 recording.offered_at as offered_at, person.name as name,
                 count(take.take_id) as takes, max(take.take_id) as newest
             from recording
             join person on person.clinic_id = recording.clinic_id
                 and person.person_id = recording.person_id
             join take on take.clinic_id = recording.clinic_id
                 and take.recording_id = recording.recording_id",
            "group by recording.recording_id, recording.offered_to, recording.offered_at, person.name
             order by recording.recording_id"
        ),
        &[clinic_id.into(), person_id.into()],
        |row| {
            Ok(format!(
                "{} {} {:?} {} {} {:?}",
                row.get::<String>("recording_id")?,
                row.get::<String>("offered_to")?,
                row.get::<Option<i64>>("offered_at")?,
                row.get::<String>("name")?,
                row.get::<i64>("takes")?,
                row.get::<Option<String>>("newest")?,
            ))
        },
    )
}

/// Who may hear a recording from now on; empty: nobody.
pub fn update_offered(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    recording_id: &str,
    offered_to: &str,
    offered_at: Option<i64>,
) -> Result<(), Error> {
    tx.exec(
        "update recording set offered_to = $3, offered_at = $4
         where clinic_id = $1 and recording_id = $2",
        &[
            clinic_id.into(),
            recording_id.into(),
            offered_to.into(),
            offered_at.into(),
        ],
    )?;
    Ok(())
}

/// Keeps what was said for a text, in place of what was said for it before.
pub fn set_take(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    recording_id: &str,
    take: &Take,
    sound: &[u8],
) -> Result<(), Error> {
    tx.exec(
        "insert into take (clinic_id, recording_id, cue, take_id, text, seconds, sound, taken_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (clinic_id, recording_id, cue) do update set take_id = excluded.take_id,
             text = excluded.text, seconds = excluded.seconds, sound = excluded.sound,
             taken_at = excluded.taken_at",
        &[
            clinic_id.into(),
            recording_id.into(),
            (&take.cue).into(),
            (&take.take_id).into(),
            (&take.text).into(),
            take.seconds.into(),
            sound.into(),
            take.taken_at.into(),
        ],
    )?;
    Ok(())
}

/// The takes of a recording.
pub fn list_takes(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    recording_id: &str,
) -> Result<Vec<Take>, Error> {
    tx.query(
        "select cue, take_id, text, seconds, taken_at from take
         where clinic_id = $1 and recording_id = $2 order by cue",
        &[clinic_id.into(), recording_id.into()],
        |row| {
            Ok(Take {
                cue: row.get("cue")?,
                take_id: row.get("take_id")?,
                text: row.get("text")?,
                seconds: row.get("seconds")?,
                taken_at: row.get("taken_at")?,
            })
        },
    )
}

/// The sound of one take.
pub fn find_sound(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    recording_id: &str,
    cue: &str,
) -> Result<Option<Vec<u8>>, Error> {
    tx.one(
        "select sound from take where clinic_id = $1 and recording_id = $2 and cue = $3",
        &[clinic_id.into(), recording_id.into(), cue.into()],
        |row| row.get("sound"),
    )
}

/// The sounds of all takes of a recording, by take.
pub fn list_sounds(
    tx: &mut Tx<'_>,
    clinic_id: &str,
    recording_id: &str,
) -> Result<Vec<(String, Vec<u8>)>, Error> {
    tx.query(
        "select take_id, sound from take where clinic_id = $1 and recording_id = $2",
        &[clinic_id.into(), recording_id.into()],
        |row| Ok((row.get("take_id")?, row.get("sound")?)),
    )
}

/// Takes a recording back: all of it goes.
pub fn remove_recording(tx: &mut Tx<'_>, clinic_id: &str, recording_id: &str) -> Result<(), Error> {
    for statement in [
        "delete from take where clinic_id = $1 and recording_id = $2",
        "delete from recording where clinic_id = $1 and recording_id = $2",
    ] {
        tx.exec(statement, &[clinic_id.into(), recording_id.into()])?;
    }
    Ok(())
}
