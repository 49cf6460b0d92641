/// Why the demo cannot do something, in one line for the page or the terminal.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
