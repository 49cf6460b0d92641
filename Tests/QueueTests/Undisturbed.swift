import TestSupport
import Testing

/// Tests that see which transactions of the whole server are running, or count what statements touch: one after the other,
/// on a server where nobody else does anything.
@Suite(.serialized, .timeLimit(.minutes(5)))
enum Undisturbed {
    /// Without autovacuum, which would have transactions of its own, and take statistics in the middle of a test.
    static var cluster: Cluster {
        get async throws { try await start.value }
    }

    private static let start = Task {
        let cluster = try await Cluster.start()
        try await cluster.psql("alter system set autovacuum = off")
        try await cluster.psql("select pg_reload_conf()")
        try await eventually("autovacuum to end") {
            let left = try await cluster.psql(
                "select count(*) from pg_stat_activity where backend_type like 'autovacuum%'")
            return left == "0"
        }
        return cluster
    }
}
