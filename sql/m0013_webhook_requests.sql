-- What Odoo asks of the worker, and what it sees of it: the webhook's buttons, the state of bots and of workers. And
-- what the worker must know of Odoo: which addon is installed there.

create table tgworker.webhook_request (
    id bigint generated always as identity primary key,
    bot_config_id integer not null,
    action text not null check (action in ('set', 'delete')),
    requested_at timestamptz not null default clock_timestamp(),
    answered_at timestamptz,
    ok boolean,
    answer text,
    constraint webhook_request_answer_whole check (
        (answered_at is null) = (ok is null) and (answered_at is null) = (answer is null))
);
comment on table tgworker.webhook_request is
    'What Odoo asked for: to set a bot''s webhook or to remove it. Rows are added, answered by the sender, and removed when a later one of that bot is answered, so that nobody waits for another''s row.';
comment on column tgworker.webhook_request.id is 'Order of the requests; the last one of a bot counts.';
comment on column tgworker.webhook_request.bot_config_id is 'telegram_bot_config.id.';
comment on column tgworker.webhook_request.action is 'set: updates are to come in by the webhook; delete: by polling.';
comment on column tgworker.webhook_request.requested_at is 'When it was asked for.';
comment on column tgworker.webhook_request.answered_at is 'When the worker was done with it; NULL while it waits.';
comment on column tgworker.webhook_request.ok is 'Whether it is so now.';
comment on column tgworker.webhook_request.answer is 'What was done, or why not, in words for a person; never holds a secret.';

-- Asks the worker to set a bot's webhook ('set') or to remove it ('delete'); what became of it is in tgworker.bot_status.
-- Contract: never waits; fails with a message for a person when there is no such bot or action.
create function tgworker.request_webhook(bot integer, action text) returns void
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    is_known boolean := false;
begin
    if $2 is null or $2 not in ('set', 'delete') then
        raise invalid_parameter_value using
            message = format('the action is set or delete, not %s', coalesce($2, 'NULL'));
    end if;
    if to_regclass('public.telegram_bot_config') is not null then
        select count(*) > 0 into is_known from public.telegram_bot_config c where c.id = $1;
    end if;
    if not is_known then
        raise no_data_found using message = format('there is no bot configuration %s', coalesce($1::text, 'NULL'));
    end if;
    insert into tgworker.webhook_request (bot_config_id, action) values ($1, $2);
    -- Requests are looked at with the configuration.
    perform pg_notify('tgworker', 'configuration');
end
$$;
comment on function tgworker.request_webhook(integer, text) is
    'Asks the worker to set a bot''s webhook (set) or to remove it (delete); the answer is in tgworker.bot_status.';

-- Makes a way ('polling', 'webhook') the one that updates come in by: Odoo's field where the addon has it, else the
-- setting. Contract: changes nothing, and wakes nobody, where it is so already.
create function tgworker.receive_by(way text) returns void
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if exists (
        select from tgworker.setting s where s.name = 'receive' and coalesce(s.value, s.default_value) <> $1)
    then
        update tgworker.setting s set value = $1 where s.name = 'receive';
    end if;
    -- Not every version of the addon has the field.
    if exists (
        select from pg_attribute a
        where a.attrelid = to_regclass('public.telegram_bot_config') and a.attname = 'use_webhook'
            and not a.attisdropped)
    then
        execute 'update public.telegram_bot_config set use_webhook = $1 where active and use_webhook is distinct from $1'
            using $1 = 'webhook';
    end if;
end
$$;
comment on function tgworker.receive_by(text) is 'Makes polling or webhook the way that updates come in by.';

-- Contract: the version of Odoo's module telegram_bot while it is installed, NULL while it is not.
create function tgworker.addon_version() returns text
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('public.ir_module_module') is null then
        return null;
    end if;
    return (
        select m.latest_version from public.ir_module_module m
        where m.name = 'telegram_bot' and m.state in ('installed', 'to upgrade', 'to remove'));
end
$$;
comment on function tgworker.addon_version() is 'Version of Odoo''s module telegram_bot while it is installed.';

-- The rows of tgworker.bot_status. A function, because a view on the addon's table would keep Odoo from changing the
-- table, or would go with it. Contract: one row for each row of telegram_bot_config, without the token.
create function tgworker.bot_state() returns table (
        bot_config_id integer, username text, webhook_action text, webhook_requested_at timestamptz,
        webhook_answered_at timestamptz, webhook_ok boolean, webhook_answer text)
    language plpgsql stable security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('public.telegram_bot_config') is null then
        return;
    end if;
    return query
        select c.id, b.username, r.action, r.requested_at, r.answered_at, r.ok, r.answer
        from public.telegram_bot_config c
        left join tgworker.bot b on b.id::text = split_part(trim(c.bot_token), ':', 1)
        left join lateral (
            select q.* from tgworker.webhook_request q where q.bot_config_id = c.id order by q.id desc limit 1
        ) r on true
        order by c.id;
end
$$;
comment on function tgworker.bot_state() is 'The rows of tgworker.bot_status.';

-- For Odoo's screens: the bots and what became of the webhook's buttons.
create view tgworker.bot_status as
    select s.bot_config_id, s.username, s.webhook_action, s.webhook_requested_at, s.webhook_answered_at, s.webhook_ok,
        s.webhook_answer
    from tgworker.bot_state() s;
comment on view tgworker.bot_status is
    'Each bot of Odoo''s configuration: its name at Telegram, and what became of the last tgworker.request_webhook().';
comment on column tgworker.bot_status.bot_config_id is 'telegram_bot_config.id.';
comment on column tgworker.bot_status.username is 'The bot''s name at Telegram, without @; NULL until the worker has asked.';
comment on column tgworker.bot_status.webhook_action is 'set or delete, what was asked for last; NULL when nothing ever was.';
comment on column tgworker.bot_status.webhook_requested_at is 'When it was asked for.';
comment on column tgworker.bot_status.webhook_answered_at is 'When the worker was done with it; NULL while it waits.';
comment on column tgworker.bot_status.webhook_ok is 'Whether it is so now.';
comment on column tgworker.bot_status.webhook_answer is 'What was done, or why not, in words for a person.';

alter table tgworker.worker add column last_error_at timestamptz;
comment on column tgworker.worker.last_error is
    'What is wrong at the moment, in words for a person, as of the last heartbeat; never holds a secret. NULL when nothing is.';
comment on column tgworker.worker.last_error_at is 'The heartbeat that first said so.';

-- For Odoo's screens: whether anybody sends, and how it goes. An instance says about once a minute that it is alive; that
-- there is a sender is known at once, by the lock that its session holds ("tgwsendr").
create view tgworker.worker_status as
    with alive as (
        select w.host, w.process_id, w.role, w.heartbeat_at, w.last_error, w.last_error_at
        from tgworker.worker w
        where w.role <> 'stopped' and w.heartbeat_at > now() - interval '150 seconds'
    )
    select sender.name is not null as sender_alive,
        sender.name as sender,
        (select count(*)::integer from alive) as instances,
        (select count(*) from (select from tgworker.outbox limit 10000) counted) as waiting,
        (select o.enqueued_at from tgworker.outbox o order by o.id limit 1) as oldest_waiting_since,
        (select max(b.paused_until) from tgworker.bot b where b.paused_until > now()) as paused_until,
        trouble.last_error,
        trouble.last_error_at
    from (select) one
    left join lateral (
        select a.host || ', process ' || a.process_id as name from alive a
        where a.role = 'sender' and exists (
            select from pg_locks l
            where l.locktype = 'advisory' and l.granted and l.classid = 1952937843 and l.objid = 1701733490
                and l.objsubid = 1 and l.database = (select d.oid from pg_database d where d.datname = current_database()))
        order by a.heartbeat_at desc limit 1
    ) sender on true
    left join lateral (
        select a.last_error, a.last_error_at from alive a where a.last_error is not null
        order by a.role = 'sender' desc, a.last_error_at desc limit 1
    ) trouble on true;
comment on view tgworker.worker_status is 'One row: whether a worker sends, how many there are, what waits, and what is wrong.';
comment on column tgworker.worker_status.sender_alive is 'Whether an instance holds the sender''s lock and was heard of lately.';
comment on column tgworker.worker_status.sender is 'Its host and process id.';
comment on column tgworker.worker_status.instances is 'Instances that were heard of within two and a half minutes, the sender included.';
comment on column tgworker.worker_status.waiting is 'Messages that are still to be sent, counted to 10,000 at most.';
comment on column tgworker.worker_status.oldest_waiting_since is 'When the oldest of them was written.';
comment on column tgworker.worker_status.paused_until is 'Telegram asked the whole bot to wait until then.';
comment on column tgworker.worker_status.last_error is 'What is wrong, in words for a person, with the sender if anything, else with another instance; NULL when nothing is.';
comment on column tgworker.worker_status.last_error_at is 'Since when.';

-- What the worker needs, as the objects of GRANT: besides what it needed before, the requests and two functions.
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

-- What Odoo's own role may do: see the state of replies, of identification, of bots and workers, send again, send codes,
-- invite, ask for the webhook, change settings. The functions that look into Odoo's tables become its own, so that they never run with more rights than the
-- tables' owner has, whoever installs; for them it may write the outbox. Contract: says so unless it was so.
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

-- Nobody gets a right by default.
revoke execute on all functions in schema tgworker from public;
