-- The time for which a restriction was approved, and what became of that.
alter table requests add column box jsonb;

-- Set while the restriction holds: the end of its box.
alter table requests add column box_until timestamptz;

create index boxes_in_force on requests (box_until) where box_until is not null;

-- By whom and when the restriction was lifted, as far as any request tells.
alter table requests add column released jsonb;

-- The request whose box this one ends.
alter table requests add column lifts text references requests (id);

-- Of such a request: what else restricts the device, as its card shows it.
alter table requests add column also_restricted jsonb;

-- One lift of a box, whoever presses what at the moment of its end; another one only when nothing came of the first.
create unique index one_lift_of_box on requests (lifts)
  where lifts is not null and (
    status in ('awaiting', 'approved', 'submitting', 'running', 'unclear')
    or status = 'ended' and state->'machineAction'->>'status' = 'Succeeded');

-- What the thread was told of a box.
create table told_boxes (
  request_id text not null references requests (id),
  news text not null,
  of timestamptz not null,
  told_at timestamptz not null,
  primary key (request_id, news, of)
);

-- What was lifted before this is known as that at once. Otherwise the next lift of the device would find it out, and edit cards
-- that nobody looks at any more.
update requests set released = found.released
from (
  select distinct on (held.id) held.id, jsonb_strip_nulls(jsonb_build_object(
    'by', lift.state->'approval'->'by',
    'at', lift.state->>'endedAt',
    'number', case when lift.conversation = held.conversation then lift.number end)) as released
  from requests lift
  join requests held on held.tenant_id = lift.tenant_id and held.device_id = lift.device_id
    and held.action = 'restrict' and held.took_effect is not null
    and (held.took_effect, held.number) < (lift.took_effect, lift.number)
  where lift.action = 'unrestrict' and lift.took_effect is not null
  order by held.id, lift.took_effect, lift.number) found
where requests.id = found.id;
