-- Unwanted effects, screening, the clinic's named contact, and alerts.

-- The numbers of the help page, a row a language. Empty: not there.
create table clinic_help (
    clinic_id text not null,
    locale text not null,
    emergency_number text not null,
    line_name text not null,
    call_number text not null,
    text_number text not null,
    chat_url text not null,
    hours text not null,
    -- How to reach the clinic itself, and whatever else belongs there.
    extra text not null,
    primary key (clinic_id, locale),
    foreign key (clinic_id) references clinic (clinic_id)
);
insert into clinic_help
    (clinic_id, locale, emergency_number, line_name, call_number, text_number, chat_url, hours, extra)
    select clinic_id, locale, emergency_number, help_line, help_number, '', '', '', contact from clinic;
alter table clinic drop column emergency_number;
alter table clinic drop column help_line;
alter table clinic drop column help_number;
alter table clinic drop column contact;

-- What somebody wrote for herself for a bad hour. Nobody else is shown it.
create table safety_plan (
    clinic_id text not null,
    person_id text not null,
    signs text not null,
    helps text not null,
    safer text not null,
    people text not null,
    reasons text not null,
    person_name text not null,
    person_number text not null,
    set_at bigint not null,
    primary key (clinic_id, person_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);

-- Who looks at answers about risk, when and how soon. No row: nobody does, and they are not asked for.
create table clinic_contact (
    clinic_id text not null,
    person_id text not null,
    second_id text not null,
    hours_words text not null,
    -- Weekdays as digits, Monday is 1; minutes since midnight; where the clinic is.
    weekdays text not null,
    from_minute bigint not null,
    to_minute bigint not null,
    zone text not null,
    -- Counted within those hours.
    response_hours bigint not null,
    risk_items boolean not null,
    set_at bigint not null,
    primary key (clinic_id),
    foreign key (clinic_id) references clinic (clinic_id)
);

-- Append-only: something asks for a look. Never holds an answer.
create table alert (
    clinic_id text not null,
    alert_id text not null,
    person_id text not null,
    -- risk-answer, unwanted-effect, much-worse-twice, red-screening
    kind text not null,
    -- The record it came from.
    cause_id text not null,
    at bigint not null,
    primary key (clinic_id, alert_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index alert_by_cause on alert (clinic_id, person_id, kind, cause_id);

-- Append-only: whom it was sent to, who looked, what came of it.
create table alert_event (
    clinic_id text not null,
    event_id text not null,
    alert_id text not null,
    at bigint not null,
    -- sent, escalated, acknowledged, closed
    kind text not null,
    -- Who did it; empty when the program did.
    by_id text not null,
    -- Whom it went to; empty when to nobody.
    to_id text not null,
    note text not null,
    primary key (clinic_id, event_id),
    foreign key (clinic_id, alert_id) references alert (clinic_id, alert_id)
);
create unique index alert_event_once on alert_event (clinic_id, alert_id, kind, by_id, to_id);
create index alert_event_by_person on alert_event (clinic_id, to_id);

-- The alerts nobody has looked at; due_at is null once one was passed on.
create table alert_waiting (
    clinic_id text not null,
    alert_id text not null,
    due_at bigint,
    primary key (clinic_id, alert_id),
    foreign key (clinic_id, alert_id) references alert (clinic_id, alert_id)
);
create index alert_waiting_by_due on alert_waiting (due_at);

-- Append-only: one look at the checklist of unwanted effects.
create table unwanted_check (
    clinic_id text not null,
    check_id text not null,
    person_id text not null,
    at bigint not null,
    taken_on text not null,
    -- none, noted, soften, swap, pause: what followed by rule
    outcome text not null,
    primary key (clinic_id, check_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index unwanted_check_by_person on unwanted_check (clinic_id, person_id, at);

-- The effects that were there.
create table unwanted_effect (
    clinic_id text not null,
    check_id text not null,
    effect text not null,
    -- 0 to 3; null when she did not say.
    bothersome bigint,
    lasting boolean not null,
    primary key (clinic_id, check_id, effect),
    foreign key (clinic_id, check_id) references unwanted_check (clinic_id, check_id)
);

-- What was done by rule, so that it can be told and undone.
create table safety_step (
    clinic_id text not null,
    step_id text not null,
    person_id text not null,
    -- soften, pause, restart
    kind text not null,
    -- unwanted-effect, much-worse-twice, red-screening, and the record it came from
    cause text not null,
    cause_id text not null,
    at bigint not null,
    from_on text not null,
    -- The last day; null: until somebody ends it.
    to_on text,
    load_most bigint not null,
    minutes_most double precision,
    -- Names of those who were told, and by when they look; empty: nobody was.
    told text not null,
    looks_by_at bigint,
    ended_at bigint,
    primary key (clinic_id, step_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index safety_step_by_cause on safety_step (clinic_id, person_id, kind, cause, cause_id);

-- Append-only: the questions before a programme.
create table screening (
    clinic_id text not null,
    screening_id text not null,
    person_id text not null,
    at bigint not null,
    taken_on text not null,
    -- green, amber, red
    result text not null,
    -- Whether the questions about risk were among them.
    risk_asked boolean not null,
    -- Names of those who were told, and by when they look; empty: nobody was.
    told text not null,
    looks_by_at bigint,
    primary key (clinic_id, screening_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index screening_by_person on screening (clinic_id, person_id, at);

create table screening_answer (
    clinic_id text not null,
    screening_id text not null,
    question text not null,
    answer text not null,
    primary key (clinic_id, screening_id, question),
    foreign key (clinic_id, screening_id) references screening (clinic_id, screening_id)
);

-- Append-only: what a named clinician decided after a screening, and why.
create table screening_decision (
    clinic_id text not null,
    decision_id text not null,
    person_id text not null,
    screening_id text not null,
    by_id text not null,
    at bigint not null,
    -- as-planned, light, not-now
    decision text not null,
    reason text not null,
    primary key (clinic_id, decision_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index screening_decision_by_person on screening_decision (clinic_id, person_id, at);

-- Found by arrival: the few sittings that left somebody much worse.
create index sitting_much_worse on sitting (received_at) where effect = -2;
