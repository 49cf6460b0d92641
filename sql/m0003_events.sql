-- The events of the shop: trigger functions that write the outbox in the business transaction. Odoo must never notice
-- them: one guarded INSERT, no lock on a shared row, no error when the addon's tables are gone.

-- A user's chat. Odoo writes 0 where a form's number is left empty, and a private chat's id equals the user's.
-- Contract: immutable; NULL when the user has none.
create function tgworker.chat_of(chat_id bigint, telegram_id bigint) returns bigint
    language sql immutable
    as $$ select coalesce(nullif($1, 0), nullif($2, 0)) $$;
comment on function tgworker.chat_of(bigint, bigint) is 'Telegram''s id of the chat with a telegram_user.';

-- Contract: for each row of sale_order whose state changed (or that was created in a state other than draft), one outbox
-- row for each verified Telegram user of the customer: the order's partner or the company it belongs to.
create function tgworker.order_state_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('public.telegram_user') is null or to_regclass('tgworker.outbox') is null then
        return null;
    end if;
    insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, source_id, event)
    select 'order_state', 2, tgworker.chat_of(u.chat_id, u.telegram_id), u.id, new.id,
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
    where u.is_verified and tgworker.chat_of(u.chat_id, u.telegram_id) is not null
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
    if found then
        perform pg_notify('tgworker', 'outbox');
    end if;
    return null;
end
$$;
comment on function tgworker.order_state_changed() is 'Trigger: an order''s state changed; queues a notification.';

-- Contract: for each outgoing telegram_message without Telegram's id, one outbox row.
create function tgworker.reply_written() returns trigger
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
    if found then
        perform pg_notify('tgworker', 'outbox');
    end if;
    return null;
end
$$;
comment on function tgworker.reply_written() is 'Trigger: an operator wrote a message; queues it.';

-- A moment in a time zone by name; UTC when PostgreSQL does not know the name. Contract: never fails.
create function tgworker.local_time(moment timestamptz, time_zone text) returns timestamp
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
begin
    return moment at time zone coalesce(time_zone, 'UTC');
exception when invalid_parameter_value then
    return moment at time zone 'UTC';
end
$$;
comment on function tgworker.local_time(timestamptz, text) is 'A moment in a time zone; UTC when the name is unknown.';
