import Postgres

extension FactFinder {
    func customers(_ connection: Connection) async throws -> CustomersFacts {
        let limit = Parameter.integer(QueueFacts.limit + 1)
        let unverified = """
            from public.telegram_user u left join tgworker.identification i on i.telegram_user_id = u.id
            where u.is_verified is not true and i.placeholder_partner_id is distinct from u.partner_id
            """
        let strangers = """
            from public.telegram_user u join tgworker.identification i on i.telegram_user_id = u.id
            where u.is_verified is not true and i.placeholder_partner_id = u.partner_id
            """
        let chatless = """
            from public.telegram_user u
            where u.is_verified and coalesce(u.chat_id, 0) = 0 and coalesce(u.telegram_id, 0) = 0
            """
        let blocked = """
            from tgworker.chat c join public.telegram_user u on tgworker.chat_of(u.chat_id, u.telegram_id) = c.chat_id
            where c.blocked_since is not null and u.is_verified
                and c.bot_id = (select b.id from tgworker.bot b order by b.seen_at desc limit 1)
            """
        func count(_ rows: String) -> String { "(select count(*) from (select \(rows) limit $1) n)" }
        let answers = try await connection.group(
            [
                Statement(
                    """
                    select \(count("from public.telegram_user u where u.is_verified")) as verified,
                        \(count(unverified)) as unverified, \(count(strangers)) as strangers,
                        \(count(chatless)) as chatless, \(count(blocked)) as blocked,
                        tgworker.setting('notify_states') as states
                    """, [limit]),
                Statement("select u.id, u.partner_id, '' as reason \(unverified) order by u.id desc limit 5"),
                Statement("select u.id, u.partner_id, '' as reason \(chatless) order by u.id desc limit 5"),
                Statement(
                    "select u.id, u.partner_id, c.blocked_reason as reason \(blocked) order by c.blocked_since desc limit 5"
                ),
            ], timeout: Self.timeout)
        func examples(_ rows: Rows) throws -> [CustomersFacts.Example] {
            try rows.map {
                .init(user: try $0.get("id"), partner: try $0.get("partner_id"), reason: try $0.find("reason") ?? "")
            }
        }
        let row = answers[0][0]
        var facts = CustomersFacts()
        facts.verified = try row.get("verified")
        facts.unverifiedCount = try row.get("unverified")
        facts.strangers = try row.get("strangers")
        facts.withoutChatCount = try row.get("chatless")
        facts.blockedCount = try row.get("blocked")
        facts.notifiedStates = try row.find("states") ?? "*"
        facts.unverified = try examples(answers[1])
        facts.withoutChat = try examples(answers[2])
        facts.blocked = try examples(answers[3])
        return facts
    }

    /// Out of the ledger's last entries, by the index on their times: however long it is, that takes the same time.
    func failures(_ connection: Connection) async throws -> FailureFacts {
        let answers = try await connection.group(
            [
                Statement(
                    """
                    select coalesce(d.reason, 'no reason is known') as reason, count(*) as messages,
                        (array_agg(d.chat_id order by d.finished_at desc))[1] as chat_id,
                        (array_agg(d.telegram_user_id order by d.finished_at desc))[1] as user_id
                    from (select * from tgworker.delivery order by finished_at desc limit 10000) d
                    where d.outcome in ('failed', 'unknown') and d.retried_as is null
                        and d.finished_at > now() - interval '24 hours'
                    group by 1 order by 2 desc, 1 limit 5
                    """),
                Statement(
                    """
                    select o.last_error as reason, count(*) as messages, min(o.chat_id) as chat_id,
                        min(o.telegram_user_id) as user_id
                    from (select * from tgworker.outbox order by id limit 1000) o
                    where o.last_error is not null and o.failures > 0
                    group by 1 order by 2 desc, 1 limit 5
                    """),
                Statement(
                    """
                    select count(*) as sent from (select outcome, finished_at from tgworker.delivery
                        order by finished_at desc limit 10000) d
                    where d.outcome = 'sent' and d.finished_at > now() - interval '24 hours'
                    """),
            ], timeout: Self.timeout)
        func groups(_ rows: Rows) throws -> [FailureFacts.Group] {
            try rows.map {
                .init(
                    reason: Words.line(try $0.get("reason")), count: try $0.get("messages"),
                    chat: try $0.get("chat_id"), user: try $0.find("user_id"))
            }
        }
        return FailureFacts(
            failed: try groups(answers[0]), retrying: try groups(answers[1]),
            sentLately: try answers[2][0].get("sent"))
    }

    /// The partners with this id or this in their name, and their Telegram users.
    func partners(named text: String, _ connection: Connection) async throws -> [PartnerFacts] {
        let partners = try await connection.query(
            """
            select p.id, p.name, p.commercial_partner_id as company from public.res_partner p
            where p.id = $1 or $1 is null and p.name ilike '%' || $2 || '%'
            order by lower(p.name) = lower($2) desc, p.id limit 10
            """,
            [
                .integer(Int32(text)),
                .text(text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")),
            ], timeout: Self.timeout)
        var facts: [PartnerFacts] = []
        for row in partners {
            let id: Int = try row.get("id")
            let users = try await connection.query(
                Self.usersSQL, [.array([id, try row.find("company") ?? id])], timeout: Self.timeout)
            facts.append(
                PartnerFacts(id, Words.line(try row.get("name"), limit: 60), users: try users.map(Self.user)))
        }
        return facts
    }

    private static let usersSQL = """
        select u.id, u.is_verified is true as verified, tgworker.chat_of(u.chat_id, u.telegram_id) as chat,
            c.blocked_reason, extract(epoch from nullif(greatest(c.paused_until, now()), now()) - now())::float8 as pause,
            (select count(*) from (
                select from tgworker.outbox o where o.chat_id = tgworker.chat_of(u.chat_id, u.telegram_id) limit 1001) o
            ) as waiting,
            l.outcome, l.reason, extract(epoch from now() - l.finished_at)::float8 as age
        from public.telegram_user u
        left join tgworker.chat c on c.chat_id = tgworker.chat_of(u.chat_id, u.telegram_id)
            and c.bot_id = (select b.id from tgworker.bot b order by b.seen_at desc limit 1)
        left join lateral (
            select d.outcome, d.reason, d.finished_at
            from (select * from tgworker.delivery order by finished_at desc limit 10000) d
            where d.telegram_user_id = u.id order by d.finished_at desc limit 1
        ) l on true
        where u.partner_id = any ($1)
        order by u.is_verified desc nulls last, u.id limit 10
        """

    private static func user(_ row: Rows.Row) throws -> PartnerFacts.User {
        var user = PartnerFacts.User(try row.get("id"))
        user.isVerified = try row.get("verified")
        user.chat = try row.find("chat")
        user.blockedReason = try row.find("blocked_reason").map { Words.line($0) }
        user.pause = try row.find("pause")
        user.waiting = try row.get("waiting")
        user.lastOutcome = try row.find("outcome")
        user.lastReason = try row.find("reason").map { Words.line($0) }
        user.lastAge = try row.find("age")
        return user
    }
}
