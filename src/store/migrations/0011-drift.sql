-- What was changed on the device without any request, after this one took effect; the latest last.
alter table requests add column elsewhere jsonb;

-- The machine action elsewhere that the thread was told of last.
alter table cards add column told_elsewhere text;

-- When Defender is asked again what was changed elsewhere, or, while somebody asks, when they count as dead; when a sweep was
-- made last, and since when every watched device was compared.
create table drift_sweeps (
  tenant_id text primary key,
  due_at timestamptz not null,
  swept_at timestamptz,
  compared_at timestamptz
);

-- The devices that are watched, and when each was last seen in somebody's list and compared.
create table drift_devices (
  tenant_id text not null,
  device_id text not null,
  compared_at timestamptz not null,
  primary key (tenant_id, device_id)
);

-- What took effect on a device, by the last change of its record: what was lifted is watched for some days.
create index effects_by_change on requests (tenant_id, changed_at) where took_effect is not null;

-- What came to nothing, as far as is known, and may yet be listed as succeeded: watched for some days.
create index unsettled_by_change on requests (tenant_id, changed_at)
  where took_effect is null and status in ('ended', 'attention', 'expired', 'denied', 'withdrawn');

-- What was found changed: it may claim that the device is restricted for as long as that is so.
create index changed_elsewhere on requests (tenant_id, device_id) where elsewhere is not null;
