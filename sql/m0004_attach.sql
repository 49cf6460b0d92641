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
            and c.relowner = current_user::regrole and odoo <> current_user
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
        select a.attrelid::regclass as table_name, a.attname
        from pg_attribute a
        where a.atttypid = 'int4'::regtype and not a.attisdropped
            and (a.attrelid, a.attname) in (
                (to_regclass('public.telegram_user'), 'telegram_id'), (to_regclass('public.telegram_user'), 'chat_id'),
                (to_regclass('public.telegram_message'), 'message_id'))
        order by 1, 2
    loop
        execute format('alter table %s alter column %I type bigint', narrow.table_name, narrow.attname);
        return next format('widened %s.%s to bigint', narrow.table_name, narrow.attname);
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
                'for each row when (old.state is distinct from new.state)', 'tgworker.order_state_changed()'),
            ('tgworker_order_created', 'public.sale_order', 'after insert',
                'for each row when (new.state is distinct from ''draft'')', 'tgworker.order_state_changed()'),
            ('tgworker_reply', 'public.telegram_message', 'after insert',
                'for each row when (new.direction = ''outgoing'' and new.message_id is null)', 'tgworker.reply_written()'),
            ('tgworker_configuration', 'public.telegram_bot_config', 'after insert or update or delete',
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
    uuid text := (select p.value from public.ir_config_parameter p where p.key = 'database.uuid');
    discarded bigint;
begin
    select * into pinned from tgworker.installation;
    if pinned is null then
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
            -- Odoo gave the copy an identity of its own, so the original lives on and sends these itself.
            select count(*) filter (where tgworker.discard(o.id, 'the original database sends it')) into discarded
            from tgworker.outbox o;
            return next format('discarded %s waiting messages, which the original database sends', discarded);
        end if;
    end if;
end
$$;
comment on function tgworker.pin(boolean) is 'Binds the installation to this database; refuses a copy unless it is adopted.';

-- Gives a role what the worker needs and nothing more. Contract: may be repeated.
create function tgworker.grant_worker(role_name name) returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    right_ text;
begin
    foreach right_ in array tgworker.worker_rights() loop
        execute format('grant %s to %I', right_, role_name);
    end loop;
    insert into tgworker.granted_role (role_name) values ($1) on conflict do nothing;
    return next format('granted the worker''s rights to role %s', role_name);
end
$$;
comment on function tgworker.grant_worker(name) is 'Gives a role what the worker needs and nothing more.';

-- Contract: the counterpart, for uninstalling.
create function tgworker.revoke_worker(role_name name) returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    right_ text;
begin
    if exists (select from pg_roles r where r.rolname = $1) then
        foreach right_ in array tgworker.worker_rights() loop
            execute format('revoke %s from %I', right_, role_name);
        end loop;
    end if;
    delete from tgworker.granted_role g where g.role_name = $1;
    return next format('revoked the worker''s rights from role %s', role_name);
end
$$;
comment on function tgworker.revoke_worker(name) is 'Takes back what grant_worker gave.';

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
        'execute on function tgworker.odoo_parameter(text)',
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

-- What Odoo's own role may do: see the state of replies, send again, change settings. Contract: may be repeated.
create function tgworker.grant_odoo() returns setof text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    odoo name := (select pg_get_userbyid(c.relowner) from pg_class c where c.oid = 'public.sale_order'::regclass);
begin
    if has_schema_privilege(odoo, 'tgworker', 'usage') then
        return;
    end if;
    execute format('grant usage on schema tgworker to %I', odoo);
    execute format('grant select on tgworker.message_status, tgworker.worker to %I', odoo);
    execute format('grant select, update on tgworker.setting to %I', odoo);
    execute format('grant execute on function tgworker.retry(bigint), tgworker.discard(bigint, text) to %I', odoo);
    return next format('granted Odoo''s role %s the view of the queue', odoo);
end
$$;
comment on function tgworker.grant_odoo() is 'Lets Odoo''s role see the state of replies and send them again.';

revoke execute on function tgworker.create_addon_tables(), tgworker.widen_ids(), tgworker.attach_triggers(),
    tgworker.pin(boolean), tgworker.grant_worker(name), tgworker.revoke_worker(name), tgworker.grant_odoo() from public;
