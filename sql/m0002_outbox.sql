-- The outbox (what is still to be sent), the ledger (what became of it), and the state of bot and instances.

create table tgworker.outbox (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('order_state', 'reply')),
    priority smallint not null check (priority between 0 and 2),
    chat_id bigint not null,
    telegram_user_id integer,
    source_id integer,
    event jsonb not null default '{}',
    enqueued_at timestamptz not null default now(),
    available_at timestamptz not null default now(),
    behind boolean not null default false,
    attempt integer not null default 0,
    sending_since timestamptz,
    in_doubt integer not null default 0,
    parts_sent smallint not null default 0,
    message_id bigint,
    last_error text,
    -- A row that the sender could not read would stop the queue: refuse it at the door.
    constraint outbox_event_readable check (
        kind <> 'order_state'
        or (event ->> 'state' is not null and isfinite((event ->> 'changed_at')::timestamp) is true
            and coalesce((event ->> 'currency_id')::integer, 0) is not null
            and coalesce((event ->> 'company_id')::integer, 0) is not null))
) with (
    -- Room for the update that records the intent, and dead rows cleared early: the table is hot and short.
    fillfactor = 70,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_cost_delay = 0
);

comment on table tgworker.outbox is
    'What is still to be sent. A lane is one chat at one priority: first in, first out. Only the head of a lane is not behind.';
comment on column tgworker.outbox.id is 'Order of arrival.';
comment on column tgworker.outbox.kind is 'order_state: an order''s state changed; reply: an operator wrote.';
comment on column tgworker.outbox.priority is '0 interactive answer, 1 operator''s reply, 2 notification.';
comment on column tgworker.outbox.chat_id is 'Telegram''s id of the chat.';
comment on column tgworker.outbox.telegram_user_id is 'telegram_user.id; no foreign key, so that Odoo never waits for this table.';
comment on column tgworker.outbox.source_id is 'sale_order.id or telegram_message.id, after kind.';
comment on column tgworker.outbox.event is 'The facts of the event, as they were then.';
comment on column tgworker.outbox.enqueued_at is 'Start of the business transaction.';
comment on column tgworker.outbox.available_at is 'Not to be sent before.';
comment on column tgworker.outbox.behind is 'Waits behind an older row of its lane. Set by the sender, taken back when that row is deleted.';
comment on column tgworker.outbox.attempt is 'Attempts begun.';
comment on column tgworker.outbox.sending_since is 'The intent: an attempt began then and its outcome is not recorded yet.';
comment on column tgworker.outbox.in_doubt is 'Attempts whose outcome nobody knows; the message may have been delivered.';
comment on column tgworker.outbox.parts_sent is 'Parts of a long message that Telegram has accepted.';
comment on column tgworker.outbox.message_id is 'Telegram''s id of the first part.';
comment on column tgworker.outbox.last_error is 'Why the last attempt failed; never holds a secret.';

-- What may be sent now, best first: the cost of a claim depends on what is ready, not on what waits.
create index outbox_ready on tgworker.outbox (priority, available_at, id)
    where not behind and sending_since is null;
-- The lanes: who is first, who is next.
create index outbox_lane on tgworker.outbox (chat_id, priority, id);
-- Attempts to be judged after a crash.
create index outbox_sending on tgworker.outbox (id) where sending_since is not null;
-- The state of an operator's reply, for Odoo's screens.
create index outbox_reply on tgworker.outbox (source_id) where kind = 'reply';

create table tgworker.delivery (
    id bigint generated always as identity primary key,
    outbox_id bigint not null,
    kind text not null,
    priority smallint not null,
    chat_id bigint not null,
    telegram_user_id integer,
    source_id integer,
    event jsonb not null,
    outcome text not null check (outcome in ('sent', 'failed', 'discarded', 'unknown')),
    reason text,
    attempts integer not null,
    in_doubt integer not null,
    enqueued_at timestamptz not null,
    sent_at timestamptz,
    finished_at timestamptz not null default clock_timestamp(),
    message_id bigint,
    parts smallint not null default 1,
    telegram_message_id integer,
    text text,
    retried_as bigint
);

comment on table tgworker.delivery is
    'The ledger: what became of each outbox row. Rows are added, marked when they are sent again, and pruned by age.';
comment on column tgworker.delivery.id is 'Order of the outcomes.';
comment on column tgworker.delivery.outbox_id is 'outbox.id it had.';
comment on column tgworker.delivery.kind is 'As in outbox.';
comment on column tgworker.delivery.priority is 'As in outbox.';
comment on column tgworker.delivery.chat_id is 'As in outbox.';
comment on column tgworker.delivery.telegram_user_id is 'As in outbox.';
comment on column tgworker.delivery.source_id is 'As in outbox.';
comment on column tgworker.delivery.event is 'As in outbox.';
comment on column tgworker.delivery.outcome is 'sent, failed (Telegram refuses it for good), discarded (no longer wanted) or unknown (held, may have been delivered).';
comment on column tgworker.delivery.reason is 'Why, in words for an operator, unless sent.';
comment on column tgworker.delivery.attempts is 'Attempts begun.';
comment on column tgworker.delivery.in_doubt is 'Attempts before the last whose outcome nobody knows: so many duplicates are possible.';
comment on column tgworker.delivery.enqueued_at is 'Start of the business transaction.';
comment on column tgworker.delivery.sent_at is 'When the last attempt began.';
comment on column tgworker.delivery.finished_at is 'When the outcome was recorded.';
comment on column tgworker.delivery.message_id is 'Telegram''s id of the message, of its first part when it was split.';
comment on column tgworker.delivery.parts is 'Messages it took.';
comment on column tgworker.delivery.telegram_message_id is 'telegram_message.id that holds the text.';
comment on column tgworker.delivery.text is 'The text as it was sent, without markup.';
comment on column tgworker.delivery.retried_as is 'outbox.id under which tgworker.retry() sent it again.';

create index delivery_outbox on tgworker.delivery (outbox_id);
create index delivery_reply on tgworker.delivery (source_id, id) where kind = 'reply';
create index delivery_finished on tgworker.delivery (finished_at);

-- When the head of a lane goes, whoever deleted it, the next one comes forward.
create function tgworker.lane_advances() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    update tgworker.outbox set behind = false
    where behind and id = any (array(
        select (select o.id from tgworker.outbox o
                where o.chat_id = lane.chat_id and o.priority = lane.priority
                order by o.id limit 1)
        from (select distinct gone.chat_id, gone.priority from gone) lane
    ));
    return null;
end
$$;
comment on function tgworker.lane_advances() is 'Trigger: brings the next row of each lane forward whose head was deleted.';

create trigger lane_advances
    after delete on tgworker.outbox
    referencing old table as gone
    for each statement execute function tgworker.lane_advances();

create table tgworker.bot (
    id bigint primary key,
    username text,
    name text,
    paused_until timestamptz,
    pause_reason text,
    seen_at timestamptz not null default now()
);
comment on table tgworker.bot is 'The bot''s identity and the flow state that must survive a restart.';
comment on column tgworker.bot.id is 'Telegram''s id of the bot (the number before the colon in its token).';
comment on column tgworker.bot.username is 'From getMe, without @.';
comment on column tgworker.bot.name is 'From getMe.';
comment on column tgworker.bot.paused_until is 'Telegram asked the whole bot to wait until then.';
comment on column tgworker.bot.pause_reason is 'Why.';
comment on column tgworker.bot.seen_at is 'Last getMe that succeeded.';

create table tgworker.worker (
    instance uuid primary key,
    host text not null,
    process_id integer not null,
    version text not null,
    role text not null check (role in ('starting', 'sender', 'standby', 'stopped')),
    started_at timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    last_error text
);
comment on table tgworker.worker is 'Instances of the worker that have been seen.';
comment on column tgworker.worker.instance is 'Made anew at each start.';
comment on column tgworker.worker.host is 'Host name.';
comment on column tgworker.worker.process_id is 'Process id on that host.';
comment on column tgworker.worker.version is 'Version of the program.';
comment on column tgworker.worker.role is 'sender (holds the lock), standby, starting or stopped.';
comment on column tgworker.worker.started_at is 'When it started.';
comment on column tgworker.worker.heartbeat_at is 'When it was last heard of.';
comment on column tgworker.worker.last_error is 'What went wrong last; never holds a secret.';

-- Takes a waiting message out of the queue. Contract: true when it was there and not being sent; the ledger says discarded.
create function tgworker.discard(id bigint, reason text default 'discarded by an operator') returns boolean
    language sql security definer
    set search_path = pg_catalog, pg_temp
    as $$
    with gone as (
        delete from tgworker.outbox o where o.id = $1 and o.sending_since is null returning o.*
    ), entered as (
        insert into tgworker.delivery (
            outbox_id, kind, priority, chat_id, telegram_user_id, source_id, event, outcome, reason,
            attempts, in_doubt, enqueued_at, message_id, parts)
        select g.id, g.kind, g.priority, g.chat_id, g.telegram_user_id, g.source_id, g.event, 'discarded', $2,
            g.attempt, g.in_doubt, g.enqueued_at, g.message_id, greatest(g.parts_sent, 1)
        from gone g returning 1
    )
    -- The next of its lane may be sent now.
    select count(pg_notify('tgworker', 'outbox')) > 0 from entered
    $$;
comment on function tgworker.discard(bigint, text) is 'Takes a waiting message out of the queue; true when it was there.';

-- Sends again: a waiting message at once, a failed, discarded or unknown one from the ledger as a new row.
-- Contract: outbox id that is now waiting, NULL when there is nothing to send again. Never repeats what was sent, and
-- may be repeated itself: a second call, were it at the same moment, finds the row of the first or what became of it.
create function tgworker.retry(id bigint) returns bigint
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
        update tgworker.outbox o set available_at = now() where o.id = waiting and o.sending_since is null;
        if not found then
            return null;
        end if;
    elsif entry.outcome = 'sent' then
        return null;
    else
        insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id, event, in_doubt, parts_sent, message_id)
        values (entry.kind, entry.priority, entry.chat_id, entry.telegram_user_id, entry.source_id, entry.event,
            entry.in_doubt + (entry.outcome = 'unknown')::integer,
            case when entry.message_id is null then 0 else entry.parts end, entry.message_id)
        returning outbox.id into waiting;
        update tgworker.delivery d set retried_as = waiting where d.id = entry.id;
    end if;
    perform pg_notify('tgworker', 'outbox');
    return waiting;
end
$$;
comment on function tgworker.retry(bigint) is 'Sends a waiting, failed, discarded or held message again; NULL when there is none.';

-- For Odoo's screens: the state of each outgoing message that went through the outbox.
create view tgworker.message_status as
    select o.source_id as telegram_message_id,
        o.id as outbox_id,
        case when o.sending_since is not null then 'sending' else 'queued' end as state,
        o.last_error as reason,
        o.attempt as attempts,
        o.enqueued_at,
        null::timestamptz as finished_at
    from tgworker.outbox o
    where o.kind = 'reply'
    union all
    select d.source_id, d.outbox_id, d.outcome, d.reason, d.attempts, d.enqueued_at, d.finished_at
    from tgworker.delivery d
    where d.kind = 'reply'
        and not exists (select from tgworker.outbox o where o.kind = 'reply' and o.source_id = d.source_id)
        and not exists (
            select from tgworker.delivery later
            where later.kind = 'reply' and later.source_id = d.source_id and later.id > d.id);
comment on view tgworker.message_status is
    'State of each operator''s reply: queued, sending, sent, failed, discarded or unknown, with the reason.';
comment on column tgworker.message_status.telegram_message_id is 'telegram_message.id.';
comment on column tgworker.message_status.outbox_id is 'For tgworker.retry() and tgworker.discard().';
comment on column tgworker.message_status.state is 'queued, sending, sent, failed, discarded or unknown.';
comment on column tgworker.message_status.reason is 'Why, in words for an operator.';
comment on column tgworker.message_status.attempts is 'Attempts begun.';
comment on column tgworker.message_status.enqueued_at is 'When the operator wrote.';
comment on column tgworker.message_status.finished_at is 'When the outcome was recorded.';
