-- What somebody else than its writer said to a version of a study's file (content_version): before that it counts nowhere.
create table study_review (
    clinic_id text not null,
    -- The study's id: its file's name without its ending.
    study text not null,
    version bigint not null,
    -- 'approved' or 'refused'; a version is decided on once.
    decision text not null,
    -- Whether nobody but its writer read it: where she works here by herself.
    alone boolean not null,
    -- Why, in the words of whoever decided.
    note text not null,
    decided_by text not null,
    decided_at bigint not null,
    primary key (clinic_id, study, version)
);
