-- A sign-in on Cordon's own page that a press of a button waits for. Of its secret state only the hash is kept, and no token.
create table step_ups (
  state_hash text primary key,
  tenant_id text not null,
  person jsonb not null,
  -- What goes on after the sign-in, and nothing else does.
  purpose jsonb not null,
  -- The claims challenge of Entra or Defender, as it came.
  claims text,
  -- Proof key of the authorization code, useless without the code and the bot's own credential.
  verifier text not null,
  nonce text not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create index step_ups_by_end on step_ups (expires_at);

-- What somebody typed in a channel and is answered to them alone, by the button of a neutral card.
create table private_questions (
  id text primary key,
  tenant_id text not null,
  conversation text not null,
  thread text not null,
  kind text not null,
  asked_by jsonb not null,
  asked_at timestamptz not null,
  expires_at timestamptz not null
);

create index private_questions_by_end on private_questions (expires_at);

-- People of whom Teams said that they left a conversation or its team, until it says that they are back.
create table departures (
  place text not null,
  teams_id text not null,
  left_at timestamptz not null,
  primary key (place, teams_id)
);
