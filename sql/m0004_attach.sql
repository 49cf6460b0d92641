-- Attaching to Odoo: the addon's tables where they are missing, wide ids, the triggers, the guard against copies, rights.
-- Everything here looks first and takes a lock only for what is missing, so it may be run again at any time.

-- The addon's tables, exactly as the addon makes them, but with Telegram's ids as bigint. Contract: says what it made.
create function tgworker.create_addon_tables() returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    odoo name := (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = 'public.sale_order'::regclass);
    made text;
begin
    if to_regclass('public.telegram_bot_config') is null then
        create table public.telegram_bot_config (
            id serial primary key,
            create_uid integer references public.res_users (id) on delete set null,
            write_uid integer references public.res_users (id) on delete set null,
            bot_name character varying not null,
            bot_token character varying not null,
            webhook_secret character varying not null,
            active boolean,
            create_date timestamp without time zone,
            write_date timestamp without time zone
        );
        comment on table public.telegram_bot_config is 'Конфигурация Telegram бота';
        comment on column public.telegram_bot_config.create_uid is 'Created by';
        comment on column public.telegram_bot_config.write_uid is 'Last Updated by';
        comment on column public.telegram_bot_config.bot_name is 'Имя бота';
        comment on column public.telegram_bot_config.bot_token is 'Bot Token';
        comment on column public.telegram_bot_config.webhook_secret is 'Webhook Secret';
        comment on column public.telegram_bot_config.active is 'Активен';
        comment on column public.telegram_bot_config.create_date is 'Created on';
        comment on column public.telegram_bot_config.write_date is 'Last Updated on';
        return next 'created table telegram_bot_config';
    end if;

    if to_regclass('public.telegram_bot_operator_rel') is null then
        create table public.telegram_bot_operator_rel (
            bot_id integer not null references public.telegram_bot_config (id) on delete cascade,
            user_id integer not null references public.res_users (id) on delete cascade,
            primary key (bot_id, user_id)
        );
        create index telegram_bot_operator_rel_user_id_bot_id_idx
            on public.telegram_bot_operator_rel (user_id, bot_id);
        comment on table public.telegram_bot_operator_rel is 'RELATION BETWEEN telegram_bot_config AND res_users';
        return next 'created table telegram_bot_operator_rel';
    end if;

    if to_regclass('public.telegram_user') is null then
        create table public.telegram_user (
            id serial primary key,
            telegram_id bigint not null,
            partner_id integer not null references public.res_partner (id) on delete cascade,
            chat_id bigint,
            create_uid integer references public.res_users (id) on delete set null,
            write_uid integer references public.res_users (id) on delete set null,
            username character varying,
            first_name character varying,
            last_name character varying,
            display_name character varying,
            verification_code character varying(6),
            is_verified boolean,
            verified_date timestamp without time zone,
            last_message_date timestamp without time zone,
            create_date timestamp without time zone,
            write_date timestamp without time zone,
            constraint telegram_user_telegram_id_unique unique (telegram_id)
        );
        create index telegram_user__is_verified_index on public.telegram_user (is_verified);
        create index telegram_user__partner_id_index on public.telegram_user (partner_id);
        create index telegram_user__telegram_id_index on public.telegram_user (telegram_id);
        comment on table public.telegram_user is 'Telegram пользователь';
        comment on constraint telegram_user_telegram_id_unique on public.telegram_user is 'unique(telegram_id)';
        comment on column public.telegram_user.telegram_id is 'Telegram ID';
        comment on column public.telegram_user.partner_id is 'Клиент';
        comment on column public.telegram_user.chat_id is 'Chat ID';
        comment on column public.telegram_user.create_uid is 'Created by';
        comment on column public.telegram_user.write_uid is 'Last Updated by';
        comment on column public.telegram_user.username is 'Username';
        comment on column public.telegram_user.first_name is 'Имя';
        comment on column public.telegram_user.last_name is 'Фамилия';
        comment on column public.telegram_user.display_name is 'Отображаемое имя';
        comment on column public.telegram_user.verification_code is 'Код верификации';
        comment on column public.telegram_user.is_verified is 'Верифицирован';
        comment on column public.telegram_user.verified_date is 'Дата верификации';
        comment on column public.telegram_user.last_message_date is 'Последнее сообщение';
        comment on column public.telegram_user.create_date is 'Created on';
        comment on column public.telegram_user.write_date is 'Last Updated on';
        return next 'created table telegram_user';
    end if;

    if to_regclass('public.telegram_message') is null then
        create table public.telegram_message (
            id serial primary key,
            telegram_user_id integer not null references public.telegram_user (id) on delete cascade,
            partner_id integer references public.res_partner (id) on delete set null,
            message_id bigint,
            user_id integer references public.res_users (id) on delete set null,
            reply_to_message_id integer references public.telegram_message (id) on delete set null,
            create_uid integer references public.res_users (id) on delete set null,
            write_uid integer references public.res_users (id) on delete set null,
            direction character varying not null,
            text text,
            is_read boolean,
            message_date timestamp without time zone not null,
            create_date timestamp without time zone,
            write_date timestamp without time zone
        );
        create index telegram_message__message_date_index on public.telegram_message (message_date);
        create index telegram_message__partner_id_index on public.telegram_message (partner_id);
        create index telegram_message__telegram_user_id_index on public.telegram_message (telegram_user_id);
        comment on table public.telegram_message is 'Сообщение Telegram';
        comment on column public.telegram_message.telegram_user_id is 'Telegram пользователь';
        comment on column public.telegram_message.partner_id is 'Клиент';
        comment on column public.telegram_message.message_id is 'Message ID';
        comment on column public.telegram_message.user_id is 'Оператор';
        comment on column public.telegram_message.reply_to_message_id is 'Ответ на сообщение';
        comment on column public.telegram_message.create_uid is 'Created by';
        comment on column public.telegram_message.write_uid is 'Last Updated by';
        comment on column public.telegram_message.direction is 'Направление';
        comment on column public.telegram_message.text is 'Текст сообщения';
        comment on column public.telegram_message.is_read is 'Прочитано';
        comment on column public.telegram_message.message_date is 'Дата сообщения';
        comment on column public.telegram_message.create_date is 'Created on';
        comment on column public.telegram_message.write_date is 'Last Updated on';
        return next 'created table telegram_message';
    end if;

    if to_regclass('public.telegram_message_wizard') is null then
        create table public.telegram_message_wizard (
            id serial primary key,
            telegram_user_id integer not null references public.telegram_user (id) on delete cascade,
            reply_to_message_id integer references public.telegram_message (id) on delete set null,
            create_uid integer references public.res_users (id) on delete set null,
            write_uid integer references public.res_users (id) on delete set null,
            text text not null,
            create_date timestamp without time zone,
            write_date timestamp without time zone
        );
        comment on table public.telegram_message_wizard is 'Мастер отправки сообщения в Telegram';
        comment on column public.telegram_message_wizard.telegram_user_id is 'Telegram пользователь';
        comment on column public.telegram_message_wizard.reply_to_message_id is 'Ответ на сообщение';
        comment on column public.telegram_message_wizard.create_uid is 'Created by';
        comment on column public.telegram_message_wizard.write_uid is 'Last Updated by';
        comment on column public.telegram_message_wizard.text is 'Текст сообщения';
        comment on column public.telegram_message_wizard.create_date is 'Created on';
        comment on column public.telegram_message_wizard.write_date is 'Last Updated on';
        return next 'created table telegram_message_wizard';
    end if;

    -- Odoo alters its tables when the addon is installed or upgraded, which takes the owner.
    for made in
        select c.oid::regclass::text from pg_class c
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
            and c.relname in ('telegram_bot_config', 'telegram_bot_operator_rel', 'telegram_user',
                'telegram_message', 'telegram_message_wizard')
            and pg_get_userbyid(c.relowner) = current_user and odoo <> current_user
    loop
        execute format('alter table %s owner to %I', made, odoo);
    end loop;
end
$$;
comment on function tgworker.create_addon_tables() is 'Makes the addon''s tables that are missing; says which.';

-- Telegram's ids have up to 52 bits; the addon made the columns int4. Contract: says what it widened; keeps the rest.
create function tgworker.widen_ids() returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    narrow record;
begin
    for narrow in
        select a.attrelid::regclass as table_name, array_agg(a.attname order by a.attname) as columns,
            string_agg(format('alter column %I type bigint', a.attname), ', ') as changes
        from pg_attribute a
        where a.atttypid = 'int4'::regtype and not a.attisdropped
            and (a.attrelid, a.attname) in (
                (to_regclass('public.telegram_user'), 'telegram_id'), (to_regclass('public.telegram_user'), 'chat_id'),
                (to_regclass('public.telegram_message'), 'message_id'))
        group by a.attrelid
        order by a.attrelid::regclass::text
    loop
        -- One statement, so that the table is rewritten once.
        execute format('alter table %s %s', narrow.table_name, narrow.changes);
        return query select format('widened %s.%s to bigint', narrow.table_name, c) from unnest(narrow.columns) c;
    end loop;
end
$$;
comment on function tgworker.widen_ids() is 'Widens the int4 columns that hold Telegram''s ids to bigint; says which.';

-- The triggers on Odoo's tables. Contract: makes those that are missing and says which; leaves the others alone.
create function tgworker.attach_triggers() returns setof text
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
            -- Only what matters here: a polling addon writes its offset into the row with every update it gets.
            ('tgworker_configuration', 'public.telegram_bot_config', 'after insert or delete or update of bot_token, active',
                'for each statement', 'tgworker.configuration_changed()')
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
comment on function tgworker.attach_triggers() is 'Makes the triggers on Odoo''s tables that are missing; says which.';

-- Binds the installation to this database. Contract: says what it did; fails with 55000 and a hint in a copy unless adopt.
create function tgworker.pin(adopt boolean) returns setof text
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
        end if;
    end if;
end
$$;
comment on function tgworker.pin(boolean) is 'Binds the installation to this database; refuses a copy unless it is adopted.';

-- The worker's rights, one place for giving and taking.
create function tgworker.worker_rights() returns text[]
    language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select array[
        'usage on schema tgworker',
        'select, insert, update, delete on tgworker.outbox',
        'select, insert, delete on tgworker.delivery',
        'select, insert, update on tgworker.bot',
        'select, insert, update, delete on tgworker.worker',
        'select on tgworker.setting, tgworker.installation, tgworker.migration',
        'execute on function tgworker.odoo_parameter(text), tgworker.local_time(timestamptz, text)',
        'select (id, bot_name, bot_token, active) on public.telegram_bot_config',
        'select (id, telegram_id, chat_id, partner_id, is_verified) on public.telegram_user',
        'select, insert on public.telegram_message',
        'update (message_id) on public.telegram_message',
        'usage on sequence public.telegram_message_id_seq',
        'select (id, lang, tz) on public.res_partner',
        'select (id, partner_id) on public.res_company',
        'select (id, name, symbol, position, decimal_places) on public.res_currency',
        'select (code, active, date_format, time_format, decimal_point, thousands_sep, grouping) on public.res_lang',
        'select (id, name, state, amount_total, currency_id, company_id) on public.sale_order',
        'select (id, model, name) on public.ir_model_fields',
        'select (field_id, value, name) on public.ir_model_fields_selection'
    ]
    $$;
comment on function tgworker.worker_rights() is 'What the worker needs, as the objects of GRANT.';

-- Whose the object of such a right is. Contract: NULL when it is gone. Owners are neither given nor denied anything:
-- to take a right of its own from Odoo's role would stop Odoo.
create function tgworker.owner_of(right_ text) returns name
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select case
        when $1 ~ ' public\.\w+$' then
            (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = to_regclass(substring($1 from 'public\.\w+$')))
        else (select pg_get_userbyid(n.nspowner) from pg_namespace n where n.nspname = 'tgworker')
    end
    $$;
comment on function tgworker.owner_of(text) is 'Owner of the object of one of the worker''s rights; NULL when it is gone.';

-- Changes whenever a right does, so that a change can be told from a repetition.
create function tgworker.rights_fingerprint() returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select md5(string_agg(line, ';' order by line)) from (
        select concat_ws(' ', n.oid, n.nspacl) from pg_namespace n where n.nspname = 'tgworker'
        union all
        select concat_ws(' ', p.oid, p.proowner, p.proacl) from pg_proc p where p.pronamespace = 'tgworker'::regnamespace
        union all
        select concat_ws(' ', c.oid, c.relacl, a.attnum, a.attacl)
        from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attacl is not null
        where c.relnamespace in ('tgworker'::regnamespace, 'public'::regnamespace)
    ) rights (line)
    $$;
comment on function tgworker.rights_fingerprint() is 'Changes whenever a right on Odoo''s or tgworker''s objects does.';

-- Gives a role what the worker needs and nothing more. Contract: says so unless the role had it all.
create function tgworker.grant_worker(role_name name) returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    before text := tgworker.rights_fingerprint();
    right_ text;
begin
    for right_ in select r from unnest(tgworker.worker_rights()) r where tgworker.owner_of(r) is distinct from $1 loop
        execute format('grant %s to %I', right_, role_name);
    end loop;
    insert into tgworker.granted_role (role_name) values ($1) on conflict do nothing;
    if tgworker.rights_fingerprint() <> before then
        return next format('granted the worker''s rights to role %s', role_name);
    end if;
end
$$;
comment on function tgworker.grant_worker(name) is 'Gives a role what the worker needs and nothing more.';

-- Contract: the counterpart, for uninstalling; passes over what is gone.
create function tgworker.revoke_worker(role_name name) returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    right_ text;
begin
    delete from tgworker.granted_role g where g.role_name = $1;
    if exists (select from pg_roles r where r.rolname = $1) then
        for right_ in select r from unnest(tgworker.worker_rights()) r where tgworker.owner_of(r) <> $1 loop
            execute format('revoke %s from %I', right_, role_name);
        end loop;
        return next format('revoked the worker''s rights from role %s', role_name);
    end if;
end
$$;
comment on function tgworker.revoke_worker(name) is 'Takes back what grant_worker gave.';

-- Gives their rights again to the roles that have been given them: those on a table that Odoo made anew went with the
-- old one. Contract: says for which roles it mattered; forgets roles that are gone.
create function tgworker.renew_grants() returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    delete from tgworker.granted_role g where not exists (select from pg_roles r where r.rolname = g.role_name);
    return query select line from tgworker.granted_role g, tgworker.grant_worker(g.role_name) line order by g.role_name;
end
$$;
comment on function tgworker.renew_grants() is 'Gives the worker''s rights again where a table was made anew.';

-- What Odoo's own role may do: see the state of replies, send again, change settings. The functions that look into
-- Odoo's tables become its own, so that they never run with more rights than the tables' owner has, whoever installs;
-- for them it may write the outbox. Contract: says so unless it was so.
create function tgworker.grant_odoo() returns setof text
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
    execute format('grant select on tgworker.message_status, tgworker.worker to %I', odoo);
    execute format('grant select, update on tgworker.setting to %I', odoo);
    execute format('grant insert on tgworker.outbox to %I', odoo);
    execute format('grant execute on function tgworker.retry(bigint), tgworker.discard(bigint, text),
        tgworker.chat_of(bigint, bigint) to %I', odoo);
    for reader in
        select p.oid::regprocedure::text from pg_proc p
        where p.oid in ('tgworker.order_state_changed()'::regprocedure, 'tgworker.reply_written()'::regprocedure,
                'tgworker.odoo_parameter(text)'::regprocedure)
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
comment on function tgworker.grant_odoo() is 'Lets Odoo''s role see the state of replies and send them again; makes its own what reads its tables.';

-- Nobody gets a right by default.
revoke execute on all functions in schema tgworker from public;
