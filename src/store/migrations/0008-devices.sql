-- The name by which a wish meant its device. While nobody's token has found that one, `device_id` holds the name instead,
-- as `name:…`: so the index of open requests keeps those apart too, and an older program leaves the row alone by its format.
alter table requests add column device_name text;

-- Requests by the name that was typed, of which the first label is what a short and a full name have in common.
create index requests_by_typed_name on requests (tenant_id, conversation, split_part(device_name, '.', 1))
  where device_name is not null;
