-- The house: who belongs to a clinic, who may see whom, what is prescribed, and what happened.
--
-- The subset both databases understand (see ARCHITECTURE.md): ids are text, UUIDv7; instants (_at)
-- are Unix milliseconds UTC; civil days (_on) are text, 2026-11-23; clinic_id comes first in every key.

create table clinic (
    clinic_id text not null primary key,
    name text not null,
    locale text not null,
    zone text not null,
    -- The help page of the clinic's place; empty until somebody who knows has filled it in.
    emergency_number text not null,
    help_line text not null,
    help_number text not null,
    contact text not null,
    -- Made by the demo: entry without a secret is only ever given to these.
    invented boolean not null,
    made_at bigint not null
);

create table person (
    clinic_id text not null,
    person_id text not null,
    -- A pseudonym is enough.
    name text not null,
    -- Lower case; names are how people are found before their clinic is known.
    sign_in_name text not null,
    -- Words divided by spaces: client, practitioner, lead, researcher, owner.
    roles text not null,
    locale text not null,
    zone text not null,
    made_at bigint not null,
    ended_at bigint,
    primary key (clinic_id, person_id),
    foreign key (clinic_id) references clinic (clinic_id)
);
create unique index person_by_sign_in_name on person (sign_in_name);

-- Ways to prove who one is. A person may have several kinds; passkeys and time-based codes take their
-- place here.
create table credential (
    clinic_id text not null,
    person_id text not null,
    kind text not null,
    hash text not null,
    failures bigint not null,
    locked_until_at bigint not null,
    set_at bigint not null,
    primary key (clinic_id, person_id, kind),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);

-- A phone or browser a client was invited on; her PIN works nowhere else.
create table device (
    clinic_id text not null,
    device_id text not null,
    person_id text not null,
    token_hash text not null,
    made_at bigint not null,
    ended_at bigint,
    primary key (clinic_id, device_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
-- Two people may share one: a family's tablet.
create index device_by_token on device (token_hash);

create table login (
    clinic_id text not null,
    token_hash text not null,
    person_id text not null,
    made_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    primary key (clinic_id, token_hash),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index login_by_token on login (token_hash);
create index login_by_person on login (clinic_id, person_id);

create table invitation (
    clinic_id text not null,
    invitation_id text not null,
    token_hash text not null,
    code_hash text not null,
    roles text not null,
    name text not null,
    -- Null when the command line made it.
    invited_by text,
    -- Set when it gives somebody who is already here a new PIN on a new phone.
    for_person text,
    made_at bigint not null,
    expires_at bigint not null,
    -- When it was used or taken back, and who used it.
    closed_at bigint,
    used_by text,
    primary key (clinic_id, invitation_id),
    foreign key (clinic_id) references clinic (clinic_id)
);
create unique index invitation_by_token on invitation (token_hash);
create unique index invitation_by_code on invitation (code_hash);

create table caseload (
    clinic_id text not null,
    practitioner_id text not null,
    client_id text not null,
    since_at bigint not null,
    ended_at bigint,
    primary key (clinic_id, practitioner_id, client_id),
    foreign key (clinic_id, practitioner_id) references person (clinic_id, person_id),
    foreign key (clinic_id, client_id) references person (clinic_id, person_id)
);
create index caseload_by_client on caseload (clinic_id, client_id);

-- Append-only: the newest row of a person, layer and practitioner is what holds.
create table consent (
    clinic_id text not null,
    consent_id text not null,
    person_id text not null,
    layer text not null,
    version text not null,
    -- The practitioner a share is with; empty for layers that name nobody.
    with_id text not null,
    given boolean not null,
    at bigint not null,
    primary key (clinic_id, consent_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index consent_by_person on consent (clinic_id, person_id);

-- Append-only: who saw or changed what. Never holds an answer.
create table audit (
    clinic_id text not null,
    audit_id text not null,
    at bigint not null,
    -- Null when the command line or the program itself acted.
    actor_id text,
    -- Null when it was not about one person.
    subject_id text,
    action text not null,
    primary key (clinic_id, audit_id)
);
create index audit_by_subject on audit (clinic_id, subject_id, at);

create table plan (
    clinic_id text not null,
    plan_id text not null,
    client_id text not null,
    prescribed_by text not null,
    -- Null for single practices put together in the room.
    programme text,
    why text not null,
    if_hard text not null,
    -- offered, agreed, ended
    state text not null,
    starts_on text not null,
    ends_on text,
    made_at bigint not null,
    agreed_at bigint,
    ended_at bigint,
    primary key (clinic_id, plan_id),
    foreign key (clinic_id, client_id) references person (clinic_id, person_id)
);
create index plan_by_client on plan (clinic_id, client_id);

-- What a plan asks for, as it was prescribed and, once she has agreed, as the client made it her own.
create table plan_practice (
    clinic_id text not null,
    plan_id text not null,
    -- prescribed, agreed
    version text not null,
    position bigint not null,
    practice text not null,
    minutes double precision not null,
    -- Weekdays as digits, Monday is 1: 12345 is every weekday.
    weekdays text not null,
    -- Days of the plan on which this holds, the first being 1; null: until the plan ends.
    first_day bigint not null,
    last_day bigint,
    routine text not null,
    smallest_practice text not null,
    smallest_minutes double precision not null,
    primary key (clinic_id, plan_id, version, position),
    foreign key (clinic_id, plan_id) references plan (clinic_id, plan_id)
);

-- Append-only, with the id made on the device.
create table sitting (
    clinic_id text not null,
    sitting_id text not null,
    person_id text not null,
    practice text not null,
    revision text not null,
    started_at bigint not null,
    -- The day it was, where the person was.
    started_on text not null,
    minutes double precision not null,
    seconds_heard bigint not null,
    finished boolean not null,
    fit bigint,
    effect bigint,
    barrier text,
    received_at bigint not null,
    primary key (clinic_id, sitting_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index sitting_by_person on sitting (clinic_id, person_id, started_at);
