import Foundation

/// A file that goes away with its last reference.
final class TemporaryFile: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/tgworker-\(UUID().uuidString)"

    init(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
