-- Questionnaires: the words a clinic brought in, what was answered, how it was scored, what was asked for, own goals.

-- The words of one instrument in one language, as somebody brought them in who may use them. Never changed, only retired.
create table questionnaire (
    clinic_id text not null,
    questionnaire_id text not null,
    instrument text not null,
    language text not null,
    -- The words, as kith-content reads them; and the file they came in.
    form text not null,
    original text not null,
    source text not null,
    licence text not null,
    -- What was asked before they were taken in, who stated it and what was stated.
    gate text not null,
    stated_by text not null,
    stated text not null,
    imported_at bigint not null,
    retired_at bigint,
    primary key (clinic_id, questionnaire_id),
    foreign key (clinic_id) references clinic (clinic_id)
);
create index questionnaire_by_instrument on questionnaire (clinic_id, instrument, language);

-- Append-only: one person's answers to one instrument or check-in, scored on arrival.
create table response (
    clinic_id text not null,
    response_id text not null,
    person_id text not null,
    instrument text not null,
    -- A check-in has no figures of change: what looks for change passes over them by an index.
    is_check_in boolean not null,
    answered_at bigint not null,
    answered_on text not null,
    received_at bigint not null,
    -- A list of numbers, null where there is no answer; in which order of the form, '' for the usual one.
    answers text not null,
    form_order text not null,
    -- The words that were read; '' when they are not here.
    questionnaire_id text not null,
    -- phone, link, waiting-room, paper, fhir
    way text not null,
    -- Who typed it in for her; '' when she did.
    entered_by text not null,
    -- The definition it was scored by on arrival, and what came out.
    version text not null,
    scores text not null,
    total double precision,
    -- Whether an item about risk was endorsed, and who was told, by when they look.
    risk boolean not null,
    told text not null,
    looks_by_at bigint,
    primary key (clinic_id, response_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index response_by_person on response (clinic_id, person_id, is_check_in, answered_at);
create index response_by_instrument on response (clinic_id, instrument);
create index response_untold on response (received_at) where risk and told = '';

-- Append-only: the same answers scored again by a later definition, beside the first scores.
create table scoring (
    clinic_id text not null,
    scoring_id text not null,
    response_id text not null,
    version text not null,
    scores text not null,
    total double precision,
    scored_at bigint not null,
    by_id text not null,
    primary key (clinic_id, scoring_id),
    foreign key (clinic_id, response_id) references response (clinic_id, response_id)
);
create unique index scoring_by_version on scoring (clinic_id, response_id, version);

-- Something somebody was asked to answer. It is answered when a response to it came after it was asked.
create table request (
    clinic_id text not null,
    request_id text not null,
    person_id text not null,
    instrument text not null,
    asked_by text not null,
    asked_at bigint not null,
    opens_at bigint not null,
    expires_at bigint not null,
    -- One reminder, and when it was sent.
    remind_at bigint,
    reminded_at bigint,
    withdrawn_at bigint,
    primary key (clinic_id, request_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index request_by_person on request (clinic_id, person_id, expires_at);
create index request_to_remind on request (remind_at) where reminded_at is null;

-- A way to answer one request without signing in: a link, or a code for the waiting room. Only the digest of the secret is kept.
create table request_key (
    clinic_id text not null,
    key_hash text not null,
    request_id text not null,
    -- link, waiting-room
    kind text not null,
    made_by text not null,
    made_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    primary key (clinic_id, key_hash),
    foreign key (clinic_id, request_id) references request (clinic_id, request_id)
);
create unique index request_key_by_hash on request_key (key_hash);

-- What somebody wants for herself, in her own words, and how near she says it is, 0 to 10.
create table goal (
    clinic_id text not null,
    goal_id text not null,
    person_id text not null,
    words text not null,
    made_at bigint not null,
    ended_at bigint,
    primary key (clinic_id, goal_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index goal_by_person on goal (clinic_id, person_id);
create table goal_rating (
    clinic_id text not null,
    rating_id text not null,
    goal_id text not null,
    person_id text not null,
    rated_at bigint not null,
    rated_on text not null,
    rating bigint not null,
    primary key (clinic_id, rating_id),
    foreign key (clinic_id, goal_id) references goal (clinic_id, goal_id)
);
create index goal_rating_by_person on goal_rating (clinic_id, person_id, rated_at);
