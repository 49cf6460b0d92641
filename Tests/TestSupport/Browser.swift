import Foundation

/// A headless Chromium, driven by Debian's chromedriver over HTTP (W3C, WebDriver).
public struct Browser: Sendable {
    /// An element of the page, as WebDriver names it.
    public struct Element: Sendable, Hashable {
        fileprivate static let key = "element-6066-11e4-a52e-4f735466cecf"
        fileprivate let id: String
    }

    /// Whether there is one on this machine.
    public static let isAvailable = ["/usr/bin/chromedriver", "/usr/local/bin/chromedriver"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let driver: ChildProcess
    private let directory: String
    private let address: String

    /// Opens a browser for `body`, and closes it.
    ///
    /// - Parameters:
    ///   - languages: What the person reads, in the order of preference, for example "ru,en".
    ///   - body: What to do with it.
    public static func run<Result: Sendable>(
        languages: String = "en", _ body: (Browser) async throws -> Result
    ) async throws -> Result {
        let browser = try await start(languages: languages)
        do {
            let result = try await body(browser)
            try? await browser.close()
            return result
        } catch {
            try? await browser.close()
            throw error
        }
    }

    private static func start(languages: String) async throws -> Browser {
        // Its profile and all that it forgets to remove.
        let directory = try await Command.run("mktemp", ["-d", "/tmp/tgworker-browser.XXXXXX"])
        let driver = try await ChildProcess.start("chromedriver", ["--port=0"], environment: ["TMPDIR": directory])
        let line = try await driver.line(containing: "started successfully on port ")
        guard let port = line.split(whereSeparator: { !$0.isNumber }).last else {
            throw TestSupportError("chromedriver does not tell its port: \(line)")
        }
        // A pipe: with chromedriver, which a test's end may kill, the browser ends as well.
        let arguments = [
            "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
            "--no-first-run", "--window-size=1360,900",
        ]
        let options: JSON = [
            // Chromium refuses to put root into its sandbox.
            "args": .array((arguments + (geteuid() == 0 ? ["--no-sandbox"] : [])).map { .string($0) }),
            "prefs": ["intl.accept_languages": .string(languages)],
        ]
        let capabilities: JSON = [
            "alwaysMatch": ["goog:chromeOptions": options, "goog:loggingPrefs": ["browser": "ALL"]]
        ]
        let browser = Browser(driver: driver, directory: directory, address: "http://127.0.0.1:\(port)/session")
        let answer = try await browser.command("POST", "", ["capabilities": capabilities])
        guard let id = answer["sessionId"]?.text else { throw TestSupportError("chromedriver opens no session") }
        return Browser(driver: driver, directory: directory, address: browser.address + "/" + id)
    }

    private func close() async throws {
        try await command("DELETE", "")
        await driver.terminate()
        _ = try await driver.exit()
        try FileManager.default.removeItem(atPath: directory)
    }

    /// Loads a page.
    public func open(_ url: String) async throws {
        try await command("POST", "/url", ["url": .string(url)])
    }

    /// Runs the body of a function in the page; its arguments are `arguments[0]` and so on.
    @discardableResult
    public func run(_ script: String, _ arguments: JSON...) async throws -> JSON {
        try await command("POST", "/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    /// The elements that a CSS selector finds and that are to be seen.
    public func elements(_ selector: String) async throws -> [Element] {
        let script = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility())"
        guard case .array(let found) = try await run(script, .string(selector)) else { return [] }
        return found.compactMap(\.element)
    }

    /// The element that has the keyboard's focus.
    public var focused: Element {
        get async throws {
            guard let element = try await command("GET", "/element/active").element else {
                throw TestSupportError("no element has the focus")
            }
            return element
        }
    }

    /// What a screen reader calls an element (W3C, Accessible Name and Description Computation).
    public func name(of element: Element) async throws -> String {
        try await command("GET", "/element/\(element.id)/computedlabel").text ?? ""
    }

    /// What a screen reader says it is (W3C, WAI-ARIA).
    public func role(of element: Element) async throws -> String {
        try await command("GET", "/element/\(element.id)/computedrole").text ?? ""
    }

    /// Clicks where the element is, which fails where something else covers it.
    public func click(_ element: Element) async throws {
        try await command("POST", "/element/\(element.id)/click", [:])
    }

    /// Presses keys one after the other, wherever the focus is.
    public func type(_ text: String) async throws {
        let strokes = text.flatMap { key -> [JSON] in
            [["type": "keyDown", "value": .string("\(key)")], ["type": "keyUp", "value": .string("\(key)")]]
        }
        let keyboard: JSON = ["type": "key", "id": "keyboard", "actions": .array(strokes)]
        try await command("POST", "/actions", ["actions": [keyboard]])
    }

    /// Lets the page believe in a screen of this size and a taste for dark or light (Chrome DevTools Protocol, Emulation).
    public func emulate(width: Int, height: Int, dark: Bool = false) async throws {
        let size: JSON = [
            "width": .integer(Int64(width)), "height": .integer(Int64(height)), "deviceScaleFactor": 1, "mobile": false,
        ]
        let scheme: JSON = ["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]
        let motion: JSON = ["name": "prefers-reduced-motion", "value": "reduce"]
        try await develop("Emulation.setDeviceMetricsOverride", size)
        try await develop("Emulation.setEmulatedMedia", ["features": [scheme, motion]])
    }

    /// What the page, and the browser about it, wrote to the console since the last time.
    public func console() async throws -> [String] {
        guard case .array(let entries) = try await command("POST", "/se/log", ["type": "browser"]) else { return [] }
        return entries.compactMap { $0["message"]?.text }
    }

    private func develop(_ method: String, _ parameters: JSON) async throws {
        try await command("POST", "/goog/cdp/execute", ["cmd": .string(method), "params": parameters])
    }

    /// By curl: Foundation's URLSession does not read chromedriver's headers, which have no space after the colon.
    @discardableResult
    private func command(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let data = try body.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        let answer = try await Command.run(
            "curl",
            ["--silent", "--show-error", "--max-time", "300", "--request", method]
                + (data == nil ? [] : ["--header", "Content-Type: application/json", "--data-binary", "@-"])
                + [address + path],
            input: data)
        let value = try JSONDecoder().decode(JSON.self, from: Data(answer.utf8))["value"] ?? .null
        if let error = value["error"]?.text {
            let reason = value["message"]?.text?.split(separator: "\n").first.map(String.init) ?? ""
            throw TestSupportError("the browser does not \(method) \(path): \(error), \(reason)")
        }
        return value
    }
}

extension JSON {
    /// The element, where a script has returned one.
    public var element: Browser.Element? { self[Browser.Element.key]?.text.map(Browser.Element.init) }
}
