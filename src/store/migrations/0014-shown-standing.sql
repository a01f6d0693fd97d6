-- How the request stood when its card was last sent or edited: an edit that leaves people with something untrue must not wait.
alter table cards add column shown_standing text;
