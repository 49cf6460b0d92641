-- Who is a customer: codes, invitations, shared phone numbers, and the partner that an unknown customer gets in Odoo.
--
-- Odoo's transactions only ever insert here, so they neither wait for the worker nor make it wait.

create table tgworker.identification (
    telegram_user_id integer primary key,
    placeholder_partner_id integer,
    failures smallint not null default 0,
    locked_until timestamptz,
    proof text check (proof in ('code', 'phone')),
    phone text,
    proposed_partner_id integer,
    granted_partner_id integer,
    is_code_used boolean not null default false
);
comment on table tgworker.identification is 'How far a Telegram user has come on the way to being a known customer.';
comment on column tgworker.identification.telegram_user_id is 'telegram_user.id; no foreign key, so that Odoo never waits for this table.';
comment on column tgworker.identification.placeholder_partner_id is
    'The res_partner made for an unknown customer: while the user has it, nobody has linked the right one.';
comment on column tgworker.identification.failures is 'Wrong codes in a row.';
comment on column tgworker.identification.locked_until is 'No code is looked at before.';
comment on column tgworker.identification.proof is
    'What the customer has shown before a manager linked the partner: code (typed it) or phone (shared the number of the proposed partner).';
comment on column tgworker.identification.phone is 'The number that the customer has shared.';
comment on column tgworker.identification.proposed_partner_id is 'The one partner with that number: a proposal to the manager.';
comment on column tgworker.identification.granted_partner_id is
    'The partner that an invitation or the phone number has identified the user as, until that is carried out.';
comment on column tgworker.identification.is_code_used is
    'Whether telegram_user.verification_code is not good any more: it has verified the user once, or was guessed at too often.';
create index identification_placeholder on tgworker.identification (placeholder_partner_id)
    where placeholder_partner_id is not null;

create table tgworker.errand (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('code', 'renew', 'link', 'proof')),
    telegram_user_id integer not null,
    requested_at timestamptz not null default now()
);
comment on table tgworker.errand is
    'What the worker has to do for a Telegram user on the way to being known. Rows are added, carried out and deleted.';
comment on column tgworker.errand.id is 'Order of arrival.';
comment on column tgworker.errand.kind is
    'code: send the code; renew: make a new one; link: the partner was changed in Odoo; proof: the customer has shown who they are.';
comment on column tgworker.errand.telegram_user_id is 'telegram_user.id.';
comment on column tgworker.errand.requested_at is 'Start of the transaction that asked for it.';
create index errand_user on tgworker.errand (telegram_user_id);

create table tgworker.invitation (
    token_hash bytea primary key,
    partner_id integer not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    telegram_id bigint
);
comment on table tgworker.invitation is 'One-time links that identify whoever opens them.';
comment on column tgworker.invitation.token_hash is 'SHA-256 of the token; the token itself is only in the link.';
comment on column tgworker.invitation.partner_id is 'res_partner.id that it stands for.';
comment on column tgworker.invitation.created_at is 'When it was made.';
comment on column tgworker.invitation.expires_at is 'Not accepted from then on.';
comment on column tgworker.invitation.used_at is 'When it was opened.';
comment on column tgworker.invitation.telegram_id is 'Who opened it.';
create index invitation_expires on tgworker.invitation (expires_at);

insert into tgworker.setting (name, default_value, kind, choices, description) values
    ('phone_verifies', 'false', 'boolean', null,
     'Whether a shared phone number that exactly one partner has verifies the customer at once, without a manager.'),
    ('invite_hours', '168', 'number', null,
     'How many hours an invitation link is good for.');

-- Sends the customer a code to type, for the button in Odoo. Contract: true when one will be sent (the old one, unless it
-- was used or guessed at too often; that lock ends); false when there is no such user, it has no Telegram id, or it is
-- verified.
create function tgworker.send_code(user_id integer) returns boolean
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    -- Two steps: the table need not be there.
    if to_regclass('public.telegram_user') is null then
        return false;
    end if;
    if not exists (
        select from public.telegram_user u
        where u.id = $1 and u.is_verified is not true and tgworker.chat_of(u.chat_id, u.telegram_id) is not null)
    then
        return false;
    end if;
    insert into tgworker.errand (kind, telegram_user_id) values ('code', $1);
    perform pg_notify('tgworker', 'errand');
    return true;
end
$$;
comment on function tgworker.send_code(integer) is
    'Sends a Telegram user the verification code; false when there is none to send to, or it is verified.';

-- A link that identifies whoever opens it first as this partner. Contract: the link, to be given to the customer; fails
-- when there is no such partner, or the bot's name is not known yet. Nobody can make the link out of what is stored.
create function tgworker.invite_link(partner_id integer) returns text
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    bot text := (select b.username from tgworker.bot b where b.username is not null order by b.seen_at desc limit 1);
    token text;
begin
    if not exists (select from public.res_partner p where p.id = $1) then
        raise no_data_found using message = format('there is no partner %s', $1);
    elsif bot is null then
        raise object_not_in_prerequisite_state using
            message = 'the bot''s name is not known yet', hint = 'Start the worker once: tgworker run';
    elsif current_setting('server_version_num')::integer < 130000 then
        raise feature_not_supported using message = 'invitation links need PostgreSQL 13 or newer';
    end if;
    -- 122 bits of the server's strong random source (PostgreSQL 13, UUID Functions).
    token := replace(gen_random_uuid()::text, '-', '');
    insert into tgworker.invitation (token_hash, partner_id, expires_at) values (
        sha256(convert_to(token, 'UTF8')), $1,
        now() + (select coalesce(s.value, s.default_value) from tgworker.setting s where s.name = 'invite_hours')::integer
            * interval '1 hour');
    return format('https://t.me/%s?start=%s', bot, token);
end
$$;
comment on function tgworker.invite_link(integer) is
    'A one-time link that identifies whoever opens it as this partner.';

-- Contract: tells a customer who has just been verified, by whomever; leaves the rest of a change to the worker, which
-- looks after the transaction has ended, when everybody sees the same.
create function tgworker.user_changed() returns trigger
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    chat bigint := coalesce(nullif(new.chat_id, 0), nullif(new.telegram_id, 0));
begin
    if to_regclass('tgworker.outbox') is null or to_regclass('tgworker.errand') is null then
        return null;
    end if;
    if new.is_verified is true and old.is_verified is not true and chat is not null then
        insert into tgworker.outbox (kind, priority, chat_id, telegram_user_id, event)
        values ('answer', 0, chat, new.id, '{"verified": {}}');
        perform pg_notify('tgworker', 'outbox');
    end if;
    if old.partner_id is distinct from new.partner_id or new.is_verified is true and exists (
        select from tgworker.identification i where i.telegram_user_id = new.id and i.proof is not null)
    then
        insert into tgworker.errand (kind, telegram_user_id) values ('link', new.id);
        perform pg_notify('tgworker', 'errand');
    end if;
    return null;
end
$$;
comment on function tgworker.user_changed() is 'Trigger: a Telegram user was linked or verified; tells the customer and the worker.';

-- A phone number made comparable: digits only, with the country code. Numbers without one are taken for Russian, as are
-- those that begin with the 8 of its trunk prefix. Contract: immutable; NULL when it has fewer than 10 digits.
create function tgworker.normal_phone(phone text) returns text
    language sql immutable
    as $$
    select case
        when length(d.digits) < 10 then null
        when length(d.digits) = 10 and $1 !~ '^\s*\+' then '7' || d.digits
        when length(d.digits) = 11 and d.digits like '8%' and $1 !~ '^\s*\+' then '7' || substr(d.digits, 2)
        else d.digits
    end
    from (select regexp_replace(regexp_replace($1, '\D', '', 'g'), '^00', '') as digits) d
    $$;
comment on function tgworker.normal_phone(text) is 'A phone number made comparable.';

-- Partners with a phone number, but for those made for unknown customers. Contract: ids in order.
create function tgworker.partners_with_phone(phone text) returns setof integer
    language sql stable security definer
    set search_path = pg_catalog, pg_temp
    as $$
    select p.id from public.res_partner p
    where p.active
        and (select tgworker.normal_phone($1)) in (tgworker.normal_phone(p.phone), tgworker.normal_phone(p.mobile))
        and not exists (select from tgworker.identification i where i.placeholder_partner_id = p.id)
    order by p.id
    $$;
comment on function tgworker.partners_with_phone(text) is 'Partners that have a phone number.';

-- The partner of a customer whom nobody knows yet, as Odoo's ORM would have made it: what it computes and stores, and its
-- defaults, none of which a raw INSERT has. Columns that this Odoo does not have are passed over. Contract: its id.
create function tgworker.new_partner(name text, language_code text) returns integer
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    partner integer := nextval(pg_get_serial_sequence('public.res_partner', 'id'));
    moment timestamp := now() at time zone 'UTC';
begin
    insert into public.res_partner
    select r.* from jsonb_populate_record(null::public.res_partner, jsonb_build_object(
        'id', partner, 'name', $1, 'complete_name', $1, 'commercial_partner_id', partner, 'type', 'contact',
        'active', true, 'is_company', false, 'partner_share', true, 'color', 0, 'message_bounce', 0,
        'customer_rank', 0, 'supplier_rank', 0, 'sale_warn', 'no-message', 'invoice_warn', 'no-message',
        'lang', (
            select l.code from public.res_lang l where l.active
            -- Telegram says ru, en, pt-br; Odoo ru_RU, en_US, pt_BR.
            order by lower(l.code) = lower(replace($2, '-', '_')) desc nulls last,
                l.iso_code = $2 desc nulls last, l.code like split_part($2, '-', 1) || '\_%' desc nulls last,
                l.code like (select coalesce(s.value, s.default_value) from tgworker.setting s
                    where s.name = 'default_language') || '\_%' desc, l.code = 'en_US' desc, l.code
            limit 1),
        'calendar_last_notif_ack', date_trunc('second', moment),
        'create_uid', 1, 'write_uid', 1, 'create_date', moment, 'write_date', moment)) r;
    return partner;
end
$$;
comment on function tgworker.new_partner(text, text) is 'Makes the partner of an unknown customer as Odoo would; its id.';

-- Notes the shared number on the partner made for an unknown customer, for the manager to see. Contract: only there, only
-- when it has none, and not while somebody is writing it.
create function tgworker.note_phone(partner_id integer, phone text) returns void
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
begin
    perform from public.res_partner p
    where p.id = $1 and coalesce(p.phone, '') = ''
        and exists (select from tgworker.identification i where i.placeholder_partner_id = p.id)
    for no key update skip locked;
    if not found then
        return;
    end if;
    -- Who wrote it last is left as it is: by that an untouched partner is known.
    update public.res_partner p set phone = $2, write_date = now() at time zone 'UTC' where p.id = $1;
    if exists (
        select from pg_attribute a
        where a.attrelid = 'public.res_partner'::regclass and a.attname = 'phone_sanitized' and not a.attisdropped)
    then
        execute 'update public.res_partner set phone_sanitized = $2 where id = $1'
            using $1, '+' || tgworker.normal_phone($2);
    end if;
end
$$;
comment on function tgworker.note_phone(integer, text) is 'Notes a shared number on the partner made for an unknown customer.';

-- Archives the partner made for an unknown customer once the right one is linked, unless somebody has worked with it:
-- written it, or made anything that refers to it. Contract: true when it was archived; never waits.
create function tgworker.retire_placeholder(partner_id integer) returns boolean
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    reference record;
    is_used boolean;
begin
    perform from public.res_partner p
    where p.id = $1 and p.active and p.create_uid = 1 and p.write_uid = 1
        and exists (select from tgworker.identification i where i.placeholder_partner_id = p.id)
    for no key update skip locked;
    if not found then
        return false;
    end if;
    -- By foreign keys, as far as they have an index to look in, and by Odoo's references of a model and an id.
    for reference in
        select c.conrelid::regclass as table_name, quote_ident(a.attname) || ' = $1' as condition
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'public.res_partner'::regclass and cardinality(c.conkey) = 1
            and exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = a.attnum)
        union all
        select to_regclass(r.table_name), format('%I = ''res.partner'' and res_id = $1', r.model_column)
        from (values ('public.mail_message', 'model'), ('public.mail_activity', 'res_model'),
            ('public.ir_attachment', 'res_model')) r (table_name, model_column)
        where to_regclass(r.table_name) is not null
    loop
        execute format('select exists (select from %s x where %s%s)', reference.table_name, reference.condition,
            case when reference.table_name = 'public.res_partner'::regclass then ' and x.id <> $1' else '' end)
            into is_used using $1;
        if is_used then
            return false;
        end if;
    end loop;
    update public.res_partner p set active = false, write_uid = 1, write_date = now() at time zone 'UTC' where p.id = $1;
    return true;
end
$$;
comment on function tgworker.retire_placeholder(integer) is
    'Archives the partner made for an unknown customer when another one is linked.';
