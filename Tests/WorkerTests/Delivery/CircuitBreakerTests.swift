import Testing

@testable import Worker

@Suite("The circuit breaker", .timeLimit(.minutes(5)))
struct CircuitBreakerTests {
    private let now = ContinuousClock.now
    private var breaker = CircuitBreaker()

    private mutating func fail(_ ids: Int64...) {
        for id in ids { breaker.failed(id, at: now, jitter: 1) }
    }

    @Test("opens at the second failure, and closes at the first success")
    mutating func opens() {
        fail(1)
        #expect(breaker.openUntil == nil)
        #expect(!breaker.isTripped)
        fail(2)
        #expect(breaker.openUntil == now + .seconds(1))
        breaker.expire(now + .seconds(1))
        #expect(breaker.openUntil == nil)
        #expect(breaker.isTripped)
        _ = breaker.succeeded(3)
        #expect(!breaker.isTripped)
    }

    @Test("gives back what it made wait, once, and not what has succeeded meanwhile")
    mutating func givesBack() {
        fail(1, 2)
        // A part of it, say: it goes on by itself.
        #expect(breaker.succeeded(2) == [1])
        fail(1, 2, 3)
        #expect(breaker.succeeded(4) == [2, 3], "the first waits out its own backoff")
        breaker.forget(1)
        fail(1, 5)
        #expect(breaker.succeeded(6) == [1, 5])
    }
}
