//! Who may use which route: the one table from which routes are guarded, and which a test walks
//! with every role, every foreign client and every foreign clinic.

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Role::{Client, Lead, Owner, Practitioner, Researcher};
use super::{Person, Role, sign_in};
use crate::app::{App, State};
use kith_base::error::Error;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, signed in or not.
    Everyone,
    /// Anybody who is signed in, for what is her own.
    SignedIn,
    /// Whoever has one of these roles. A route with `{client_id}` in it asks for
    /// [`ClientAccess`](super::ClientAccess) besides.
    Roles(&'static [Role]),
}

use Who::{Everyone, Roles, SignedIn};

/// Every route of the program. One that is missing here is answered to nobody.
#[rustfmt::skip] // a table is read line by line
pub const TABLE: &[(&str, &str, Who)] = &[
    ("GET", "/", Everyone),
    ("GET", "/health", Everyone),
    ("GET", "/help", Everyone),
    ("GET", "/static/{version}/{*file}", Everyone),
    ("GET", "/sign-in", Everyone),
    ("POST", "/sign-in", Everyone),
    ("POST", "/sign-out", Everyone),
    ("POST", "/demo/entry", Everyone),
    ("GET", "/join", Everyone),
    ("POST", "/join", Everyone),
    ("GET", "/join/{secret}", Everyone),
    ("POST", "/join/{secret}", Everyone),
    ("GET", "/today", SignedIn),
    ("GET", "/today/fortnight", SignedIn),
    ("GET", "/offline", SignedIn),
    ("GET", "/offline/pack", SignedIn),
    ("GET", "/something-else", SignedIn),
    ("POST", "/offers/{offer_id}/choice", SignedIn),
    ("GET", "/practices", SignedIn),
    ("GET", "/practices/{slug}", SignedIn),
    ("GET", "/practices/{slug}/composition", SignedIn),
    ("GET", "/practices/{slug}/sound", SignedIn),
    ("GET", "/voices", SignedIn),
    ("GET", "/recordings", Roles(&[Practitioner])),
    ("POST", "/recordings", Roles(&[Practitioner])),
    ("GET", "/recordings/{recording_id}", Roles(&[Practitioner])),
    ("GET", "/recordings/{recording_id}/sound", Roles(&[Practitioner])),
    ("POST", "/recordings/{recording_id}/takes/{cue}", Roles(&[Practitioner])),
    ("GET", "/recordings/{recording_id}/takes/{cue}/sound", Roles(&[Practitioner])),
    ("POST", "/recordings/{recording_id}/offer", Roles(&[Practitioner])),
    ("POST", "/recordings/{recording_id}/offer/withdrawal", Roles(&[Practitioner])),
    ("POST", "/recordings/{recording_id}/revocation", Roles(&[Practitioner])),
    ("GET", "/practise/{slug}", SignedIn),
    ("POST", "/sittings", SignedIn),
    ("GET", "/responses", SignedIn),
    ("POST", "/responses", SignedIn),
    ("GET", "/responses/{response_id}", SignedIn),
    ("GET", "/responses/{response_id}/answers", SignedIn),
    ("GET", "/measures", SignedIn),
    ("GET", "/measures/{measure}", SignedIn),
    ("POST", "/measures/{measure}/responses", SignedIn),
    ("GET", "/clients/{client_id}/measures", Roles(&[Practitioner])),
    ("GET", "/clients/{client_id}/measures/{measure}", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/measures/{measure}", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/requests", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/requests/{request_id}/withdrawal", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/requests/{request_id}/keys", Roles(&[Practitioner])),
    ("GET", "/clients/{client_id}/responses/{response_id}", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/responses/{response_id}/scorings", Roles(&[Practitioner])),
    ("GET", "/asked/{secret}", Everyone),
    ("POST", "/asked/{secret}", Everyone),
    ("GET", "/waiting-room", Everyone),
    ("POST", "/waiting-room", Everyone),
    ("GET", "/questionnaires", Roles(&[Practitioner, Owner])),
    // Who brings words in states what she may do with them, for the whole clinic.
    ("POST", "/questionnaires", Roles(&[Owner])),
    ("GET", "/questionnaires/{instrument}", Roles(&[Practitioner, Owner])),
    ("POST", "/questionnaires/{questionnaire_id}/retirement", Roles(&[Owner])),
    ("GET", "/ways", SignedIn),
    ("POST", "/ways", SignedIn),
    ("POST", "/ways/{way_id}/removal", SignedIn),
    ("GET", "/my-practice", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("POST", "/me/practice-erasure", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/practices/{slug}/teleprompter", Roles(&[Practitioner])),
    // Its writer writes it, inside (writing/routes.rs); an owner sees what is offered, and may withdraw it.
    ("GET", "/writing", Roles(&[Practitioner, Owner])),
    ("POST", "/writing", Roles(&[Practitioner])),
    ("POST", "/writing/{slug}/check", Roles(&[Practitioner])),
    ("GET", "/writing/{slug}", Roles(&[Practitioner])),
    ("GET", "/writing/{slug}/versions", Roles(&[Practitioner])),
    ("POST", "/writing/{slug}/versions", Roles(&[Practitioner])),
    ("GET", "/writing/{slug}/versions/{version}", Roles(&[Practitioner])),
    ("POST", "/writing/{slug}/versions/{version}/restoration", Roles(&[Practitioner])),
    ("GET", "/writing/{slug}/listen", Roles(&[Practitioner])),
    ("POST", "/writing/{slug}/listen", Roles(&[Practitioner])),
    ("GET", "/writing/{slug}/composition", Roles(&[Practitioner])),
    ("GET", "/writing/{slug}/offering", Roles(&[Practitioner])),
    ("POST", "/writing/{slug}/offering", Roles(&[Practitioner])),
    ("POST", "/writing/{slug}/withdrawal", Roles(&[Practitioner, Owner])),
    ("GET", "/evidence", SignedIn),
    ("GET", "/evidence/contested", SignedIn),
    ("GET", "/evidence/studies", SignedIn),
    // Whoever works here may write a study down and may read another's; that nobody reads her own is decided inside
    // (evidence/keeping/rules.rs).
    ("POST", "/evidence/studies", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/studies/new", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/studies/{study}", SignedIn),
    ("POST", "/evidence/studies/{study}/retirement", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/studies/{study}/versions", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("POST", "/evidence/studies/{study}/versions", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/studies/{study}/versions/new", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/studies/{study}/versions/{version}", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/studies/{study}/versions/{version}/differences", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("POST", "/evidence/studies/{study}/versions/{version}/approval", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("POST", "/evidence/studies/{study}/versions/{version}/refusal", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/waiting", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/imports", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("POST", "/evidence/imports", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/evidence/{construct}", SignedIn),
    ("GET", "/handouts", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("POST", "/handouts", Roles(&[Practitioner, Lead, Researcher, Owner])),
    ("GET", "/handouts/training", SignedIn),
    ("GET", "/handouts/practices/{slug}", SignedIn),
    ("GET", "/handouts/programmes/{programme}", SignedIn),
    ("GET", "/handouts/{construct}", SignedIn),
    ("GET", "/rationale", Roles(&[Practitioner, Lead])),
    ("GET", "/rationale/{card}", Roles(&[Practitioner, Lead])),
    ("GET", "/clients/{client_id}/summary", Roles(&[Practitioner])),
    ("GET", "/clients/{client_id}/record.fhir.json", Roles(&[Practitioner])),
    ("GET", "/progress", SignedIn),
    ("GET", "/goals", SignedIn),
    ("POST", "/goals", SignedIn),
    ("POST", "/goals/{goal_id}/ratings", SignedIn),
    ("POST", "/goals/{goal_id}/ending", SignedIn),
    ("GET", "/programmes", SignedIn),
    ("GET", "/programmes/{programme}", SignedIn),
    ("POST", "/programmes/{programme}/enrolment", SignedIn),
    ("GET", "/lessons/{lesson}", SignedIn),
    ("GET", "/moments", SignedIn),
    ("GET", "/moments/{moment}", SignedIn),
    ("GET", "/plans/{plan_id}", SignedIn),
    ("POST", "/plans/{plan_id}/agreement", SignedIn),
    ("POST", "/plans/{plan_id}/ending", SignedIn),
    ("POST", "/plans/{plan_id}/pause", SignedIn),
    ("POST", "/plans/{plan_id}/resumption", SignedIn),
    ("GET", "/reminders", SignedIn),
    ("POST", "/reminders", SignedIn),
    ("POST", "/reminders/pause", SignedIn),
    ("POST", "/reminders/ending", SignedIn),
    ("POST", "/reminders/smaller", SignedIn),
    ("GET", "/reminders/smallest", SignedIn),
    ("POST", "/reminders/calendar", SignedIn),
    ("POST", "/reminders/calendar/revocation", SignedIn),
    ("POST", "/reminders/devices", SignedIn),
    ("POST", "/reminders/devices/{device_id}/ending", SignedIn),
    ("POST", "/reminders/mail/letter", SignedIn),
    ("GET", "/reminders/mail/confirmation/{secret}", Everyone),
    ("POST", "/reminders/mail/confirmation/{secret}", Everyone),
    ("GET", "/reminders/mail/ending/{secret}", Everyone),
    ("POST", "/reminders/mail/ending/{secret}", Everyone),
    ("GET", "/calendar/{file}", Everyone),
    ("GET", "/service_worker.js", Everyone),
    ("GET", "/manifest.webmanifest", Everyone),
    // Nobody signs in here: all but the first are guarded by a system's own token, inside (exchange/fhir/routes.rs).
    ("GET", "/fhir/metadata", Everyone),
    ("GET", "/fhir/{kind}", Everyone),
    ("POST", "/fhir/{kind}", Everyone),
    ("POST", "/fhir/{kind}/_search", Everyone),
    ("GET", "/fhir/{kind}/{id}", Everyone),
    ("GET", "/me", SignedIn),
    ("GET", "/me/phone", SignedIn),
    ("GET", "/me/record.json", SignedIn),
    ("GET", "/me/record.fhir.json", SignedIn),
    ("GET", "/me/safety-plan", SignedIn),
    ("POST", "/me/safety-plan", SignedIn),
    ("GET", "/me/unwanted-effects", SignedIn),
    ("POST", "/me/unwanted-effects", SignedIn),
    ("GET", "/me/screening", SignedIn),
    ("POST", "/me/screening", SignedIn),
    ("POST", "/me/safety-steps/ending", SignedIn),
    ("POST", "/me/settings", SignedIn),
    ("POST", "/me/secret", SignedIn),
    ("POST", "/me/erasure", Roles(&[Client])),
    ("POST", "/me/consent/{layer}", Roles(&[Client])),
    ("POST", "/me/consent/{layer}/withdrawal", Roles(&[Client])),
    ("GET", "/caseload", Roles(&[Practitioner])),
    ("GET", "/invitations/new", Roles(&[Practitioner])),
    ("POST", "/invitations", Roles(&[Practitioner])),
    ("POST", "/invitations/{invitation_id}/revocation", Roles(&[Practitioner, Owner])),
    ("GET", "/clients/{client_id}", Roles(&[Practitioner])),
    ("GET", "/clients/{client_id}/progress", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/invitations", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/screening-decisions", Roles(&[Practitioner])),
    ("GET", "/alerts", Roles(&[Practitioner, Lead, Owner])),
    ("POST", "/alerts/{alert_id}/acknowledgement", Roles(&[Practitioner, Lead, Owner])),
    ("POST", "/alerts/{alert_id}/closing", Roles(&[Practitioner, Lead, Owner])),
    ("GET", "/clients/{client_id}/plans/new", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/plans", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/plans/{plan_id}/ending", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/plans/{plan_id}/pause", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/plans/{plan_id}/resumption", Roles(&[Practitioner])),
    ("POST", "/clients/{client_id}/plans/{plan_id}/openings", Roles(&[Practitioner])),
    ("GET", "/clinic", Roles(&[Lead, Owner, Researcher])),
    ("GET", "/clinic/settings", Roles(&[Owner])),
    ("POST", "/clinic/settings", Roles(&[Owner])),
    ("GET", "/clinic/help", Roles(&[Owner])),
    ("POST", "/clinic/help", Roles(&[Owner])),
    ("GET", "/clinic/contact", Roles(&[Owner])),
    ("POST", "/clinic/contact", Roles(&[Owner])),
    ("POST", "/clinic/invitations", Roles(&[Owner])),
    ("GET", "/clinic/audit", Roles(&[Owner])),
    ("GET", "/clinic/systems", Roles(&[Owner])),
    ("POST", "/clinic/systems", Roles(&[Owner])),
    ("POST", "/clinic/systems/{system_id}/revocation", Roles(&[Owner])),
    ("POST", "/clinic/people/{person_id}/ending", Roles(&[Owner])),
];

/// Who may use a route; `None` when it is not in the table.
pub fn who(method: &str, path: &str) -> Option<Who> {
    // What may be read may also be asked for its headers alone.
    let method = if method == "HEAD" { "GET" } else { method };
    TABLE
        .iter()
        .find(|(verb, place, _)| *verb == method && *place == path)
        .map(|(_, _, who)| *who)
}

/// Middleware: finds out who asks, and lets her in where the table says so. Not allowed looks like
/// not there.
pub async fn guard(
    State(app): State<App>,
    matched: MatchedPath,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(who) = who(request.method().as_str(), matched.as_str()) else {
        return if TABLE.iter().any(|(_, place, _)| *place == matched.as_str()) {
            next.run(request).await // the router answers 405
        } else {
            Error::NotFound.into_response()
        };
    };
    let person = match sign_in::find_person(&app, request.headers()).await {
        Ok(person) => person,
        Err(error) => return error.into_response(),
    };
    let allowed = match (who, &person) {
        (Everyone, _) | (SignedIn, Some(_)) => Ok(()),
        (Roles(roles), Some((person, _))) if person.roles.any(roles) => Ok(()),
        (Roles(_), Some(_)) => Err(Error::NotFound),
        (SignedIn | Roles(_), None) => Err(Error::SignIn),
    };
    if let Err(error) = allowed {
        return error.into_response();
    }
    if let Some((person, revision)) = person {
        let theirs = match app.at_revision(&person.clinic_id, revision).await {
            Ok(theirs) => theirs,
            Err(error) => return error.into_response(),
        };
        request.extensions_mut().insert::<App>(theirs);
        request.extensions_mut().insert::<Person>(person);
    }
    next.run(request).await
}
