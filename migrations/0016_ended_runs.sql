-- Runs by when they ended: whoever follows a workspace and was away asks what ended since. The condition keeps the index
-- to queries that name a time, like those of the history.
create index operation_runs_ended on operation_runs (workspace_id, completed_at desc)
  where completed_at is not null;

-- What did not go well is a small part of the history, and what people look for.
create index operation_runs_not_well on operation_runs (workspace_id, created_at desc, id desc)
where outcome not in ('pending', 'succeeded');
