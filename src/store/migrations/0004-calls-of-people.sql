-- Object id of the person whose press or message a call answered: nobody takes the whole budget alone.
alter table defender_calls add column asked_by text;
