-- Settings: what a shop decides, as opposed to what a machine is told (flags, environment).

create table tgworker.setting (
    name text primary key,
    value text,
    default_value text not null,
    kind text not null check (kind in ('boolean', 'choice', 'list', 'text')),
    choices text[],
    description text not null,
    constraint setting_value_valid check (
        value is null
        or case kind
            when 'boolean' then value in ('true', 'false')
            when 'choice' then value = any (choices)
            else true
        end
    )
);

comment on table tgworker.setting is 'What the shop decides. Change "value"; the worker follows without a restart.';
comment on column tgworker.setting.name is 'Name of the setting.';
comment on column tgworker.setting.value is 'What was decided; NULL means the default.';
comment on column tgworker.setting.default_value is 'What holds while nothing was decided.';
comment on column tgworker.setting.kind is 'boolean (true or false), choice (one of choices), list (comma separated) or text.';
comment on column tgworker.setting.choices is 'Values that a choice may have.';
comment on column tgworker.setting.description is 'What the setting does.';

insert into tgworker.setting (name, default_value, kind, choices, description) values
    ('notify_states', '*', 'list', null,
     'Order states a customer is told about, comma separated (sent,sale,cancel); * is every change.'),
    ('notify_created', 'true', 'boolean', null,
     'Whether an order that is created in a state other than draft is told about.'),
    ('default_language', 'ru', 'choice', '{ru,en}',
     'Language for customers whose own is neither Russian nor English, or unknown.'),
    ('default_time_zone', 'UTC', 'text', null,
     'Time zone for dates when neither the customer nor the company has one.'),
    ('unknown_outcome', 'resend', 'choice', '{resend,hold}',
     'What to do with a message that may or may not have reached Telegram: resend (at least once) or hold (at most once, shown to the operator).');

-- The value that holds. Contract: stable; NULL for a name that does not exist.
create function tgworker.setting(name text) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$ select coalesce(s.value, s.default_value) from tgworker.setting s where s.name = $1 $$;
comment on function tgworker.setting(text) is 'The value of a setting that holds now.';

-- Contract: called for each change of a setting; tells the worker to read them again.
create function tgworker.configuration_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    perform pg_catalog.pg_notify('tgworker', 'configuration');
    return null;
end
$$;
comment on function tgworker.configuration_changed() is 'Trigger: tells the worker to read its configuration again.';

create trigger setting_changed
    after insert or update or delete on tgworker.setting
    for each statement execute function tgworker.configuration_changed();

-- Which database this is the installation of, so that a copy never writes to customers.
create table tgworker.installation (
    only_row boolean primary key default true check (only_row),
    database_name text not null,
    database_uuid text,
    pinned_at timestamptz not null default now()
);
comment on table tgworker.installation is 'The database that tgworker was installed in; the worker refuses to run in a copy.';
comment on column tgworker.installation.only_row is 'There is one row.';
comment on column tgworker.installation.database_name is 'current_database() when it was pinned.';
comment on column tgworker.installation.database_uuid is 'Odoo''s database.uuid when it was pinned.';
comment on column tgworker.installation.pinned_at is 'When.';

create table tgworker.granted_role (
    role_name name primary key,
    granted_at timestamptz not null default now()
);
comment on table tgworker.granted_role is 'Roles that were given the worker''s rights, so that uninstalling takes them back.';
comment on column tgworker.granted_role.role_name is 'The role.';
comment on column tgworker.granted_role.granted_at is 'When.';

-- Odoo's system parameters that the worker may know: not the secrets beside them. Contract: stable; NULL when unset.
create function tgworker.odoo_parameter(key text) returns text
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
    as $$
    select p.value from public.ir_config_parameter p
    where p.key = $1 and $1 in ('database.uuid', 'database.is_neutralized', 'web.base.url')
    $$;
comment on function tgworker.odoo_parameter(text) is 'One of the three Odoo system parameters that the worker may read.';
