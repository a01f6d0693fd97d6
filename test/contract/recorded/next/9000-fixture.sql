-- What a later version may do while this program runs beside it: add, never take away.
alter table requests add column severity text;
alter table cards add column pinned boolean not null default false;
create table fixture_notes (
  request_id text primary key references requests (id),
  note text not null
);
create index fixture_by_severity on requests (severity);
