/// Why the schema could not be installed, in one line that says what to do.
public struct InstallationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line.
    public let description: String

    init(_ description: String) { self.description = description }
}
