-- The newest way of writing `state` that a row needs to be understood: an older program leaves such a row alone.
alter table requests add column state_format integer not null default 1;

-- Set while nothing is submitted for this request; shown on its card.
alter table requests add column hold jsonb;

create index held_requests on requests (created_at) where hold is not null;

-- After a restored backup: Defender may have an action for this request that the database has forgotten. Nothing is
-- submitted for it before Defender was asked, and "not there" counts only after this moment.
alter table requests add column look_first_until timestamptz;

create index requests_to_look_for on requests (look_first_until) where look_first_until is not null;

-- The ends of one thread are told in order.
create index requests_of_thread on requests (thread, changed_at);

-- How often the card was posted anew because it was deleted.
alter table cards add column replacements integer not null default 0;

-- Fingerprint of the card as it was last sent: a change that nobody would see is not sent.
alter table cards add column shown_picture text;

-- Whoever tells the thread of the end holds this for a moment, as others do the card: nobody else says it too.
alter table cards add column telling_until timestamptz;
alter table cards add column teller text;

-- Somebody is about to reply to the message; a process that died before it did is waited for no longer.
alter table answered_messages add column claimed_until timestamptz;

-- The bot was removed from the conversation; cleared by the next activity from there.
alter table conversations add column left_at timestamptz;

-- The bot enters and leaves all channels of a team at once.
alter table conversations add column team text;

-- At most one row of each kind: while there is any, nothing is submitted to Defender.
create table submission_pauses (
  kind text primary key check (kind in ('administrator', 'restored')),
  reason text not null,
  paused_by text not null,
  since timestamptz not null
);

-- Running processes and their last sign of life; the newest sign of a restored backup is old.
create table instances (
  id text primary key,
  started_at timestamptz not null,
  seen_at timestamptz not null
);

-- Which physical database this program used last: a restored one differs.
create table database_identity (
  only_row boolean primary key default true check (only_row),
  identity text not null,
  seen_at timestamptz not null
);

-- Jobs that failed again and again and are tried no more. They matter until the request changes once more.
create table dead_jobs (
  id text primary key,
  job text not null,
  request_id text not null,
  request_revision integer not null,
  failure text not null,
  died_at timestamptz not null
);

create index dead_jobs_by_request on dead_jobs (request_id);

-- Which sweep has taken the action: only that one may say when to look again.
alter table tracked_actions add column lease text;

-- Messages of the last hour by thread: Teams limits them per thread, whichever replica sends.
create table thread_messages (
  thread text not null,
  sent_at timestamptz not null
);

create index messages_by_thread on thread_messages (thread, sent_at);

create table thread_limits (
  thread text primary key,
  paused_until timestamptz
);
