-- Fails unless the upgrade of what original_addon.sql made has kept everything and widened the ids.
--
--   psql --set=later=false|true --file=upgraded.sql DATABASE

\set ON_ERROR_STOP on
create function pg_temp.sure(what text, holds boolean) returns void
    language plpgsql as $$
begin
    if holds is not true then
        raise exception 'the upgrade: %', what;
    end if;
end
$$;
\o /dev/null
select pg_temp.sure('the version is the new one', latest_version like '17.0.2.%' and state = 'installed')
from ir_module_module where name = 'telegram_bot';
select pg_temp.sure('the token, the secret and the state of the bot are kept',
    count(*) = 1 and bool_and(bot_token = '123:abc' and webhook_secret = 'secret' and active)) from telegram_bot_config;
select pg_temp.sure('users are kept and have a chat and a name', count(*) = 2 and bool_and(
    chat_id = telegram_id and display_name = '@' || username and is_verified and last_message_date = '2024-01-01'))
from telegram_user;
select pg_temp.sure('messages are kept', count(*) = 4) from telegram_message;
select pg_temp.sure('what the shop wrote is nobody''s to read', bool_and(is_read = (direction = 'outgoing'))) from telegram_message;
select pg_temp.sure('ids are wide', count(*) = 3) from information_schema.columns
where udt_name = 'int8' and (table_name, column_name) in (
    ('telegram_user', 'telegram_id'), ('telegram_user', 'chat_id'), ('telegram_message', 'message_id'));
select pg_temp.sure('no column was set aside', count(*) = 0) from information_schema.columns
where table_name like 'telegram\_%' and column_name like '%\_moved%';
select pg_temp.sure('the operator of the bot has the rights of one', count(*) = 1)
from res_groups_users_rel r
join ir_model_data d on d.res_id = r.gid and d.model = 'res.groups' and d.name = 'group_telegram_operator'
join res_users u on u.id = r.uid and u.login = 'answers';
select pg_temp.sure('menus that are gone are gone', count(*) = 0)
from ir_model_data where module = 'telegram_bot' and name = 'menu_telegram_message_list';
select pg_temp.sure('nobody else reads Telegram users', count(*) = 0)
from ir_model_data where module = 'telegram_bot' and name = 'access_telegram_user_user';
select pg_temp.sure('nothing polls', count(*) = 0)
from ir_cron c join ir_act_server s on s.id = c.ir_actions_server_id where s.model_name like 'telegram.%';
\if :later
    select pg_temp.sure('the bot receives as it did', use_webhook and last_update_id = 77) from telegram_bot_config;
    select pg_temp.sure('messages keep their leads', count(*) = 4) from telegram_message join crm_lead l on l.id = crm_lead_id;
    select pg_temp.sure('users keep their leads', count(*) = 2) from telegram_user join crm_lead l on l.id = crm_lead_id;
    select pg_temp.sure('leads keep their users', count(*) = 1) from crm_lead l join telegram_user u on u.id = l.telegram_user_id;
    select pg_temp.sure('the view of leads is gone', count(*) = 0) from ir_ui_view where name = 'view_crm_lead_form_telegram';
\endif
