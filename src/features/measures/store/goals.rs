//! Own goals and how near they were felt to be, as rows.

use crate::features::measures::goals::{Goal, Rating};
use crate::features::people::RecordAccess;
use kith_base::db::{Error, Tx};

/// Adds a goal.
pub fn add_goal(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    goal_id: &str,
    words: &str,
    made_at: i64,
) -> Result<(), Error> {
    tx.exec(
        "insert into goal (clinic_id, goal_id, person_id, words, made_at, ended_at)
         values ($1, $2, $3, $4, $5, null)",
        &[
            access.clinic_id().into(),
            goal_id.into(),
            access.person_id().into(),
            words.into(),
            made_at.into(),
        ],
    )?;
    Ok(())
}

/// Adds a rating to a goal that is hers and not over; false when there is none.
pub fn add_rating(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    (goal_id, rating_id): (&str, &str),
    rating: &Rating,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "insert into goal_rating (clinic_id, rating_id, goal_id, person_id, rated_at, rated_on, rating)
         select clinic_id, $4, goal_id, person_id, $5, $6, $7 from goal
         where clinic_id = $1 and person_id = $2 and goal_id = $3 and ended_at is null",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            goal_id.into(),
            rating_id.into(),
            rating.rated_at.into(),
            (&rating.rated_on).into(),
            rating.rating.into(),
        ],
    )? == 1)
}

/// Ends a goal of hers; one that is over already stays as it was. False when there is none.
pub fn update_ended(
    tx: &mut Tx<'_>,
    access: &RecordAccess,
    goal_id: &str,
    now: i64,
) -> Result<bool, Error> {
    Ok(tx.exec(
        "update goal set ended_at = coalesce(ended_at, $4)
         where clinic_id = $1 and person_id = $2 and goal_id = $3",
        &[
            access.clinic_id().into(),
            access.person_id().into(),
            goal_id.into(),
            now.into(),
        ],
    )? == 1)
}

/// A person's goals, oldest first, each with its ratings, oldest first.
pub fn list_goals(tx: &mut Tx<'_>, access: &RecordAccess) -> Result<Vec<Goal>, Error> {
    let whose = [access.clinic_id().into(), access.person_id().into()];
    let mut goals = tx.query(
        "select * from goal where clinic_id = $1 and person_id = $2 order by made_at, goal_id",
        &whose,
        |row| {
            Ok(Goal {
                goal_id: row.get("goal_id")?,
                words: row.get("words")?,
                made_at: row.get("made_at")?,
                ended_at: row.get("ended_at")?,
                ratings: Vec::new(),
            })
        },
    )?;
    let ratings = tx.query(
        "select * from goal_rating where clinic_id = $1 and person_id = $2
         order by rated_at, rating_id",
        &whose,
        |row| {
            Ok((
                row.get::<String>("goal_id")?,
                Rating {
                    rated_at: row.get("rated_at")?,
                    rated_on: row.get("rated_on")?,
                    rating: row.get("rating")?,
                },
            ))
        },
    )?;
    for (goal_id, rating) in ratings {
        if let Some(goal) = goals.iter_mut().find(|goal| goal.goal_id == goal_id) {
            goal.ratings.push(rating);
        }
    }
    Ok(goals)
}
