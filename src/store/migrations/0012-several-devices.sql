-- Devices that were asked for together: a row for each, all with the number and the card of the first one.
alter table requests add column lead text references requests (id);
alter table requests add column batch_place integer;
alter table requests add column batch_size integer;

-- The number that people type; `number` of the others is below zero and only keeps them apart.
alter table requests add column card_number integer;

-- Of several devices, one row stands for all in lists of requests.
alter table requests add column stands boolean not null default true;

create unique index devices_of_request on requests (lead, batch_place);

-- Of one of several devices, but for the first, which has a card: the machine action elsewhere that the thread was told of last.
alter table requests add column told_elsewhere text;

-- What the card of several devices has to show: it changes with each of them, and ends with the last.
alter table cards add column due_revision integer;
alter table cards add column due_end text;
