/// Runs an operation that ends on cancellation, and throws when it has not finished after `timeout`.
///
/// The name of what is waited for goes into the error.
public func withDeadline<Success: Sendable>(
    _ timeout: Duration, _ awaited: String,
    operation: @escaping @Sendable () async throws -> Success
) async throws -> Success {
    let result = try await withThrowingTaskGroup(of: Success?.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: timeout)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
    guard let result else { throw TestSupportError("waited \(timeout) in vain for \(awaited)") }
    return result
}

/// Asks again and again until there is an answer, and returns it: for conditions in a database, which cannot be awaited.
///
/// - Parameters:
///   - awaited: What is waited for, for the error.
///   - timeout: How long to ask.
///   - interval: The pause between two questions.
@discardableResult
public func eventually<Answer>(
    _ awaited: String = "a condition", timeout: Duration = .seconds(60), every interval: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, answer: () async throws -> Answer?
) async throws -> Answer {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    while true {
        if let answer = try await answer() { return answer }
        guard ContinuousClock.now < deadline else {
            throw TestSupportError("waited \(timeout) in vain for \(awaited)")
        }
        try await Task.sleep(for: interval)
    }
}

/// Asks again and again until the condition holds.
public func eventually(
    _ awaited: String = "a condition", timeout: Duration = .seconds(60), every interval: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation, condition: () async throws -> Bool
) async throws {
    try await eventually(awaited, timeout: timeout, every: interval) { try await condition() ? () : nil }
}
