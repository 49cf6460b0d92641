import Glibc

@testable import Reactor

extension Reactor {
    /// Runs `body` on the reactor's thread.
    func run<Result: Sendable>(_ body: @Sendable (isolated Reactor) -> Result) -> Result {
        body(self)
    }

    /// Comes back when the condition holds.
    func until(_ condition: @Sendable (isolated Reactor) -> Bool) async {
        while !condition(self) { await Task.yield() }
    }
}

/// How many descriptors this process has open. Other tests open and close some meanwhile.
func openDescriptors() -> Int {
    (0..<4096).count { fcntl($0, F_GETFD) >= 0 }
}
