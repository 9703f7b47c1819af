-- Reminders: how, when, and what became of them.

-- What somebody asked for. Channels are the rows further down: an address, devices, a calendar.
create table reminder (
    clinic_id text not null,
    person_id text not null,
    -- Minutes after midnight, where the person is.
    minute bigint not null,
    routine text not null,
    -- The key of one of the neutral texts.
    words text not null,
    -- Nothing is sent from the one to the other; the same minute: no quiet hours.
    quiet_from bigint not null,
    quiet_until bigint not null,
    only_if_not_yet boolean not null,
    by_mail boolean not null,
    -- Leads to the smallest version of the plan's practice.
    smaller boolean not null,
    -- running, asked, stopped
    state text not null,
    -- Silent before this day.
    paused_until_on text,
    -- What was ignored before this instant no longer counts.
    answered_at bigint not null,
    changed_at bigint not null,
    -- The last day on which one was sent, where the person was.
    sent_on text,
    -- When to look next; null while there is nothing to send.
    next_at bigint,
    -- The zone next_at was reckoned in.
    zone text not null,
    -- Letters that asked for a confirmation, and their day.
    letters bigint not null,
    letters_on text not null,
    primary key (clinic_id, person_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index reminder_by_next on reminder (next_at);

-- Each message, one a day at most: the key says so.
create table reminder_sent (
    clinic_id text not null,
    person_id text not null,
    sent_on text not null,
    -- reminder, question
    kind text not null,
    -- Null until a channel took it: what never arrived was not ignored.
    delivered_at bigint,
    -- When the person next opened the first page.
    visited_at bigint,
    primary key (clinic_id, person_id, sent_on),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);

create table mail_address (
    clinic_id text not null,
    person_id text not null,
    address text not null,
    -- Nothing but the one letter that asks goes to an address before this.
    confirmed_at bigint,
    -- Of the link in that letter; null when there is none that holds.
    token_hash text,
    expires_at bigint,
    -- Stands in every letter and can only end the letters, so it is kept as it is.
    leave_secret text not null,
    -- The last letter was refused for good.
    refused_at bigint,
    primary key (clinic_id, person_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index mail_address_by_token on mail_address (token_hash);
create unique index mail_address_by_leave_secret on mail_address (leave_secret);

-- A browser that takes messages while the login it was set up in is there.
create table push_device (
    clinic_id text not null,
    device_id text not null,
    person_id text not null,
    login_hash text not null,
    endpoint text not null,
    -- The browser's public key and secret, base64url.
    p256dh text not null,
    auth text not null,
    made_at bigint not null,
    primary key (clinic_id, device_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create index push_device_by_person on push_device (clinic_id, person_id);
-- Whoever set a browser up last has it, whatever the clinic.
create unique index push_device_by_endpoint on push_device (endpoint);

-- What push services know a clinic's messages by.
create table push_key (
    clinic_id text not null primary key,
    private_key bytea not null,
    foreign key (clinic_id) references clinic (clinic_id)
);

create table calendar_feed (
    clinic_id text not null,
    person_id text not null,
    token_hash text not null,
    made_at bigint not null,
    primary key (clinic_id, person_id),
    foreign key (clinic_id, person_id) references person (clinic_id, person_id)
);
create unique index calendar_feed_by_token on calendar_feed (token_hash);

-- Work to be done outside of a request: claimed for a while by one process, tried again, given up.
create table job (
    clinic_id text not null,
    job_id text not null,
    -- Whom it is about.
    person_id text not null,
    kind text not null,
    payload text not null,
    due_at bigint not null,
    -- Too late to be of use.
    expires_at bigint not null,
    tries bigint not null,
    -- Whoever claimed it, and until when nobody else may.
    claim text not null,
    claimed_until_at bigint not null,
    given_up_at bigint,
    primary key (clinic_id, job_id)
);
create index job_by_due on job (due_at);
create index job_by_person on job (clinic_id, person_id);
