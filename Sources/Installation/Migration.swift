/// One numbered migration out of `sql/`, embedded in the program. Once released, a file is never changed.
public struct Migration: Sendable, Equatable {
    /// Its place in the order, from 1, without gaps.
    public let number: Int
    /// What it is about.
    public let name: String
    /// The statements.
    public let sql: String

    /// Tells whether the file is the one that was applied: FNV-1a, 64 bits, in hexadecimal. Guards against mistakes, not
    /// against malice (http://www.isthe.com/chongo/tech/comp/fnv/).
    public var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// All of them, in order.
    public static let all: [Migration] = [
        Migration(1, "settings", PackageResources.m0001_settings_sql),
        Migration(2, "outbox", PackageResources.m0002_outbox_sql),
        Migration(3, "events", PackageResources.m0003_events_sql),
        Migration(4, "attach", PackageResources.m0004_attach_sql),
        Migration(5, "inbox", PackageResources.m0005_inbox_sql),
        Migration(6, "identification", PackageResources.m0006_identification_sql),
        Migration(7, "customers", PackageResources.m0007_customers_sql),
        Migration(8, "housekeeping", PackageResources.m0008_housekeeping_sql),
        Migration(9, "failures", PackageResources.m0009_failures_sql),
        Migration(10, "wake_path", PackageResources.m0010_wake_path_sql),
        Migration(11, "queue", PackageResources.m0011_queue_sql),
        Migration(12, "crash_witness", PackageResources.m0012_crash_witness_sql),
        Migration(13, "webhook_requests", PackageResources.m0013_webhook_requests_sql),
        Migration(14, "parking", PackageResources.m0014_parking_sql),
    ]

    /// The schema version that this program works with.
    public static let latest = all.count

    private init(_ number: Int, _ name: String, _ bytes: [UInt8]) {
        self.number = number
        self.name = name
        sql = String(decoding: bytes, as: UTF8.self)
    }
}
