-- What the question is about, where its kind alone does not say: for `approve` the request and the comment to it.
alter table private_questions add column about jsonb;
