import Foundation
import TestSupport
import Testing

/// An example in a document of docs/: what the program really prints, below the line `<!-- example: NAME -->`.
struct Example {
    let document: String
    let name: String
    /// Texts that stand for others, such as the name of a shop's database for that of the test's, the first ones first.
    var substitutes: [(text: String, by: String)] = []

    /// Compares what was printed with the document, but for times and numbers that differ with each run.
    ///
    /// With TGWORKER_UPDATE_DOCS=1 in the environment the document is written anew.
    func expect(_ command: String, printed: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = Checkout.path("docs/\(document).md")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let parts = text.components(separatedBy: "<!-- example: \(name) -->\n```text\n")
        let printed = substitutes.reduce(printed) { $0.replacingOccurrences(of: $1.text, with: $1.by) }
        let found = "$ \(command)\n\(printed)\n"
        let rest = try #require(parts.count == 2 ? parts[1] : nil, "docs/\(document).md has no example \(name)")
        let end = try #require(rest.range(of: "```"))
        if ProcessInfo.processInfo.environment["TGWORKER_UPDATE_DOCS"] == "1" {
            let new = text.replacingOccurrences(
                of: "<!-- example: \(name) -->\n```text\n" + rest[..<end.upperBound],
                with: "<!-- example: \(name) -->\n```text\n\(found)```")
            try new.write(toFile: path, atomically: true, encoding: .utf8)
            return
        }
        let documented = Self.normalised(String(rest[..<end.lowerBound]))
        #expect(
            documented == Self.normalised(found),
            "docs/\(document).md is behind: TGWORKER_UPDATE_DOCS=1 writes it anew", sourceLocation: sourceLocation)
    }

    /// Without what differs from run to run: times, process ids, versions, and the spaces that align them.
    static func normalised(_ text: String) -> [String] {
        let rules = [
            (#"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+Z)?"#, "MOMENT"),
            (#"[0-9a-f]{8}-[0-9a-f-]{27}"#, "UUID"),
            (#"127\.0\.0\.1:\d+"#, "HOST:PORT"),
            (#"(version[=":]+)0\.\d+\.\d+[+.0-9a-z-]*"#, "$1PROGRAM"), (#"server=\d+"#, "server=VERSION"),
            (#"PostgreSQL [^\n"]+"#, "PostgreSQL VERSION"),
            (#"\d+ (ms|s|min|h|d)\b( \d+ (s|min|h)\b)?"#, "TIME"),
            (#"process \d+"#, "process ID"), (#"(web1 +)\d+"#, "$1ID"),
            (#""(age|heartbeat_age|oldest|seconds|wake_up)" : [0-9.e-]+"#, "\"$1\" : TIME"),
            (#""process_id" : \d+"#, "\"process_id\" : ID"),
            (#"version" : "[^"]+""#, "version\" : \"VERSION\""), (#"(TIME ago +TIME +)\S+"#, "$1VERSION"),
            // Each migration changes these.
            (#"version \d+"#, "version N"), (#"all \d+ (functions|indexes)"#, "all N $1"),
            (#" +"#, " "),
        ]
        return rules.reduce(text) {
            $0.replacingOccurrences(of: $1.0, with: $1.1, options: .regularExpression)
        }.split(separator: "\n").map(String.init)
    }
}
