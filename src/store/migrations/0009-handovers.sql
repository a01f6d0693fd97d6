-- Conversations in which a handover is posted by itself, and when. `minutes` are those of a day, in UTC.
create table handovers (
  tenant_id text not null,
  conversation text not null,
  minutes jsonb not null,
  due_at timestamptz not null,
  posted_at timestamptz,
  -- Somebody posts it now; after that time somebody else may.
  claimed_until timestamptz,
  primary key (tenant_id, conversation)
);

create index handovers_due on handovers (due_at);

-- What runs in a conversation, and what has ended there lately.
create index requests_by_status_here on requests (tenant_id, conversation, status, changed_at);
