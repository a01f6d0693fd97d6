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
  where status in ('awaiting', 'approved', 'submitting', 'running', 'unclear')
    or status = 'ended' and state->'machineAction'->>'status' = 'Succeeded';

-- What the thread was told of a box.
create table told_boxes (
  request_id text not null references requests (id),
  news text not null,
  of timestamptz not null,
  told_at timestamptz not null,
  primary key (request_id, news, of)
);
