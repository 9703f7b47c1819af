-- Practices that a practitioner wrote and offered to clients by name. The practices themselves are content (0009).
create table chosen_practice (
    clinic_id text not null,
    -- The slug: own-warm-hands.
    practice text not null,
    client_id text not null,
    offered_by text not null,
    offered_at bigint not null,
    -- What was done with it stays on record.
    taken_back_at bigint,
    primary key (clinic_id, practice, client_id),
    foreign key (clinic_id, client_id) references person (clinic_id, person_id),
    foreign key (clinic_id, offered_by) references person (clinic_id, person_id)
);
create index chosen_practice_by_client on chosen_practice (clinic_id, client_id);
create index chosen_practice_by_writer on chosen_practice (clinic_id, offered_by);
