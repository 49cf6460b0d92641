import Testing

@testable import tgworker

@Suite("In a terminal", .timeLimit(.minutes(1)))
struct TerminalTests {
    @Test(
        "a progress bar shows the share and the numbers", arguments: [(0, "  0 %"), (270, "  27 %"), (1000, "  100 %")])
    func bar(done: Int, share: String) {
        let bar = ProgressBar(total: 1000, style: TextStyle(isTerminal: true, isColored: false, width: 80))
        #expect(bar.line(done).hasSuffix("]\(share)  \(done) of 1000"))
        #expect(bar.line(done).filter { $0 == "#" }.count == done * 30 / 1000)
    }

    @Test("a table's columns are as wide as their widest cell, with no spaces at the ends")
    func table() {
        var table = Table(["A", "NUMBER", "TEXT"], rightAligned: [1])
        table.add(["long cell", "7", "-"])
        #expect(table.lines == ["A          NUMBER  TEXT", "long cell       7  -"])
    }

    @Test("what an installation is at is said with the time, and with the server's own words where it has some")
    func installation() {
        #expect(
            InstallationProgress.line("migration 2 (outbox)", seconds: 75, phase: nil)
                == "working: migration 2 (outbox) for 1 min 15 s")
        #expect(
            InstallationProgress.line("migration 2 (outbox)", seconds: 3, phase: "building index, 40 %")
                == "working: migration 2 (outbox) for 3 s, building index, 40 %")
    }
}
