-- What is done on a host, beside the database, stands among what operators do: by the name of whoever does it there, and
-- no account of the platform.
alter table platform_events alter column account_id drop not null;
