-- The audit log shows whoever changed it: per workspace its entries are a chain of hashes, and the head of the chain is
-- signed and leaves the database (docs/audit.md).
--
-- What always holds: `seq` has no gaps, because it is taken under the lock of the workspace's head; an entry comes into
-- being only in chain_audit(), in the transaction of the act. The head is the last lock a transaction takes: whoever
-- holds it waits for nobody, so entries never take part in a deadlock and the lock is held for little but the commit.

create table audit_heads (
  workspace_id uuid primary key references workspaces (id),
  seq bigint not null default 0 check (seq >= 0),
  hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(hash) = 32),
  -- The last entry that retention removed; entries begin after it.
  anchor_seq bigint not null default 0 check (anchor_seq between 0 and seq),
  anchor_hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(anchor_hash) = 32)
) with (fillfactor = 20);

-- What the installation has signed. `head`: the chain was at this entry. `front`: retention removed everything up to it.
create table audit_checkpoints (
  workspace_id uuid not null references workspaces (id),
  kind text not null check (kind in ('head', 'front')),
  seq bigint not null check (seq > 0),
  hash bytea not null check (octet_length(hash) = 32),
  at timestamptz not null,
  key_id text not null,
  signature bytea not null check (octet_length(signature) = 64),
  primary key (workspace_id, kind, seq)
);

alter table audit_entries
  add column request_id text,
  add column seq bigint check (seq > 0),
  add column hash bytea check (octet_length(hash) = 32),
  drop constraint audit_entries_actor_kind_check,
  add constraint audit_entries_actor_kind_check check (actor_kind in ('user', 'system', 'api_key', 'operator')),
  drop constraint audit_entries_check,
  add constraint audit_entries_actor_id_check check ((actor_kind = 'system') = (actor_id is null));

select raise_wall('audit_heads');
select raise_wall('audit_checkpoints');

-- What is hashed of an entry: every column but the hash, each as the bytes of its text with their count before it and
-- `-` for null, so that no two entries look the same. src/domain/audit/canonical-entry.ts says the same again.
create function audit_canonical(e audit_entries) returns text language sql stable parallel safe as $$
  select '1'
    || coalesce(octet_length(e.workspace_id::text) || ':' || e.workspace_id::text, '-')
    || coalesce(octet_length(e.seq::text) || ':' || e.seq::text, '-')
    || coalesce(octet_length(e.id::text) || ':' || e.id::text, '-')
    || coalesce(octet_length((extract(epoch from e.at) * 1000000)::bigint::text)
      || ':' || (extract(epoch from e.at) * 1000000)::bigint::text, '-')
    || coalesce(octet_length(e.tenant_id::text) || ':' || e.tenant_id::text, '-')
    || coalesce(octet_length(e.actor_kind) || ':' || e.actor_kind, '-')
    || coalesce(octet_length(e.actor_id::text) || ':' || e.actor_id::text, '-')
    || coalesce(octet_length(e.actor_name) || ':' || e.actor_name, '-')
    || coalesce(octet_length(e.action) || ':' || e.action, '-')
    || coalesce(octet_length(e.subject_kind) || ':' || e.subject_kind, '-')
    || coalesce(octet_length(e.subject_id) || ':' || e.subject_id, '-')
    || coalesce(octet_length(e.run_id::text) || ':' || e.run_id::text, '-')
    || coalesce(octet_length(e.outcome) || ':' || e.outcome, '-')
    || coalesce(octet_length(encode(e.before_hash, 'hex')) || ':' || encode(e.before_hash, 'hex'), '-')
    || coalesce(octet_length(encode(e.after_hash, 'hex')) || ':' || encode(e.after_hash, 'hex'), '-')
    || coalesce(octet_length(e.request_id) || ':' || e.request_id, '-')
    || coalesce(octet_length(e.detail::text) || ':' || e.detail::text, '-')
$$;

-- The entries there are, in the order they happened. Who migrates sees no rows of its own.
grant select, update on audit_entries to tenantatlas_door;
grant select, insert, update on audit_heads to tenantatlas_door;
set local role tenantatlas_door;
do $$
declare
  c_at_once constant integer := 5000;
  v_head audit_heads;
  v_rows audit_entries[] := '{}';
  v_row audit_entries;
begin
  insert into audit_heads (workspace_id) select w.id from workspaces w;
  for v_row in select a.* from audit_entries a order by a.workspace_id, a.at, a.id loop
    if v_row.workspace_id is distinct from v_head.workspace_id then
      update audit_heads h set seq = v_head.seq, hash = v_head.hash where h.workspace_id = v_head.workspace_id;
      select h.* into v_head from audit_heads h where h.workspace_id = v_row.workspace_id;
    end if;
    v_head.seq := v_head.seq + 1;
    v_row.seq := v_head.seq;
    v_head.hash := sha256(v_head.hash || convert_to(audit_canonical(v_row), 'UTF8'));
    v_row.hash := v_head.hash;
    v_rows := v_rows || v_row;
    if cardinality(v_rows) = c_at_once then
      update audit_entries a set seq = r.seq, hash = r.hash from unnest(v_rows) r
      where a.workspace_id = r.workspace_id and a.id = r.id;
      v_rows := '{}';
    end if;
  end loop;
  update audit_entries a set seq = r.seq, hash = r.hash from unnest(v_rows) r
  where a.workspace_id = r.workspace_id and a.id = r.id;
  update audit_heads h set seq = v_head.seq, hash = v_head.hash where h.workspace_id = v_head.workspace_id;
end $$;
reset role;
revoke select, update on audit_entries from tenantatlas_door;

alter table audit_entries alter column seq set not null, alter column hash set not null;
create unique index audit_entries_by_seq on audit_entries (workspace_id, seq);

-- An act to be written down: an entry without what the chain gives it.
create type new_audit_entry as (
  id uuid, tenant_id uuid, actor_kind text, actor_id uuid, actor_name text, action text, subject_kind text,
  subject_id text, run_id uuid, outcome text, before_hash bytea, after_hash bytea, request_id text, detail jsonb
);

-- Puts entries at the end of the chain of a workspace, in their order; the only place where one comes into being. Locks
-- the head, which has to be the last thing its transaction locks. Time is read under the lock when none is given.
create function chain_audit(p_workspace uuid, p_at timestamptz, p_entries new_audit_entry[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  v_head audit_heads;
  v_at timestamptz;
  v_text text;
  v_hash bytea;
  v_hashes bytea[] := '{}';
begin
  select h.* into v_head from audit_heads h where h.workspace_id = p_workspace for no key update;
  if not found then
    insert into audit_heads (workspace_id) values (p_workspace) on conflict do nothing;
    select h.* into v_head from audit_heads h where h.workspace_id = p_workspace for no key update;
  end if;
  v_at := coalesce(p_at, clock_timestamp());
  v_hash := v_head.hash;
  for v_text in
    select audit_canonical(row(p_workspace, e.id, e.tenant_id, v_at, e.actor_kind, e.actor_id, e.actor_name, e.action,
      e.subject_kind, e.subject_id, e.run_id, e.outcome, e.before_hash, e.after_hash, e.detail, e.request_id,
      v_head.seq + e.place, null)::audit_entries)
    from unnest(p_entries) with ordinality as e
      (id, tenant_id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, before_hash,
        after_hash, request_id, detail, place)
    order by e.place
  loop
    v_hash := sha256(v_hash || convert_to(v_text, 'UTF8'));
    v_hashes := v_hashes || v_hash;
  end loop;
  insert into audit_entries
    (workspace_id, id, tenant_id, at, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome,
      before_hash, after_hash, request_id, detail, seq, hash)
  select p_workspace, e.id, e.tenant_id, v_at, e.actor_kind, e.actor_id, e.actor_name, e.action, e.subject_kind,
    e.subject_id, e.run_id, e.outcome, e.before_hash, e.after_hash, e.request_id, e.detail, v_head.seq + e.place,
    e.hash
  from unnest(p_entries, v_hashes) with ordinality as e
    (id, tenant_id, actor_kind, actor_id, actor_name, action, subject_kind, subject_id, run_id, outcome, before_hash,
      after_hash, request_id, detail, hash, place);
  update audit_heads h set seq = h.seq + cardinality(p_entries), hash = v_hash where h.workspace_id = p_workspace;
end $$;

-- The same for whoever acts in one workspace, for that one only, and at no other time than that of the transaction.
create function append_audit(p_workspace uuid, p_at timestamptz, p_entries new_audit_entry[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if p_workspace is distinct from app_workspace() then
    raise exception 'an audit entry for another workspace than that of the transaction' using errcode = '42501';
  end if;
  if p_at not between transaction_timestamp() and clock_timestamp() then
    raise exception 'an audit entry of another time than that of the transaction' using errcode = '42501';
  end if;
  perform chain_audit(p_workspace, p_at, p_entries);
end $$;

-- Workspaces whose head is to be signed: so many entries since the last time, or that long ago and anything new. Those
-- with the most news first. Takes no lock.
create function workspaces_to_sign(p_entries bigint, p_interval interval, p_limit integer) returns table (workspace_id uuid)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select h.workspace_id
  from audit_heads h
  left join lateral (
    select c.seq, c.at from audit_checkpoints c
    where c.workspace_id = h.workspace_id and c.kind = 'head' order by c.seq desc limit 1
  ) last on true
  where h.seq > coalesce(last.seq, 0)
    and (h.seq - coalesce(last.seq, 0) >= p_entries or last.at is null or last.at <= statement_timestamp() - p_interval)
  order by h.seq - coalesce(last.seq, 0) desc limit p_limit
$$;

-- Entries come through the chain alone; nobody changes one; retention deletes old ones and moves the anchor. Nobody
-- changes or deletes what was signed.
revoke insert on audit_entries from tenantatlas_api, tenantatlas_worker;
grant select on audit_heads, audit_checkpoints to tenantatlas_api, tenantatlas_worker;
grant update (anchor_seq, anchor_hash) on audit_heads to tenantatlas_worker;
grant insert on audit_checkpoints to tenantatlas_worker;
grant select on audit_checkpoints to tenantatlas_door;

grant create on schema public to tenantatlas_door;
revoke execute on function chain_audit, append_audit, workspaces_to_sign from public;
grant execute on function append_audit to tenantatlas_api, tenantatlas_worker;
grant execute on function workspaces_to_sign to tenantatlas_worker;
alter function chain_audit owner to tenantatlas_door;
alter function append_audit owner to tenantatlas_door;
alter function workspaces_to_sign owner to tenantatlas_door;

-- As before, but the entries are chained, after everything else is done: called by the door for any workspace, by others
-- for the one their transaction belongs to.
create or replace function end_runs(p_workspace uuid, p_ends run_end[])
returns text[] language plpgsql set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_now timestamptz := clock_timestamp();
  -- Named beside the join: a plan made while the ledger was small must not read all of it once it is large.
  v_runs uuid[] := array(select (e.live).run_id from unnest(p_ends) e);
  v_outcomes text[];
  v_written uuid[];
  v_entries new_audit_entry[];
begin
  -- `offset 0` keeps what is asked once from being asked at each use.
  with verdicts as materialized (
    select e.place, (e.live).run_id, (e.live).attempt, (e.live).started_at, e.context, e.audit, c.counts, f.failures, o.outcome,
      case when o.outcome = any (e.cooldown_after) and e.cooldown > interval '0' then v_now + e.cooldown end as cooldown_until,
      case when (e.live).attempt_log <> '[]' and (e.live).leased
        then (e.live).attempt_log || attempt_record((e.live).attempt, (e.live).worker_name, (e.live).leased_at, v_now, o.outcome, null, null)
        else (e.live).attempt_log end as attempt_log
    from unnest(p_ends) with ordinality as e
      (live, verdict, at_best, failures, context, cooldown, cooldown_after, audit, place)
    cross join lateral (
      select exists (select from run_items i where i.workspace_id = p_workspace and i.run_id = (e.live).run_id) as exist offset 0
    ) items
    cross join lateral (
      select case when items.exist then run_counts(p_workspace, (e.live).run_id)
        else '{"total": 0, "processed": 0, "succeeded": 0, "failed": 0, "skipped": 0}' end as counts offset 0
    ) c
    cross join lateral (
      select case when items.exist or e.failures <> '[]' then run_failures(p_workspace, (e.live).run_id, e.failures)
        else '[]' end as failures offset 0
    ) f
    cross join lateral (
      select case
        when e.verdict = 'returned' and jsonb_path_exists(f.failures, '$[*] ? (@.reason == "cancelled")') then 'cancelled'
        when e.verdict = 'returned' then run_outcome(c.counts, e.at_best)
        when e.verdict = 'blocked' and c.counts -> 'processed' <> '0' then 'failed'
        else e.verdict
      end as outcome offset 0
    ) o
  ), ended as (
    update operation_runs r
    set outcome = v.outcome::operation_outcome, summary_counts = v.counts, failure_summary = v.failures,
      context = r.context || v.context, attempts = v.attempt, started_at = v.started_at, completed_at = v_now,
      attempt_log = v.attempt_log, holds = v.cooldown_until is not null, cooldown_until = v.cooldown_until
    from verdicts v
    where r.workspace_id = p_workspace and r.id = any (v_runs) and r.id = v.run_id and r.outcome = 'pending'
    returning r.*, v.audit, v.place
  ), told as (
    insert into outbox (workspace_id, id, event, run_id, created_at)
    select e.workspace_id, e.audit, 'run.completed', e.id, v_now from ended e where e.trigger not in ('system', 'reconcile')
  )
  select array_agg(v.outcome order by v.place), array(select e.id from ended e),
    array(
      select row(e.audit, e.tenant_id, case when e.initiator_id is null then 'system' else 'user' end, e.initiator_id,
        e.initiator_name, 'run.completed', 'run', e.id::text, e.id, e.outcome, null, null, null,
        jsonb_build_object('type', e.type, 'attempts', e.attempts, 'counts', e.summary_counts))::new_audit_entry
      from ended e order by e.place)
  into v_outcomes, v_written, v_entries from verdicts v;
  if cardinality(v_written) <> cardinality(v_runs) then
    raise exception 'run % has a live row but is not pending', (select min(r::text) from unnest(v_runs) r where r <> all (v_written));
  end if;
  if current_user = 'tenantatlas_door' then
    perform chain_audit(p_workspace, v_now, v_entries);
  else
    perform append_audit(p_workspace, v_now, v_entries);
  end if;
  return v_outcomes;
end $$;

set local role tenantatlas_door;

-- As before, but every live row is locked before the first end is written: from then on only heads are, in the order of
-- their workspaces, and nobody waits for one of them while its holder waits for a run.
create or replace function finish_runs(p_ends jsonb) returns table (place integer, outcome text)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
set lock_timeout = '200ms' set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  v_end record;
  v_live live_runs;
  v_workspaces uuid[] := '{}';
  -- Where the ends of each workspace begin.
  v_begins integer[] := '{}';
  v_places integer[] := '{}';
  v_ends run_end[] := '{}';
  v_last integer;
begin
  for v_end in
    select * from jsonb_to_recordset(p_ends) as e (
      place integer, workspace uuid, run uuid, attempt integer, owner uuid, verdict text, at_best text, failures jsonb,
      context jsonb, cooldown_minutes integer, cooldown_after text[], audit uuid
    ) order by e.workspace, e.place
  loop
    delete from live_runs l
    where l.workspace_id = v_end.workspace and l.run_id = v_end.run and l.attempt = v_end.attempt and l.lease_owner = v_end.owner
    returning l.* into v_live;
    if found then
      if v_end.workspace is distinct from v_workspaces[cardinality(v_workspaces)] then
        v_workspaces := v_workspaces || v_end.workspace;
        v_begins := v_begins || cardinality(v_ends) + 1;
      end if;
      v_places := v_places || v_end.place;
      v_ends := v_ends || row(v_live, v_end.verdict, v_end.at_best, v_end.failures, v_end.context,
        make_interval(mins => v_end.cooldown_minutes), v_end.cooldown_after, v_end.audit)::run_end;
    end if;
  end loop;
  for v_n in 1 .. cardinality(v_workspaces) loop
    v_last := coalesce(v_begins[v_n + 1] - 1, cardinality(v_ends));
    return query select * from unnest(v_places[v_begins[v_n]:v_last],
      end_runs(v_workspaces[v_n], v_ends[v_begins[v_n]:v_last]));
  end loop;
end $$;

reset role;
revoke create on schema public from tenantatlas_door;
