-- A claim does not wait for the disk, so a crash of the database server may forget it: the message was sent, and its row
-- says that it was not. This table tells the next sender that there was one. It is unlogged, and PostgreSQL empties such
-- tables after a crash, and on a standby that is promoted, but not when the server stops in good order (CREATE TABLE,
-- UNLOGGED).
create unlogged table tgworker.crash_witness (
    is_there boolean primary key default true check (is_there),
    doubts_before timestamptz not null
);
comment on table tgworker.crash_witness is
    'One row, put there by the sender, as long as the database server has not crashed; unlogged, so that a crash empties it.';
comment on column tgworker.crash_witness.is_there is 'True: there is one row at most.';
comment on column tgworker.crash_witness.doubts_before is
    'When the sender found the table empty: messages that were ready before may have been sent in an attempt that the crash has forgotten, and their next attempt counts that doubt.';
-- So far nothing can have been forgotten.
insert into tgworker.crash_witness (doubts_before) values ('-infinity');

-- What the worker needs, as the objects of GRANT: that table is new.
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
