-- Programmes as plans: whose edition, what dose, how sure, pauses, what was opened, what took another's place.

-- care or research; null for single practices put together in the room.
alter table plan add column edition text;
-- The set of wishes to speak; empty: the one used unless another is chosen.
alter table plan add column phrases text not null default '';
-- How sure the client is that she will do it, 0 to 10.
alter table plan add column confidence bigint;
-- The day she agreed, where she is.
alter table plan add column agreed_on text;

-- How much of a programme, as it was prescribed and, once she has agreed, as the client made it her own.
create table plan_dose (
    clinic_id text not null,
    plan_id text not null,
    -- prescribed, agreed
    version text not null,
    -- No practice lasts longer; null: as the programme says.
    minutes_most double precision,
    weekdays text not null,
    routine text not null,
    smallest_practice text not null,
    smallest_minutes double precision not null,
    primary key (clinic_id, plan_id, version),
    foreign key (clinic_id, plan_id) references plan (clinic_id, plan_id)
);

-- Append-only: what happened to a plan on its way. It pauses and goes on, a stage is opened, a practice takes another's place.
create table plan_event (
    clinic_id text not null,
    event_id text not null,
    plan_id text not null,
    -- pause, resumption, opening, swap
    kind text not null,
    -- The first day it holds, where the client is.
    from_on text not null,
    -- For a pause that ends by itself: the first day running again.
    to_on text,
    -- The stage that was opened, or the practice that was replaced; `rule` for a pause, and going on, by a rule of safety.
    subject text not null,
    -- The practice that took its place, for how long, and the offer of the guide it came from.
    practice text,
    minutes double precision,
    offer_id text,
    why text not null,
    by_id text not null,
    primary key (clinic_id, event_id),
    foreign key (clinic_id, plan_id) references plan (clinic_id, plan_id)
);
create index plan_event_by_plan on plan_event (clinic_id, plan_id);
