-- The inbox: every update that Telegram delivered and what became of it, the state of chats, and answers in the outbox.

-- An answer is what the bot says by itself: to a command, a code, a wrong word. What is said is in event.
alter table tgworker.outbox
    drop constraint outbox_kind_check,
    add constraint outbox_kind_check check (kind in ('order_state', 'reply', 'answer'));
comment on column tgworker.outbox.kind is
    'order_state: an order''s state changed; reply: an operator wrote; answer: the bot says something by itself.';

create table tgworker.update_log (
    id bigint generated always as identity primary key,
    bot_id bigint not null,
    update_id bigint,
    received_at timestamptz not null default now(),
    outcome text not null check (outcome in ('handled', 'ignored', 'failed')),
    reason text,
    raw text not null,
    constraint update_log_update unique (bot_id, update_id)
);
comment on table tgworker.update_log is
    'The inbox: every update received, once. Written in the transaction that holds everything the update causes.';
comment on column tgworker.update_log.id is 'Order of handling.';
comment on column tgworker.update_log.bot_id is 'Telegram''s id of the bot that received it.';
comment on column tgworker.update_log.update_id is
    'Telegram''s number of the update, by which a repetition is known; NULL when it could not be read.';
comment on column tgworker.update_log.received_at is 'When its transaction began.';
comment on column tgworker.update_log.outcome is
    'handled; ignored (nothing for this bot to do); failed (it made no sense, and what it had caused was undone).';
comment on column tgworker.update_log.reason is 'What it was ignored for, or what went wrong.';
comment on column tgworker.update_log.raw is 'The JSON as it came.';
create index update_log_received on tgworker.update_log (received_at);

create table tgworker.chat (
    bot_id bigint not null,
    chat_id bigint not null,
    language_code text,
    blocked_since timestamptz,
    blocked_reason text,
    primary key (bot_id, chat_id)
);
comment on table tgworker.chat is 'What is known of private chats besides telegram_user: for each bot, because a block is one of its own.';
comment on column tgworker.chat.bot_id is 'Telegram''s id of the bot.';
comment on column tgworker.chat.chat_id is 'Telegram''s id of the chat, which is the user''s.';
comment on column tgworker.chat.language_code is 'Language of the user''s Telegram, when it was last seen (IETF tag).';
comment on column tgworker.chat.blocked_since is 'When it was last seen that nothing reaches the chat; NULL while it is open.';
comment on column tgworker.chat.blocked_reason is 'Why, in words for an operator.';

create table tgworker.edited_message (
    telegram_message_id integer primary key,
    edited_at timestamptz not null
);
comment on table tgworker.edited_message is 'Messages that the customer has changed after sending them.';
comment on column tgworker.edited_message.telegram_message_id is 'telegram_message.id.';
comment on column tgworker.edited_message.edited_at is 'Telegram''s time of the change that the text is of.';

alter table tgworker.bot
    add column webhook_path text,
    add column webhook_token text;
comment on column tgworker.bot.webhook_path is
    'The secret in the webhook''s path, where telegram_bot_config.webhook_secret has none. A secret.';
comment on column tgworker.bot.webhook_token is
    'What Telegram sends with each update in X-Telegram-Bot-Api-Secret-Token. A secret.';

alter table tgworker.setting
    drop constraint setting_kind_check,
    drop constraint setting_value_valid,
    add constraint setting_kind_check check (kind in ('boolean', 'choice', 'list', 'text', 'number')),
    add constraint setting_value_valid check (
        value is null
        or case kind
            when 'boolean' then value in ('true', 'false')
            when 'choice' then value = any (choices)
            when 'number' then value ~ '^[0-9]{1,6}$'
            else true
        end
    );
comment on column tgworker.setting.kind is
    'boolean (true or false), choice (one of choices), list (comma separated), number (whole) or text.';

insert into tgworker.setting (name, default_value, kind, choices, description) values
    ('receive', 'polling', 'choice', '{polling,webhook}',
     'How customers'' messages come in: polling needs no public address; webhook needs one behind https. Where Odoo''s bot configuration has a field use_webhook, that decides.'),
    ('public_url', '', 'text', null,
     'The public https address of the webhook, up to /telegram/webhook; empty is Odoo''s web.base.url.'),
    ('operator_toast', 'true', 'boolean', null,
     'Whether the bot''s operators see a notice in Odoo when a customer writes.');

-- Contract: called for each changed row of telegram_bot_config; tells the worker when something changed that it reads.
-- Row by row and by name, because a polling addon writes its offset into the row with every update it gets, and because
-- not every version of the addon has all columns.
create function tgworker.bot_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    before jsonb := case when tg_op = 'INSERT' then '{}' else to_jsonb(old) end;
    after jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
begin
    if exists (
        select from unnest('{id,bot_token,active,webhook_secret,use_webhook}'::text[]) k
        where before -> k is distinct from after -> k)
    then
        perform pg_notify('tgworker', 'configuration');
    end if;
    return null;
end
$$;
comment on function tgworker.bot_changed() is 'Trigger: the bot''s configuration changed; tells the worker.';

-- Attached anew with the others, to the function above.
do $$
begin
    if to_regclass('public.telegram_bot_config') is not null then
        drop trigger if exists tgworker_configuration on public.telegram_bot_config;
    end if;
end
$$;
