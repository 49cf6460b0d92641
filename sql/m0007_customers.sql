-- Attaching the customer's side to Odoo: its triggers and rights, in the functions that m0004_attach.sql made.

-- The triggers on Odoo's tables. Contract: makes those that are missing and says which; leaves the others alone.
create or replace function tgworker.attach_triggers() returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted record;
begin
    for wanted in
        select * from (values
            ('tgworker_order_state', 'public.sale_order', 'after update of state',
                'for each row when (old.state is distinct from new.state and new.state is not null)', 'tgworker.order_state_changed()'),
            ('tgworker_order_created', 'public.sale_order', 'after insert',
                'for each row when (new.state <> ''draft'')', 'tgworker.order_state_changed()'),
            ('tgworker_reply', 'public.telegram_message', 'after insert',
                'for each row when (new.direction = ''outgoing'')', 'tgworker.reply_written()'),
            ('tgworker_user', 'public.telegram_user', 'after update of partner_id, is_verified',
                'for each row when (old.partner_id is distinct from new.partner_id or old.is_verified is distinct from new.is_verified)',
                'tgworker.user_changed()'),
            ('tgworker_configuration', 'public.telegram_bot_config', 'after insert or delete or update',
                'for each row', 'tgworker.bot_changed()')
        ) t (name, table_name, moment, condition, function)
        where not exists (
            select from pg_trigger g
            where g.tgname = t.name and g.tgrelid = to_regclass(t.table_name) and not g.tgisinternal)
    loop
        execute format('create trigger %I %s on %s %s execute function %s',
            wanted.name, wanted.moment, wanted.table_name, wanted.condition, wanted.function);
        return next format('created trigger %s on %s', wanted.name, wanted.table_name::regclass);
    end loop;
end
$$;

-- The worker's rights, one place for giving and taking.
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
        'select on tgworker.setting, tgworker.installation, tgworker.migration',
        'update (value) on tgworker.setting',
        'execute on function tgworker.odoo_parameter(text), tgworker.local_time(timestamptz, text)',
        'execute on function tgworker.setting(text), tgworker.chat_of(bigint, bigint)',
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

-- What Odoo's own role may do: see the state of replies and of identification, send again, send codes, invite, change
-- settings. The functions that look into Odoo's tables become its own, so that they never run with more rights than the
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
        tgworker.identification to %I', odoo);
    execute format('grant select (username, seen_at) on tgworker.bot to %I', odoo);
    execute format('grant select, update on tgworker.setting to %I', odoo);
    execute format('grant insert on tgworker.outbox, tgworker.errand, tgworker.invitation to %I', odoo);
    execute format('grant execute on function tgworker.retry(bigint), tgworker.discard(bigint, text),
        tgworker.chat_of(bigint, bigint), tgworker.normal_phone(text) to %I', odoo);
    for reader in
        select p.oid::regprocedure::text from pg_proc p
        where p.oid in ('tgworker.order_state_changed()'::regprocedure, 'tgworker.reply_written()'::regprocedure,
                'tgworker.odoo_parameter(text)'::regprocedure, 'tgworker.send_code(integer)'::regprocedure,
                'tgworker.invite_link(integer)'::regprocedure, 'tgworker.partners_with_phone(text)'::regprocedure,
                'tgworker.new_partner(text, text)'::regprocedure, 'tgworker.note_phone(integer, text)'::regprocedure,
                'tgworker.retire_placeholder(integer)'::regprocedure)
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

-- Binds the installation to this database. Contract: says what it did; fails with 55000 and a hint in a copy unless adopt.
create or replace function tgworker.pin(adopt boolean) returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    pinned tgworker.installation;
    uuid text := tgworker.odoo_parameter('database.uuid');
    discarded integer;
begin
    select * into pinned from tgworker.installation;
    if not found then
        insert into tgworker.installation (database_name, database_uuid) values (current_database(), uuid);
        return next format('bound to database %s', current_database());
    elsif pinned.database_name = current_database() and pinned.database_uuid is not distinct from uuid then
        return;
    elsif not adopt then
        raise object_not_in_prerequisite_state using
            message = format('this is a copy: tgworker was installed in database %s (%s), this is %s (%s)',
                pinned.database_name, coalesce(pinned.database_uuid, 'no uuid'),
                current_database(), coalesce(uuid, 'no uuid')),
            hint = 'If this database is the one that writes to customers from now on, run: tgworker install-sql --adopt';
    else
        update tgworker.installation set database_name = current_database(), database_uuid = uuid, pinned_at = now();
        return next format('adopted: bound to database %s instead of %s', current_database(), pinned.database_name);
        if pinned.database_uuid is distinct from uuid then
            -- Odoo gave the copy an identity of its own, so the original lives on and sends these itself, those too
            -- that were being sent when the copy was made.
            with gone as (delete from tgworker.outbox returning *)
            insert into tgworker.delivery (
                outbox_id, kind, priority, chat_id, telegram_user_id, source_id, event, outcome, reason,
                attempts, in_doubt, enqueued_at, message_id, parts)
            select g.id, g.kind, g.priority, g.chat_id, g.telegram_user_id, g.source_id, g.event, 'discarded',
                'the original database sends it', g.attempt, g.in_doubt, g.enqueued_at, g.message_id, greatest(g.parts_sent, 1)
            from gone g order by g.id;
            get diagnostics discarded = row_count;
            return next format('discarded %s waiting messages, which the original database sends', discarded);
            -- So do its codes.
            delete from tgworker.errand;
        end if;
    end if;
end
$$;

-- Nobody gets a right by default.
revoke execute on all functions in schema tgworker from public;
