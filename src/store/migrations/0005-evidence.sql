-- Hash of the audit record of a request's latest change, which its last card shows, and the revision that it is of.
alter table requests add column recorded_revision integer;
alter table requests add column record_hash text;
