import Glibc
import Postgres
import Telegram

/// This instance's row in `tgworker.worker`, and the bot's in `tgworker.bot`.
struct Presence: Sendable {
    /// A random UUID, made anew at each start.
    let instance: String
    /// What is wrong with it.
    let troubles = TroubleBoard()

    init() {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = bytes.map(\.hexadecimal).joined()
        var rest = Substring(digits)
        instance = [8, 4, 4, 4, 12].map { count in
            defer { rest = rest.dropFirst(count) }
            return String(rest.prefix(count))
        }.joined(separator: "-")
    }

    /// Enters this instance, and forgets those that were not heard of for a week.
    func announce(on connection: Connection) async throws(PostgresError) {
        try await connection.group([
            Statement("delete from tgworker.worker where heartbeat_at < now() - interval '7 days'"),
            Statement(
                """
                insert into tgworker.worker (instance, host, process_id, version, role)
                values ($1, $2, $3, $4, 'starting')
                on conflict (instance) do update set heartbeat_at = now()
                """, [.text(instance), .text(Self.hostName), .integer(getpid()), .text(tgworkerVersion)]),
        ])
    }

    /// What is wrong, `$2`, and since when: part of each heartbeat.
    private static let trouble = """
        heartbeat_at = now(), last_error = $2,
            last_error_at = case
                when $2::text is null then null when last_error is distinct from $2 then now() else last_error_at end
        """

    /// Says what this instance is, what is wrong with it, and that it is alive.
    func record(_ role: String, on connection: Connection) async throws(PostgresError) {
        try await connection.query(
            "update tgworker.worker set role = $3, \(Self.trouble) where instance = $1",
            [.text(instance), .text(troubles.latest), .text(role)], prepared: true)
    }

    /// Says that this instance sends, in a notification to itself as well, and how long the last of these took.
    func call(_ payload: String, wakeUp: Duration?, on connection: Connection) async throws(PostgresError) {
        try await connection.query(
            """
            update tgworker.worker set role = 'sender', wake_up = coalesce($3, wake_up), \(Self.trouble)
            where instance = $1 returning pg_notify('tgworker', $4)
            """,
            [.text(instance), .text(troubles.latest), wakeUp.map { .interval($0) } ?? .null, .text(payload)],
            prepared: true)
    }

    /// Enters the bot as Telegram knows it.
    static func record(_ bot: BotUser, on connection: Connection) async throws(PostgresError) {
        try await connection.query(
            """
            insert into tgworker.bot (id, username, name) values ($1, $2, $3)
            on conflict (id) do update set username = excluded.username, name = excluded.name, seen_at = now()
            """, [.integer(bot.id), .text(bot.username), .text(bot.firstName)])
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
