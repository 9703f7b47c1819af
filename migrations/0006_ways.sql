-- Ways to practise that somebody kept for herself. Nobody else sees them.
create table way_kept (
    clinic_id text not null,
    way_id text not null,
    person_id text not null,
    -- What it was put together from, so that the same one is kept once; whom is empty where nobody is named.
    moment text not null,
    whom text not null,
    pattern text not null,
    -- As it was read, whatever becomes of the files.
    words text not null,
    practice text not null,
    minutes double precision not null,
    kept_at bigint not null,
    primary key (clinic_id, way_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index way_kept_once on way_kept (clinic_id, person_id, moment, whom, pattern);
