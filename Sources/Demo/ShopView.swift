/// What the page shows of the shop: one statement, so that it is a picture of one moment.
enum ShopView {
    /// `$1` and `$2` are the partners and the Telegram accounts of all customers, `$3` and `$4` those of the one that is
    /// looked at. Moments are microseconds since 1970, to be compared with those of the simulator.
    static let sql = """
        with customer as (
            select * from unnest($1::integer[], $2::bigint[]) with ordinality as c (partner_id, telegram_id, place)
        ), chat as (
            select u.id, u.partner_id, u.is_verified, u.verification_code, u.first_name, u.last_name, u.username
            from telegram_user u where u.telegram_id = $4::bigint
        ), attempt as (
            select o.id as outbox_id, o.kind, o.source_id, o.last_error as reason, o.attempt as attempts, o.enqueued_at,
                case when o.sending_since is null then 'queued' else 'sending' end as state,
                null::bigint as message_id
            from tgworker.outbox o where o.chat_id = $4::bigint
            union all
            select d.outbox_id, d.kind, d.source_id, d.reason, d.attempts, d.enqueued_at, d.outcome, d.message_id
            from tgworker.delivery d where d.chat_id = $4::bigint and d.retried_as is null
        ), status as (
            select distinct on (a.kind, a.source_id) a.kind, a.source_id, json_build_object(
                'outbox', a.outbox_id, 'state', a.state, 'reason', a.reason, 'attempts', a.attempts,
                'message', a.message_id) as json
            from attempt a where a.source_id is not null and a.kind in ('order_state', 'reply')
            order by a.kind, a.source_id, a.outbox_id desc
        ), label as (
            select s.value, s.name, s.sequence from ir_model_fields_selection s
            join ir_model_fields f on f.id = s.field_id and f.model = 'sale.order' and f.name = 'state'
        )
        select json_build_object(
            'customers', (
                select json_agg(json_build_object(
                    'id', c.partner_id, 'name', p.name, 'language', left(p.lang, 2),
                    'unread', (
                        select count(*) from telegram_message m join telegram_user u on u.id = m.telegram_user_id
                        where u.telegram_id = c.telegram_id and m.direction = 'incoming' and m.is_read is not true))
                    order by c.place)
                from customer c join res_partner p on p.id = c.partner_id),
            'states', (select json_agg(json_build_object(
                'value', l.value, 'en', btrim(l.name ->> 'en_US'), 'ru', btrim(l.name ->> 'ru_RU'))
                order by l.value = 'cancel', l.sequence) from label l),
            'user', (
                select json_build_object(
                    'name', concat_ws(' ', u.first_name, u.last_name), 'username', u.username,
                    'verified', coalesce(u.is_verified, false), 'linked', u.partner_id = $3::integer,
                    'proof', i.proof, 'phone', i.phone, 'proposed', i.proposed_partner_id is not distinct from $3::integer)
                from chat u left join tgworker.identification i on i.telegram_user_id = u.id),
            'orders', (
                select json_agg(json_build_object(
                    'id', o.id, 'name', o.name, 'state', o.state, 'total', o.amount_total, 'currency', y.name,
                    'lines', (
                        select json_agg(json_build_object('name', l.name, 'quantity', l.product_uom_qty) order by l.id)
                        from sale_order_line l where l.order_id = o.id),
                    'status', (select s.json from status s where s.kind = 'order_state' and s.source_id = o.id))
                    order by o.id)
                from sale_order o join res_currency y on y.id = o.currency_id where o.partner_id = $3::integer),
            'messages', (
                select coalesce(json_agg(json_build_object(
                    'id', m.id, 'text', m.text, 'incoming', m.direction = 'incoming', 'operator', p.name,
                    'read', coalesce(m.is_read, false),
                    'at', (extract(epoch from m.message_date at time zone 'utc') * 1000000)::bigint,
                    'message', m.message_id,
                    'status', (select s.json from status s where s.kind = 'reply' and s.source_id = m.id))
                    order by m.message_date, m.id), '[]')
                from telegram_message m left join res_users r on r.id = m.user_id
                left join res_partner p on p.id = r.partner_id
                where m.telegram_user_id = (select u.id from chat u)),
            'timing', (
                select coalesce(json_object_agg(a.message_id, json_build_object(
                    'kind', a.kind, 'source', a.source_id, 'attempts', a.attempts,
                    'since', (extract(epoch from coalesce(t.at, a.enqueued_at)) * 1000000)::bigint,
                    'committed', t.at is not null)), '{}')
                from attempt a left join demo.committed t on t.outbox_id = a.outbox_id
                where a.message_id is not null),
            'waiting', (select count(*) from tgworker.outbox),
            'sender', (
                select w.process_id from tgworker.worker w where w.role = 'sender'
                order by w.heartbeat_at desc limit 1),
            'paused', (
                select (extract(epoch from max(b.paused_until)) * 1000)::bigint from tgworker.bot b
                where b.paused_until > now())
        )::text as view
        """
}
