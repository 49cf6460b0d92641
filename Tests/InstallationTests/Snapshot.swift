import Foundation
import TestSupport
import Testing

/// A description of what is in the database, kept in a file of this directory so that a change is visible in review.
enum Snapshot: String {
    /// The addon's tables as a real Odoo 17 has made them, but for the widened columns.
    case addon = "addon.snapshot"
    /// Schema tgworker, its triggers on Odoo's tables and the rights of roles.
    case schema = "schema.snapshot"
}

/// Compares a description with its file, line by line.
///
/// - Parameter record: write the file anew when the environment variable TGWORKER_UPDATE_SNAPSHOT is 1.
func expect(
    _ found: String, is snapshot: Snapshot, record: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let file = snapshot.rawValue
    let path = Checkout.path("Tests/InstallationTests/\(file)")
    if record, ProcessInfo.processInfo.environment["TGWORKER_UPDATE_SNAPSHOT"] == "1" {
        try (found + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
    let recorded = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let lines = found.split(separator: "\n")
    #expect(lines.filter { !recorded.contains($0) } == [], "not in \(file)", sourceLocation: sourceLocation)
    #expect(recorded.filter { !lines.contains($0) } == [], "only in \(file)", sourceLocation: sourceLocation)
    #expect(lines == recorded, "the order differs from \(file)", sourceLocation: sourceLocation)
}
