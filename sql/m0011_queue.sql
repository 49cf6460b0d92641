-- The queue: rows know that they are the first of their lane, and ready rows stand in the order in which they became
-- ready, so that a claim need not look again at what lies before.

alter table tgworker.outbox
    -- The clock, not the start of the transaction: one that began long ago must not insert far behind the others.
    alter column available_at set default clock_timestamp(),
    add column is_head boolean not null default false;
comment on column tgworker.outbox.available_at is
    'Not to be sent before. When the row was inserted, came forward or was put back: ready rows go in this order.';
comment on column tgworker.outbox.is_head is
    'Known to be the first of its lane: nobody need look for an older one. Set when the row comes forward.';

-- When the head of a lane goes, whoever deleted it, the next one comes forward, with the clock as its turn: so chats
-- take turns, and no row becomes ready in a stretch of outbox_ready that the sender has left behind.
-- Contract: looks at what is younger than the deleted row only. It may bring a row forward that is not the first, when
-- the deleted one was not and nobody knew yet: the claim then finds out.
create or replace function tgworker.lane_advances() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    next_rows bigint[];
    heads bigint[];
begin
    select array_agg(next.id), array_agg(next.id) filter (where next.is_head) into next_rows, heads
    from (
        select (select n.id from tgworker.outbox n
                where n.chat_id = lane.chat_id and n.priority = lane.priority and n.id > lane.id
                order by n.id limit 1) as id,
            lane.is_head
        from (
            select distinct on (gone.chat_id, gone.priority) gone.chat_id, gone.priority, gone.id,
                gone.is_head or gone.attempt > 0 as is_head
            from gone where not gone.behind
            order by gone.chat_id, gone.priority, gone.id) lane
    ) next;
    -- Not by a join, which would flip to a scan of the table when statistics are stale.
    update tgworker.outbox o
    set behind = false, is_head = o.id = any (coalesce(heads, '{}')),
        available_at = greatest(o.available_at, clock_timestamp())
    where o.behind and o.id = any (next_rows);
    return null;
end
$$;

-- As before, with the clock as the moment, and with the ledger's count of doubts, which leaves none out any more.
create or replace function tgworker.retry(id bigint) returns bigint
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    waiting bigint := $1;
    entry tgworker.delivery;
begin
    loop
        -- The lock makes callers take turns; under Odoo's REPEATABLE READ the later one is told to start again.
        select d.* into entry from tgworker.delivery d where d.outbox_id = waiting for update;
        exit when entry.retried_as is null;
        waiting := entry.retried_as;
    end loop;
    if entry.id is null then
        update tgworker.outbox o set available_at = clock_timestamp()
        where o.id = waiting and o.sending_since is null;
        if not found then
            return null;
        end if;
    elsif entry.outcome = 'sent' then
        return null;
    else
        insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id, event, in_doubt, parts_sent, message_id)
        values (entry.kind, entry.priority, entry.chat_id, entry.telegram_user_id, entry.source_id, entry.event,
            entry.in_doubt, case when entry.message_id is null then 0 else entry.parts end, entry.message_id)
        returning outbox.id into waiting;
        update tgworker.delivery d set retried_as = waiting where d.id = entry.id;
    end if;
    perform pg_notify('tgworker', 'outbox');
    return waiting;
end
$$;

-- Tables that grow: by the defaults a fifth of them would be dead, and statistics a tenth out of date, before anybody
-- looks. Pruning deletes a little of them every minute.
alter table tgworker.delivery set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table tgworker.update_log set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- A row for each customer, updated now and then: room on the page keeps the updates out of the indexes.
alter table tgworker.chat set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
alter table tgworker.identification set (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
-- A few rows, updated all the time: they stay on one page.
alter table tgworker.bot set (fillfactor = 50);
alter table tgworker.worker set (fillfactor = 50);
