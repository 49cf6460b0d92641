/// Runs programs that do one thing and end.
public enum Command {
    /// What the program wrote to standard output, without the last line feed.
    ///
    /// Throws when it does not end with code 0, with what it wrote to standard error.
    @discardableResult
    public static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], input: String? = nil
    ) async throws -> String {
        let child = try await ChildProcess.start(executable, arguments, environment: environment, input: input)
        let status = try await child.status
        guard status == .exited(0) else {
            throw TestSupportError("\(child.command) ended (\(status)):\n\(await child.text(ofErrors: true))")
        }
        return await child.text()
    }
}
