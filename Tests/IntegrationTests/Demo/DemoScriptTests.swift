import Foundation
import Testing
import TestSupport

@Suite("scripts/demo, which make demo runs", .timeLimit(.minutes(10)))
struct DemoScriptTests {
    private static let script = Checkout.path("scripts/demo")
    private static let environment = ["BIN": Checkout.buildDirectory, "DEMO": ""]

    @Test("without a terminal it plays the conversation, measures, and ends")
    func conversation() async throws {
        let output = try await Command.run(Self.script, environment: Self.environment)
        for text in ["Ваш код", "Готово", "Заказ S00001", "Когда привезёте", "завтра с 10 до 12", "median"] {
            #expect(output.contains(text), "nothing of \(text)")
        }
    }

    @Test("the page is there until it is ended, and nothing stays")
    func page() async throws {
        let demo = try await ChildProcess.start(Self.script, ["--page"], environment: Self.environment)
        let line = try await demo.line(containing: "The shop and the phone: ")
        let address = try #require(line.split(separator: " ").first { $0.hasPrefix("http://") }).prefix {
            $0 != "\u{1B}"
        }
        let log = try await demo.line(containing: "The worker's log is ")
        let page = try await Command.run("curl", ["--silent", "--show-error", "--fail", String(address)])
        #expect(page.hasPrefix("<!doctype html>"))
        let file = try #require(log.split(separator: " ").first { $0.hasPrefix("/") })
        let directory = String(file).replacing("/worker.log.", with: "")
        #expect(FileManager.default.fileExists(atPath: directory))
        await demo.terminate()
        #expect(try await demo.exit() == .exited(0))
        #expect(!FileManager.default.fileExists(atPath: directory))
    }

    @Test("what it does not know it explains")
    func usage() async throws {
        let demo = try await ChildProcess.start(Self.script, ["--what"], environment: Self.environment)
        #expect(try await demo.exit() == .exited(2))
        #expect(await demo.text(ofErrors: true) == "usage: scripts/demo [--page | --script]")
    }
}
