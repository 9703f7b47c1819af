-- Other systems a clinic has connected: what each may do, and for whom. Only the digest of a token is kept.

create table connected_system (
    clinic_id text not null,
    system_id text not null,
    -- What the owner calls it; clients read it in their list of who saw what.
    name text not null,
    token_hash text not null,
    -- Words divided by spaces: system/Patient.rs system/QuestionnaireResponse.c
    scopes text not null,
    -- For everybody who agrees; else for those listed below, if they agree.
    everybody boolean not null,
    made_by text not null,
    made_at bigint not null,
    expires_at bigint not null,
    revoked_at bigint,
    last_used_at bigint,
    primary key (clinic_id, system_id),
    foreign key (clinic_id) references clinic (clinic_id)
);
create unique index connected_system_by_token on connected_system (token_hash);

create table connected_system_client (
    clinic_id text not null,
    system_id text not null,
    person_id text not null,
    primary key (clinic_id, system_id, person_id),
    foreign key (clinic_id, system_id) references connected_system (clinic_id, system_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index connected_system_client_by_person on connected_system_client (clinic_id, person_id);

-- Which system sent a response, and what it calls it.
create table response_origin (
    clinic_id text not null,
    response_id text not null,
    person_id text not null,
    system_id text not null,
    -- The identifier it came with; both empty when it had none.
    authority text not null,
    value text not null,
    primary key (clinic_id, response_id),
    foreign key (clinic_id, response_id) references response (clinic_id, response_id)
);
create index response_origin_by_person on response_origin (clinic_id, person_id);
