import Foundation
import TestSupport
import Testing

@Suite("The documents", .timeLimit(.minutes(5)))
struct LinkTests {
    private static let documents: [String] = {
        let root = Checkout.path("")
        let pages = (try? FileManager.default.contentsOfDirectory(atPath: root + "docs")) ?? []
        return ["README.md", "README.ru.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "addons/telegram_bot/README.md"]
            + pages.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }
    }()

    /// What GitHub makes of a heading: lower case, without punctuation, a hyphen for a space.
    private func anchors(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                line.drop { $0 == "#" || $0 == " " }.lowercased().replacing(" ", with: "-")
                    .filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            })
    }

    @Test("refer to files and headings that are there", arguments: documents)
    func links(document: String) throws {
        let text = try String(contentsOfFile: Checkout.path(document), encoding: .utf8)
        let directory = (document as NSString).deletingLastPathComponent
        for match in text.matches(of: #/\]\(([^)\s]+)\)/#) {
            let link = String(match.output.1)
            guard !link.contains("://") else { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file =
                parts[0].isEmpty
                ? document : (directory.isEmpty ? parts[0] : (directory as NSString).appendingPathComponent(parts[0]))
            let path = (Checkout.path(file) as NSString).standardizingPath
            #expect(FileManager.default.fileExists(atPath: path), "\(link)")
            guard parts.count == 2, let target = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            #expect(anchors(target).contains(parts[1]), "\(link)")
        }
    }
}
