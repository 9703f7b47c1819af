-- Practices in the voices of those who work here. What is taken back is removed, not marked.

create table recording (
    clinic_id text not null,
    recording_id text not null,
    -- Whose voice it is.
    person_id text not null,
    -- The practice's slug.
    practice text not null,
    -- The client it is made for; empty when it is for no one in particular.
    for_id text not null,
    -- Who hears it: caseload, clinic, or client; empty until it is offered.
    offered_to text not null,
    offered_at bigint,
    made_at bigint not null,
    primary key (clinic_id, recording_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index recording_once on recording (clinic_id, person_id, practice, for_id);
create index recording_by_practice on recording (clinic_id, practice);

-- What is said for one text, levelled and encoded; what the browser sent is not kept.
create table take (
    clinic_id text not null,
    recording_id text not null,
    -- A digest of the text, which is how a change of the practice is seen.
    cue text not null,
    -- Another one each time it is read again.
    take_id text not null,
    text text not null,
    seconds double precision not null,
    -- Ogg Opus.
    sound bytea not null,
    taken_at bigint not null,
    primary key (clinic_id, recording_id, cue),
    foreign key (clinic_id, recording_id) references recording (clinic_id, recording_id)
);
