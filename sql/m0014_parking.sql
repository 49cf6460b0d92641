-- What Odoo's transactions and the claims pay: a notification only while the sender waits for one, checks of a row's event
-- only where it is written, and less work in the triggers.

-- A notifying transaction takes its turn with all others that notify when it commits (PostgreSQL source, async.c,
-- PreCommit_Notify), so they lose the common flush to the disk. A sender that has work looks at the queue anyway.
--
-- A sequence and no table, because its value is what was set last, whatever snapshot reads it and whatever transaction set
-- it (PostgreSQL, Sequence Manipulation Functions): Odoo's transactions have old snapshots. The decision is taken while the
-- transaction runs, and it commits later: a sender that parks looks again until every transaction has ended that was
-- running when it parked. Such a transaction has its number already when the trigger decides, as it has changed a row.
create sequence tgworker.sender_parked minvalue 0 maxvalue 1;
comment on sequence tgworker.sender_parked is
    '0: the sender has work and looks at the queue by itself; otherwise it waits, and the triggers notify it. Set by the sender.';

-- For each row of sale_order whose state changed (or that was created in a state other than draft), one outbox row for each
-- verified Telegram user of the customer: the order's partner or the company it belongs to. Contract: as before.
create or replace function tgworker.order_state_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('public.telegram_user') is null then
        return null;
    end if;
    -- Most customers are not in Telegram: this is all that their orders pay.
    if not exists (
        select from public.telegram_user u
        where u.partner_id = any (array[
                new.partner_id,
                (select p.commercial_partner_id from public.res_partner p where p.id = new.partner_id)])
            and u.is_verified)
        or to_regclass('tgworker.outbox') is null
    then
        return null;
    end if;
    insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id, event)
    select 'order_state', 2, coalesce(nullif(u.chat_id, 0), nullif(u.telegram_id, 0)), u.id, new.id,
        jsonb_build_object(
            'order', new.name,
            'state', new.state,
            'previous', case tg_op when 'UPDATE' then old.state end,
            'changed_at', now() at time zone 'UTC',
            -- Odoo computes the total of a new order after its INSERT: then the sender reads it from the order.
            'total', case tg_op when 'UPDATE' then new.amount_total end,
            'currency_id', new.currency_id,
            'company_id', new.company_id)
    from public.telegram_user u
    where u.is_verified and coalesce(nullif(u.chat_id, 0), nullif(u.telegram_id, 0)) is not null
        and u.partner_id = any (array[
            new.partner_id,
            (select p.commercial_partner_id from public.res_partner p where p.id = new.partner_id)])
        -- Not by a function: calling one costs more than all the rest of this.
        and (
            select s.states = '*' or new.state = any (string_to_array(replace(s.states, ' ', ''), ','))
            from (
                select coalesce(n.value, n.default_value) as states from tgworker.setting n where n.name = 'notify_states'
            ) s)
        and (tg_op = 'UPDATE' or (
            select coalesce(n.value, n.default_value) = 'true' from tgworker.setting n where n.name = 'notify_created'));
    if found and pg_sequence_last_value('tgworker.sender_parked') is distinct from 0 then
        -- Which of the two, because the sender looks for whole facts in a shorter way.
        perform pg_notify('tgworker', case tg_op when 'UPDATE' then 'change' else 'outbox' end);
    end if;
    return null;
end
$$;

-- Contract: as before.
create or replace function tgworker.reply_written() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    -- Asked here and not in the trigger's condition: Odoo could not change the type of a column that a condition names.
    if new.message_id <> 0 or to_regclass('public.telegram_user') is null or to_regclass('tgworker.outbox') is null then
        return null;
    end if;
    insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id)
    select 'reply', 1, tgworker.chat_of(u.chat_id, u.telegram_id), u.id, new.id
    from public.telegram_user u
    where u.id = new.telegram_user_id and tgworker.chat_of(u.chat_id, u.telegram_id) is not null;
    if found and pg_sequence_last_value('tgworker.sender_parked') is distinct from 0 then
        perform pg_notify('tgworker', 'outbox');
    end if;
    return null;
end
$$;

-- Contract: as before. Each lane is looked at once.
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
        select n.id, lane.is_head
        from (
            select distinct on (gone.chat_id, gone.priority) gone.chat_id, gone.priority, gone.id,
                gone.is_head or gone.attempt > 0 as is_head
            from gone where not gone.behind
            order by gone.chat_id, gone.priority, gone.id) lane
        cross join lateral (
            select o.id from tgworker.outbox o
            where o.chat_id = lane.chat_id and o.priority = lane.priority and o.id > lane.id
            order by o.id limit 1) n
    ) next;
    if next_rows is null then
        return null;
    end if;
    -- Not by a join, which would flip to a scan of the table when statistics are stale.
    update tgworker.outbox o
    set behind = false, is_head = o.id = any (coalesce(heads, '{}')),
        available_at = greatest(o.available_at, clock_timestamp())
    where o.behind and o.id = any (next_rows);
    return null;
end
$$;

-- A row that the sender could not read would stop the queue: it is refused at the door, as before, but by the column's type.
-- A check of the table is evaluated again by each update, which is each claim, and read from the catalog by each statement.
create domain tgworker.outbox_event as jsonb
    constraint outbox_event_readable check (
        isfinite((value ->> 'changed_at')::timestamp) is not false
        and coalesce((value ->> 'currency_id')::integer, 0) is not null
        and coalesce((value ->> 'company_id')::integer, 0) is not null);
comment on domain tgworker.outbox_event is 'The facts of an event, with values that the sender can read.';
alter table tgworker.outbox drop constraint outbox_event_readable;
alter table tgworker.outbox alter column event drop default;
alter table tgworker.outbox alter column event type tgworker.outbox_event;
alter table tgworker.outbox alter column event set default '{}';

-- As before, and the sender says whether it is parked.
create or replace function tgworker.worker_rights() returns text[]
    language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select array[
        'usage on schema tgworker',
        'select, insert, update, delete on tgworker.outbox',
        'select, insert, delete on tgworker.delivery',
        'select, insert, update on tgworker.bot',
        'select, insert, update, delete on tgworker.worker',
        'select, insert, delete on tgworker.update_log',
        'select, insert, update, delete on tgworker.chat',
        'select, insert, update, delete on tgworker.edited_message',
        'select, insert, update, delete on tgworker.identification',
        'select, insert, delete on tgworker.errand',
        'select, update, delete on tgworker.invitation',
        'select, insert on tgworker.crash_witness',
        'update on sequence tgworker.sender_parked',
        'select, update, delete on tgworker.webhook_request',
        'select on tgworker.setting, tgworker.installation, tgworker.migration',
        'update (value) on tgworker.setting',
        'execute on function tgworker.odoo_parameter(text), tgworker.local_time(timestamptz, text)',
        'execute on function tgworker.setting(text), tgworker.chat_of(bigint, bigint)',
        'execute on function tgworker.addon_version(), tgworker.receive_by(text)',
        'execute on function tgworker.partners_with_phone(text), tgworker.new_partner(text, text)',
        'execute on function tgworker.note_phone(integer, text), tgworker.retire_placeholder(integer)',
        'select on public.telegram_bot_config',
        'select on public.telegram_bot_operator_rel',
        'select, insert on public.telegram_user',
        'update (partner_id, chat_id, username, first_name, last_name, display_name, verification_code, is_verified, verified_date, last_message_date, write_uid, write_date) on public.telegram_user',
        'usage on sequence public.telegram_user_id_seq',
        'select, insert on public.telegram_message',
        'update (message_id, partner_id, text, is_read, write_uid, write_date) on public.telegram_message',
        'usage on sequence public.telegram_message_id_seq',
        'select (id, lang, tz, name, commercial_partner_id) on public.res_partner',
        'select (id, partner_id, active) on public.res_users',
        'insert on public.bus_bus',
        'usage on sequence public.bus_bus_id_seq',
        'select (id, partner_id) on public.res_company',
        'select (id, name, symbol, position, decimal_places) on public.res_currency',
        'select (code, active, date_format, time_format, decimal_point, thousands_sep, grouping) on public.res_lang',
        'select (id, name, state, amount_total, currency_id, company_id, partner_id, date_order, access_token) on public.sale_order',
        'select (id, model, name) on public.ir_model_fields',
        'select (field_id, value, name) on public.ir_model_fields_selection'
    ]
    $$;

-- As before, and the triggers' functions, which are that role's own, see whether the sender is parked.
create or replace function tgworker.grant_odoo() returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    odoo name := (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = 'public.sale_order'::regclass);
    before text := tgworker.rights_fingerprint();
    reader text;
begin
    if odoo = (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'tgworker') then
        return;
    end if;
    execute format('grant usage on schema tgworker to %I', odoo);
    execute format('grant select on tgworker.message_status, tgworker.worker, tgworker.chat, tgworker.edited_message,
        tgworker.identification, tgworker.bot_status, tgworker.worker_status, tgworker.webhook_request to %I', odoo);
    execute format('grant select (id, username, seen_at) on tgworker.bot to %I', odoo);
    execute format('grant select, update on tgworker.setting to %I', odoo);
    execute format('grant select on sequence tgworker.sender_parked to %I', odoo);
    execute format('grant insert on tgworker.outbox, tgworker.errand, tgworker.invitation, tgworker.webhook_request to %I', odoo);
    execute format('grant execute on function tgworker.retry(bigint), tgworker.discard(bigint, text),
        tgworker.chat_of(bigint, bigint), tgworker.normal_phone(text) to %I', odoo);
    for reader in
        select p.oid::regprocedure::text from pg_proc p
        where p.oid in ('tgworker.order_state_changed()'::regprocedure, 'tgworker.reply_written()'::regprocedure,
                'tgworker.odoo_parameter(text)'::regprocedure, 'tgworker.send_code(integer)'::regprocedure,
                'tgworker.invite_link(integer)'::regprocedure, 'tgworker.partners_with_phone(text)'::regprocedure,
                'tgworker.new_partner(text, text)'::regprocedure, 'tgworker.note_phone(integer, text)'::regprocedure,
                'tgworker.retire_placeholder(integer)'::regprocedure,
                'tgworker.request_webhook(integer, text)'::regprocedure, 'tgworker.bot_state()'::regprocedure,
                'tgworker.receive_by(text)'::regprocedure, 'tgworker.addon_version()'::regprocedure)
            and pg_get_userbyid(p.proowner) <> odoo
    loop
        -- A function's new owner must be able to make one there (PostgreSQL, ALTER FUNCTION).
        execute format('grant create on schema tgworker to %I', odoo);
        execute format('alter function %s owner to %I', reader, odoo);
        execute format('revoke create on schema tgworker from %I', odoo);
    end loop;
    if tgworker.rights_fingerprint() <> before then
        return next format('granted Odoo''s role %s the view of the queue', odoo);
    end if;
end
$$;
