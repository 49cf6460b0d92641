-- Makes a database with Sales look as the original addon leaves it (17.0.1.0.0), or, with `later`, its later version, which
-- polls from a scheduled action and knows CRM: tables, records, a conversation. For the upgrade that scripts/test-odoo runs.
--
--   psql --set=later=false|true --file=original_addon.sql DATABASE

\set ON_ERROR_STOP on
begin;

create table telegram_bot_config (
    id serial primary key,
    create_uid integer references res_users on delete set null,
    write_uid integer references res_users on delete set null,
    bot_name varchar not null,
    bot_token varchar not null,
    webhook_secret varchar not null,
    active boolean,
    create_date timestamp,
    write_date timestamp
);
create table telegram_bot_operator_rel (
    bot_id integer not null references telegram_bot_config on delete cascade,
    user_id integer not null references res_users on delete cascade,
    primary key (bot_id, user_id)
);
create table telegram_user (
    id serial primary key,
    telegram_id integer not null constraint telegram_user_telegram_id_unique unique,
    partner_id integer not null references res_partner on delete cascade,
    chat_id integer,
    create_uid integer references res_users on delete set null,
    write_uid integer references res_users on delete set null,
    username varchar,
    first_name varchar,
    last_name varchar,
    display_name varchar,
    verification_code varchar(6),
    is_verified boolean,
    verified_date timestamp,
    last_message_date timestamp,
    create_date timestamp,
    write_date timestamp
);
create table telegram_message (
    id serial primary key,
    telegram_user_id integer not null references telegram_user on delete cascade,
    partner_id integer references res_partner on delete set null,
    message_id integer,
    user_id integer references res_users on delete set null,
    reply_to_message_id integer references telegram_message on delete set null,
    create_uid integer references res_users on delete set null,
    write_uid integer references res_users on delete set null,
    direction varchar not null,
    text text,
    is_read boolean,
    message_date timestamp not null,
    create_date timestamp,
    write_date timestamp
);
create table telegram_message_wizard (
    id serial primary key,
    telegram_user_id integer not null references telegram_user on delete cascade,
    reply_to_message_id integer references telegram_message on delete set null,
    create_uid integer references res_users on delete set null,
    write_uid integer references res_users on delete set null,
    text text not null,
    create_date timestamp,
    write_date timestamp
);

-- An external id of the addon's.
create function pg_temp.entered(name text, model text, id integer, noupdate boolean default false) returns void
    language sql as $$
    insert into ir_model_data (module, name, model, res_id, noupdate)
    values ('telegram_bot', $1, $2, $3, $4)
    $$;

create function pg_temp.model(model text, name text, transient boolean default false) returns void
    language plpgsql as $$
declare
    made integer;
begin
    insert into ir_model (model, name, state, transient, "order")
    values ($1, jsonb_build_object('en_US', $2), 'base', $3, 'id') returning ir_model.id into made;
    perform pg_temp.entered('model_' || replace($1, '.', '_'), 'ir.model', made);
end
$$;

create function pg_temp.field(model text, name text, kind text, relation text default null) returns void
    language plpgsql as $$
declare
    made integer;
begin
    insert into ir_model_fields (model_id, model, name, ttype, relation, field_description, state, store, copied, on_delete)
    select m.id, $1, $2, $3, $4, jsonb_build_object('en_US', $2), 'base', true, true,
        case when $3 = 'many2one' then 'set null' end
    from ir_model m where m.model = $1
    returning ir_model_fields.id into made;
    perform pg_temp.entered('field_' || replace($1, '.', '_') || '__' || $2, 'ir.model.fields', made);
end
$$;

create function pg_temp.view(name text, model text, kind text, inherits text, arch text) returns void
    language plpgsql as $$
declare
    made integer;
begin
    insert into ir_ui_view (name, model, type, mode, priority, active, arch_db, inherit_id)
    select $1, $2, $3, case when $4 is null then 'primary' else 'extension' end, 16, true,
        jsonb_build_object('en_US', $5),
        (select d.res_id from ir_model_data d where d.module || '.' || d.name = $4)
    returning ir_ui_view.id into made;
    perform pg_temp.entered($1, 'ir.ui.view', made);
end
$$;

select pg_temp.model('telegram.bot.config', 'Конфигурация Telegram бота');
select pg_temp.model('telegram.user', 'Telegram пользователь');
select pg_temp.model('telegram.message', 'Сообщение Telegram');
select pg_temp.model('telegram.message.wizard', 'Мастер отправки сообщения в Telegram', true);

select pg_temp.field('telegram.bot.config', f, 'char') from unnest('{bot_name,bot_token,webhook_secret}'::text[]) f;
select pg_temp.field('telegram.bot.config', 'active', 'boolean');
select pg_temp.field('telegram.user', f, 'integer') from unnest('{telegram_id,chat_id}'::text[]) f;
select pg_temp.field('telegram.user', 'partner_id', 'many2one', 'res.partner');
select pg_temp.field('telegram.message', 'message_id', 'integer');
select pg_temp.field('telegram.message', 'telegram_user_id', 'many2one', 'telegram.user');

select pg_temp.view('view_telegram_user_form', 'telegram.user', 'form', null, '<form><field name="telegram_id"/></form>');
select pg_temp.view('view_telegram_message_tree', 'telegram.message', 'tree', null, '<tree><field name="message_id"/></tree>');
select pg_temp.view('view_partner_form_telegram', 'res.partner', 'form', 'base.view_partner_form', '<data/>');

with made as (
    insert into ir_ui_menu (name, sequence, active) values ('{"en_US": "Telegram"}', 100, true) returning id
)
select pg_temp.entered('menu_telegram_root', 'ir.ui.menu', id) from made;
with made as (
    insert into ir_ui_menu (name, sequence, active, parent_id)
    select '{"en_US": "История сообщений"}', 10, true, res_id from ir_model_data where name = 'menu_telegram_root'
    returning id
)
select pg_temp.entered('menu_telegram_message_list', 'ir.ui.menu', id) from made;
with made as (
    insert into res_groups (name) values ('{"en_US": "Telegram Оператор"}') returning id
)
select pg_temp.entered('group_telegram_operator', 'res.groups', id) from made;
with made as (
    insert into ir_model_access (name, active, model_id, group_id, perm_read, perm_write, perm_create, perm_unlink)
    select 'telegram.user.user', true, m.id, g.res_id, true, true, true, false
    from ir_model m, ir_model_data g where m.model = 'telegram.user' and g.module = 'base' and g.name = 'group_user'
    returning id
)
select pg_temp.entered('access_telegram_user_user', 'ir.model.access', id) from made;

insert into telegram_bot_config (bot_name, bot_token, webhook_secret, active) values ('Shop', '123:abc', 'secret', true);
select pg_temp.entered('telegram_bot_config_default', 'telegram.bot.config', 1);
insert into res_partner (id, name, complete_name, active, commercial_partner_id)
select nextval('res_partner_id_seq'), n, n, true, null from unnest('{Maria,Second}'::text[]) n;
insert into telegram_user (telegram_id, partner_id, username, is_verified, verification_code)
select 1000 + row_number() over (order by id), id, 'user' || id, true, '123456' from res_partner where name in ('Maria', 'Second');
insert into telegram_message (telegram_user_id, partner_id, direction, text, is_read, message_date)
select id, partner_id, 'incoming', 'Question', false, timestamp '2024-01-01' from telegram_user
union all
select id, partner_id, 'outgoing', 'Answer', false, timestamp '2024-01-02' from telegram_user;
-- An operator who has no other rights.
insert into res_users (login, active, company_id, partner_id, share, notification_type)
select 'answers', true, c.id, p.id, false, 'email' from res_company c, res_partner p where p.name = 'Second' order by c.id limit 1;
insert into telegram_bot_operator_rel select 1, id from res_users where login = 'answers';

\if :later
    alter table telegram_bot_config add use_webhook boolean, add last_update_id integer not null default 77;
    update telegram_bot_config set use_webhook = true;
    alter table telegram_message add crm_lead_id integer references crm_lead on delete set null;
    alter table telegram_user add crm_lead_id integer references crm_lead on delete set null;
    alter table crm_lead add telegram_user_id integer references telegram_user on delete set null;
    insert into crm_lead (name, type, active, telegram_user_id) values ('Lead', 'opportunity', true, 1);
    update telegram_message set crm_lead_id = (select max(id) from crm_lead);
    update telegram_user set crm_lead_id = (select max(id) from crm_lead);
    select pg_temp.field('telegram.bot.config', 'use_webhook', 'boolean');
    select pg_temp.field('telegram.bot.config', 'last_update_id', 'integer');
    select pg_temp.field('telegram.message', 'crm_lead_id', 'many2one', 'crm.lead');
    select pg_temp.field('telegram.user', 'crm_lead_id', 'many2one', 'crm.lead');
    select pg_temp.field('crm.lead', 'telegram_user_id', 'many2one', 'telegram.user');
    select pg_temp.view('view_crm_lead_form_telegram', 'crm.lead', 'form', 'crm.crm_lead_view_form',
        '<xpath expr="//sheet" position="inside"><field name="telegram_user_id"/></xpath>');
    with made as (
        insert into ir_act_server (name, type, binding_type, usage, state, model_id, model_name, code)
        select '{"en_US": "Telegram: polling"}', 'ir.actions.server', 'action', 'ir_cron', 'code', id, model, 'model.poll()'
        from ir_model where model = 'telegram.bot.config'
        returning id
    ), scheduled as (
        insert into ir_cron (ir_actions_server_id, cron_name, user_id, active, interval_number, interval_type, numbercall,
            priority, nextcall)
        select id, 'Telegram: polling', 1, true, 1, 'minutes', -1, 5, now() from made returning id
    )
    select pg_temp.entered('ir_cron_telegram_polling', 'ir.cron', id, true) from scheduled;
\endif

update ir_module_module
set state = 'installed', latest_version = case when :later then '17.0.1.2.0' else '17.0.1.0.0' end
where name = 'telegram_bot';
commit;
