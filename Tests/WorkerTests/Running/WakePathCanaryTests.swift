import Testing

@testable import Worker

@Suite("The canary of the wake path")
struct WakePathCanaryTests {
    private let start = ContinuousClock.now

    @Test("measures the time until it is heard")
    func heard() {
        var canary = WakePathCanary(instance: "a")
        let payload = canary.send(start)
        #expect(canary.isUnheard(payload))
        #expect(canary.hear(payload, start + .milliseconds(3)) == .own(.milliseconds(3)))
        #expect(!canary.isUnheard(payload))
        #expect(canary.wakeUp == .milliseconds(3))
    }

    @Test("is not mistaken for another instance's, an older one, or a word about the queue")
    func foreign() {
        var canary = WakePathCanary(instance: "a")
        var other = WakePathCanary(instance: "b")
        let old = canary.send(start)
        let new = canary.send(start + .seconds(60))
        #expect(canary.hear(other.send(start), start) == .foreign)
        #expect(canary.hear(old, start + .seconds(60)) == .foreign)
        for payload in ["", "configuration", "errand", "outbox"] { #expect(canary.hear(payload, start) == .none) }
        #expect(canary.isUnheard(new))
        #expect(!canary.isUnheard(old), "nobody waits for that any more")
        #expect(canary.wakeUp == nil)
    }

    @Test("that could not be sent says nothing")
    func failed() {
        var canary = WakePathCanary(instance: "a")
        let payload = canary.send(start)
        canary.failed()
        #expect(!canary.isUnheard(payload))
        // It was sent after all.
        #expect(canary.hear(payload, start) == .foreign)
    }
}
