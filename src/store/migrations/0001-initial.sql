-- A request to restrict a device, or to lift that. `state` is what `decide` returned.
create table requests (
  id text primary key,
  tenant_id text not null,
  number integer not null,
  action text not null,
  device_id text not null,
  device jsonb,
  reason text not null,
  requestor jsonb not null,
  conversation text not null,
  thread text not null,
  place_kind text not null,
  also_requested_in integer,
  source_activity text not null,
  status text not null,
  state jsonb not null,
  revision integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  changed_at timestamptz not null,
  unique (tenant_id, number),
  -- The same message delivered twice is one request.
  unique (conversation, source_activity)
);

-- One open request for a device and action in a conversation, whatever arrives at the same moment.
create unique index one_open_request on requests (tenant_id, conversation, device_id, action)
  where status in ('awaiting', 'approved', 'submitting', 'running', 'unclear');

create index open_requests_of_device on requests (tenant_id, device_id, action)
  where status in ('awaiting', 'approved', 'submitting', 'running', 'unclear');

create index requests_of_device on requests (tenant_id, device_id, created_at);

-- Numbers are taken outside the request's transaction, so that nobody waits: gaps are allowed.
create table tenant_numbers (
  tenant_id text primary key,
  last_number integer not null
);

-- The card that shows a request: one message, edited in place.
create table cards (
  request_id text primary key references requests (id),
  activity_id text,
  shown_revision integer not null default 0,
  updated_at timestamptz,
  -- Whoever sends or edits the card holds it for a moment; no transaction stays open during a call to Teams.
  held_until timestamptz,
  -- Random for each hold: whoever kept the card longer than that changes nothing here any more.
  holder text,
  -- Revision that the platform took for none of its messages; only a newer one is tried again.
  given_up_revision integer not null default 0,
  -- Moment of the end that the thread was told of, as `state` has it: a request may end twice.
  told_end text
);

-- How to reach a conversation; the service URL may change with any inbound activity.
create table conversations (
  conversation text primary key,
  tenant_id text not null,
  reference jsonb not null,
  seen_at timestamptz not null
);

-- Messages already answered: Teams delivers again what it thinks was lost.
create table answered_messages (
  conversation text not null,
  activity_id text not null,
  answered_at timestamptz not null,
  primary key (conversation, activity_id)
);

-- Machine actions that have not ended, and when to look at each again.
create table tracked_actions (
  request_id text primary key references requests (id),
  tenant_id text not null,
  machine_action_id text not null,
  approver jsonb not null,
  -- Object id of the person whose token last saw the action: few readers see all.
  last_reader text,
  submitted_at timestamptz not null,
  next_look_at timestamptz not null
);

create index next_looks on tracked_actions (next_look_at);

-- Every call to Defender of the last hour: the budget counts over all replicas.
create table defender_calls (
  tenant_id text not null,
  kind text not null,
  called_at timestamptz not null
);

create index calls_by_kind on defender_calls (tenant_id, kind, called_at);

create table defender_limits (
  tenant_id text not null,
  kind text not null,
  paused_until timestamptz,
  -- For kind 'submit': the longest comment that Defender was seen to keep.
  comment_length integer,
  primary key (tenant_id, kind)
);

-- One hash chain per request (and one per tenant for what concerns no request), so that
-- unrelated requests never wait for each other.
create table audit_chains (
  chain text primary key,
  length integer not null,
  head text not null
);

create table audit_records (
  id bigint generated always as identity primary key,
  chain text not null,
  position integer not null,
  at timestamptz not null,
  record jsonb not null,
  previous_hash text not null,
  hash text not null,
  unique (chain, position)
);
