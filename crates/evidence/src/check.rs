//! Answers every question of the library, as `kith check` does, and says what is wrong with what comes out.

use kith_content::evidence::{AskedComparator, Evidence, Line, ToldTo};
use kith_content::{Library, Problem};

use crate::answer::answer;
use crate::question::Question;
use crate::readability::grade;

/// The school grade at which a client's statements must be readable: seven, and one for how roughly it is measured.
pub const CLIENT_GRADE: f64 = 8.0;

const STATEMENTS: &str = "evidence/statements.toml";

/// Asks about every construct against every comparator. Returns what is wrong, and how many questions were answered.
#[must_use]
pub fn check(library: &Library) -> (Vec<Problem>, usize) {
    let evidence = library.evidence();
    let (mut problems, mut asked) = (Vec::new(), 0);
    // Without words for statements there is nothing to answer with: a folder may do without them.
    if evidence.lines.line(Line::Limit, ToldTo::Client).is_none() {
        return (problems, asked);
    }
    for construct in &evidence.constructs {
        for &comparator in AskedComparator::ALL {
            let Ok(question) = Question::about(evidence, &construct.id) else {
                continue;
            };
            let question = Question {
                comparator,
                ..question
            };
            asked += 1;
            problems.extend(faults(evidence, &question));
        }
    }
    problems.dedup();
    (problems, asked)
}

fn faults(evidence: &Evidence, question: &Question) -> Vec<Problem> {
    let about = format!(
        "asked about {} ({})",
        question.construct, question.comparator
    );
    let answer = match answer(evidence, question) {
        Ok(answer) => answer,
        Err(error) => return vec![problem(format!("{about}: {error}"))],
    };
    let mut problems = Vec::new();
    if answer.pool.is_some() && answer.certainty.is_none() {
        problems.push(problem(format!(
            "{about}: no judgement of evidence/certainty.toml fits"
        )));
    }
    let said = answer.statements.get(&ToldTo::Client).into_iter().flatten();
    let text: Vec<&str> = said.map(|said| said.text.as_str()).collect();
    let found = grade(&text.join(" "));
    if found > CLIENT_GRADE {
        problems.push(problem(format!(
            "{about}: a client's statements read at school grade {found:.1}; use shorter words and sentences, to come down to {CLIENT_GRADE}"
        )));
    }
    problems
}

fn problem(message: String) -> Problem {
    Problem {
        file: STATEMENTS.to_owned(),
        line: 1,
        column: 1,
        message,
        allowed: None,
    }
}
