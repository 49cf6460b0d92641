/// Whether this instance hears notifications: sends one to itself now and then, by another session as Odoo's are, and
/// measures the time until it is heard. A listener that hears nothing is deaf, though its session looks well: something
/// between it and the server swallows notifications.
struct WakePathCanary: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// What a notification is.
    enum Call: Equatable {
        /// The canary that was sent last; the time since then.
        case own(Duration)
        /// An older one, or another instance's.
        case foreign
        /// No canary.
        case none
    }

    /// A listener that has heard nothing so long after the notification was committed is deaf.
    static let limit = Duration.seconds(5)

    private let instance: String
    private var number = 0
    private var sent: Instant?
    /// The last time from sending to hearing.
    private(set) var wakeUp: Duration?

    init(instance: String) {
        self.instance = instance
    }

    /// The payload of the next canary, which is sent now.
    mutating func send(_ now: Instant) -> String {
        number += 1
        sent = now
        return payload
    }

    /// It could not be sent, so not hearing it means nothing.
    mutating func failed() {
        sent = nil
    }

    mutating func hear(_ payload: String, _ now: Instant) -> Call {
        guard payload.hasPrefix(Self.prefix) else { return .none }
        guard payload == self.payload, let sent else { return .foreign }
        self.sent = nil
        wakeUp = now - sent
        return .own(now - sent)
    }

    /// Whether the canary with this payload, which was committed ``limit`` ago, was not heard.
    func isUnheard(_ payload: String) -> Bool {
        payload == self.payload && sent != nil
    }

    private static let prefix = "canary "
    private var payload: String { "\(Self.prefix)\(instance) \(number)" }
}
