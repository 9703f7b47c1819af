-- A clinic's own content, in the format of content/: practices and studies written in the browser.

-- Rises whenever what is in use changes, so that a process sees at a glance whether what it read still stands.
alter table clinic add column content_revision bigint not null default 0;

-- Every version of a file there ever was, only added to: what was cited or practised can be read again.
create table content_version (
    clinic_id text not null,
    -- As under content/: practices/own-walk.md, evidence/studies/own2026.toml.
    path text not null,
    version bigint not null,
    text text not null,
    -- What was changed and why, in the words of whoever did.
    note text not null,
    made_by text not null,
    made_at bigint not null,
    primary key (clinic_id, path, version)
);

-- Which version is in use; none when the file was taken back.
create table content_use (
    clinic_id text not null,
    path text not null,
    version bigint,
    changed_by text not null,
    changed_at bigint not null,
    primary key (clinic_id, path),
    foreign key (clinic_id, path, version) references content_version (clinic_id, path, version)
);
