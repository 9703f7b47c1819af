-- Programmes as plans: whose edition, what dose, pauses, what was opened, what took another's place.

-- From the first day on which nothing is due to the first on which something is again.
create table plan_pause (
    clinic_id text not null,
    pause_id text not null,
    plan_id text not null,
    from_on text not null,
    to_on text,
    why text not null,
    by_id text not null,
    primary key (clinic_id, pause_id)
);
