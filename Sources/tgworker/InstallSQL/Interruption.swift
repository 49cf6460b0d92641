import UnixSignals

/// The end of a command by Ctrl-C or `kill`.
enum Interruption {
    /// Does a piece of work. On SIGINT or SIGTERM its task is cancelled, so that the server too stops what it is at.
    ///
    /// - Throws: ``CommandError`` when it was interrupted, else what the work throws.
    static func ending<Result: Sendable>(
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Result.self) { group in
            group.addTask { try await work() }
            group.addTask {
                for await _ in signals {
                    throw CommandError("interrupted", "what was done so far stays; run it again to finish")
                }
                // The sequence ends with the task.
                throw CancellationError()
            }
            defer { group.cancelAll() }
            guard let result = try await group.next() else { throw CancellationError() }
            return result
        }
    }
}
