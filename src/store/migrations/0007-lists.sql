-- The next statement writes the table anew, which for many thousands of requests takes longer than one may as a rule.
set local statement_timeout = 0;

-- When a machine action that succeeded took effect, to the second; null for all others. The database derives it from
-- `state`, so that it is true whichever program writes. Defender's own times first: a sweep may see two actions in the
-- other order. A text of `C`, because a cast would fail on what is no time and other collations pass over punctuation.
alter table requests add column took_effect text collate "C" generated always as (
  case when status = 'ended' and state->'machineAction'->>'status' = 'Succeeded' then coalesce(
    substring(state->'machineAction'->>'updatedAt' from '^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d'),
    substring(state->'machineAction'->>'createdAt' from '^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d'),
    substring(state->>'endedAt' from '^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d'))
  end) stored;

-- Restrictions that may be in force, by where they were asked for, and the lifts of the whole tenant that ended some. Which
-- of thousands hold is answered from these two alone.
create index restrictions_here on requests (tenant_id, conversation, device_id, took_effect, number)
  include (id, state_format)
  where action = 'restrict' and took_effect is not null;

create index lifts_of_device on requests (tenant_id, device_id, took_effect, number)
  where action = 'unrestrict' and took_effect is not null;

-- What awaits approval or needs attention in a conversation, oldest first.
create index requests_waiting_here on requests (tenant_id, conversation, created_at)
  where status in ('awaiting', 'attention', 'unclear');

-- Devices by name: the first label is what both a short and a full name have in common. Whatever a device calls itself is
-- cut to what an index can hold, or it could not be recorded at all.
create index requests_by_device_name
  on requests (tenant_id, conversation, left(split_part(lower(device->>'name'), '.', 1), 253))
  where device is not null;
