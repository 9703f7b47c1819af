-- What was offered in place of something, and why; and what was chosen. Both append-only.

create table offer (
    clinic_id text not null,
    offer_id text not null,
    person_id text not null,
    at bigint not null,
    -- What it was to take the place of; empty when nothing.
    from_practice text not null,
    -- The newest sitting of that practice then.
    sitting_id text,
    -- much-worse, poor-fit, abandoned, asked
    trigger text not null,
    barrier text,
    -- JSON: every practice that was considered, and why not.
    candidates text not null,
    -- JSON: what was shown, each with minutes, reason and the probability with which it was chosen.
    offers text not null,
    -- Said in place of further offers.
    message text,
    -- Whether the practitioner is to be shown it, where the person shares.
    tell_practitioner boolean not null,
    -- Which text of the routing table.
    revision text not null,
    -- The same sitting, reason and offers are one row, however often the page is opened.
    occasion text not null,
    primary key (clinic_id, offer_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index offer_by_occasion on offer (clinic_id, person_id, occasion);
create index offer_by_person on offer (clinic_id, person_id, at);

create table offer_choice (
    clinic_id text not null,
    offer_id text not null,
    -- The practice's slug, or rest, talk, acts, none.
    practice text not null,
    -- once, from-now-on
    how text not null,
    person_id text not null,
    at bigint not null,
    primary key (clinic_id, offer_id, practice, how),
    foreign key (clinic_id, offer_id) references offer (clinic_id, offer_id)
);
create index offer_choice_by_person on offer_choice (clinic_id, person_id, at);
