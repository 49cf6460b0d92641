import CLibpq
import Reactor

/// A connection to PostgreSQL over libpq's non-blocking interface, driven by the reactor.
///
/// Calls may overlap: each group of statements is one exchange, exchanges run one after the other in the order of the
/// calls, and a transaction keeps the others waiting until it ends.
public actor Connection {
    /// Called on the reactor's thread as things happen.
    public struct Handlers: Sendable {
        /// A NOTIFY arrived.
        public var notification: @Sendable (Notification) -> Void
        /// A notice arrived.
        public var notice: @Sendable (Notice) -> Void
        /// The connection broke; not called after ``Connection/close()``.
        public var lost: @Sendable (PostgresError) -> Void

        /// Handlers that ignore what they are not given for.
        public init(
            notification: @escaping @Sendable (Notification) -> Void = { _ in },
            notice: @escaping @Sendable (Notice) -> Void = { _ in },
            lost: @escaping @Sendable (PostgresError) -> Void = { _ in }
        ) {
            self.notification = notification
            self.notice = notice
            self.lost = lost
        }
    }

    private struct Waiter {
        let continuation: CheckedContinuation<Result<[Rows], PostgresError>, Never>
        let statements: [Statement]
        let script: String?
        let timer: Reactor.Token
    }

    /// Time that a statement has to end after the server was asked to cancel it, before the connection is given up.
    static let cancelGrace = Duration.seconds(5)

    let reactor: Reactor
    private let session: Session
    private var handlers: Handlers
    var machine = ConnectionStateMachine()
    private var waiters: [Exchange.ID: Waiter] = [:]
    private var lastID = 0
    private var watch: Reactor.Token?
    private let heartbeat: Heartbeat?
    var pulse: HeartbeatStateMachine?
    var pulseTimer: Reactor.Token?
    var isPinging = false

    /// The reactor's executor.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.unownedExecutor }

    /// The server process of this session (PQbackendPID).
    public nonisolated let processID: Int32
    /// The server's version, such as 150018 (PQserverVersion).
    public nonisolated let serverVersion: Int32

    init(_ session: sending Session, reactor: Reactor, heartbeat: Heartbeat?, handlers: Handlers) {
        self.session = session
        self.heartbeat = heartbeat
        self.reactor = reactor
        self.handlers = handlers
        processID = PQbackendPID(session.connection)
        serverVersion = PQserverVersion(session.connection)
    }

    isolated deinit {
        endWatch()
        stopPulse()
    }

    /// Whether the connection can be used. Gives it up when its time is over: after a suspension of the machine, or of
    /// the process, nobody may have looked yet.
    public var isOpen: Bool {
        if pulse?.next(.now) == .giveUp { beat() }
        return machine.failure == nil
    }

    /// Changes who is told about events from now on.
    public func setHandlers(_ handlers: Handlers) {
        self.handlers = handlers
    }

    /// Ends the session. Whoever waits gets `connectionLost`.
    public func close() {
        end(with: PostgresError(.connectionLost, message: "the connection was closed"))
    }

    func open() {
        let socket = session.becomeNonblocking()
        watch = reactor.assumeIsolated {
            $0.watch(socket, for: .read) { [weak self] readiness in
                self?.assumeIsolated { $0.socketReady(readiness) }
            }
        }
        deliverNotices()
        pulse = heartbeat.map { HeartbeatStateMachine($0, now: .now) }
        beat()
    }

    func newID() -> Int {
        lastID += 1
        return lastID
    }

    // MARK: Exchanges

    func perform(
        _ content: Exchange.Content, part: Exchange.Part, timeout: Duration
    ) async throws(PostgresError) -> [Rows] {
        if let problem = content.problem { throw problem }
        let exchange = Exchange(id: newID(), content: content, part: part)
        let result = await withTaskCancellationHandler {
            await reactor.executor.suspend { continuation in
                submit(exchange, timeout, continuation)
            }
        } onCancel: {
            Task { await self.interrupt(exchange.id, .cancelled) }
        }
        return try result.get()
    }

    private func submit(
        _ exchange: Exchange, _ timeout: Duration,
        _ continuation: CheckedContinuation<Result<[Rows], PostgresError>, Never>
    ) {
        // A cancellation that came before this has found nothing to interrupt.
        if Task.isCancelled, !exchange.part.endsTransaction {
            return continuation.resume(returning: .failure(PostgresError(.cancelled, message: "cancelled")))
        }
        let timer = reactor.assumeIsolated {
            $0.schedule(after: timeout) { [weak self] in
                self?.assumeIsolated { $0.interrupt(exchange.id, .timeout) }
            }
        }
        switch exchange.content {
        case .group(let statements):
            waiters[exchange.id] = Waiter(
                continuation: continuation, statements: statements, script: nil, timer: timer)
        case .script(let script):
            waiters[exchange.id] = Waiter(continuation: continuation, statements: [], script: script, timer: timer)
        }
        act(on: machine.enqueue(exchange))
    }

    private func interrupt(_ id: Exchange.ID, _ kind: PostgresError.Kind) {
        act(on: machine.interrupt(id, kind))
    }

    private func act(on action: ConnectionStateMachine.Action) {
        switch action {
        case .none: break
        case .send(let id, let operations): send(id, operations)
        case .cancelOnServer: cancelOnServer()
        case .fail(let id, let error): finish(id, .failure(error))
        }
    }

    private func finish(_ id: Exchange.ID, _ outcome: Result<[Rows], PostgresError>) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        reactor.assumeIsolated { $0.cancelTimer(waiter.timer) }
        waiter.continuation.resume(returning: outcome)
    }

    private func send(_ id: Exchange.ID, _ operations: [Exchange.Operation]) {
        guard let waiter = waiters[id] else { return }
        pulse?.sent(.now)
        // With an interval the timer is set already, and for no later than this exchange needs.
        if pulseTimer == nil { beat() }
        let sent =
            waiter.script.map { session.send(script: $0) } ?? session.send(waiter.statements, operations)
        guard sent else { return lose() }
        flush()
    }

    private func flush() {
        let left = session.flush()
        guard left >= 0, let watch else { return lose() }
        let interest: Readiness = left == 0 ? .read : [.read, .write]
        reactor.assumeIsolated { $0.changeWatch(watch, to: interest) }
    }

    // MARK: What the socket brings

    private func socketReady(_ readiness: Readiness) {
        let received = session.receive()
        while machine.running != nil, let answer = session.nextAnswer() {
            if case .copy = answer {
                return lose(PostgresError(.unexpectedResult, message: "COPY is not supported here"))
            }
            guard let completion = machine.receive(answer) else { continue }
            session.exchangeEnded()
            pulse?.answered()
            finish(completion.id, completion.outcome)
            act(on: machine.next())
        }
        // After the answers: libpq finds them while it reads those.
        deliverNotifications()
        deliverNotices()
        guard received, session.isAlive else { return lose() }
        if readiness.contains(.write) { flush() }
    }

    private func deliverNotifications() {
        while let notification = session.nextNotification() { handlers.notification(notification) }
    }

    private func deliverNotices() {
        for notice in session.takeNotices() { handlers.notice(notice) }
    }

    // MARK: Cancelling and ending

    private func cancelOnServer() {
        let cancel = session.cancelRequest()
        let id = machine.running?.id
        Task {
            await cancel()
            act(on: machine.cancelDelivered())
        }
        reactor.assumeIsolated {
            _ = $0.schedule(after: Self.cancelGrace) { [weak self] in
                self?.assumeIsolated { connection in
                    guard let id, connection.machine.running?.id == id else { return }
                    connection.lose(PostgresError(.connectionLost, message: "the server does not answer"))
                }
            }
        }
    }

    func lose(_ error: PostgresError? = nil) {
        let error = error ?? machine.farewell ?? PostgresError(.connectionLost, message: session.errorMessage)
        let lost = handlers.lost
        if end(with: error) { lost(error) }
    }

    @discardableResult
    private func end(with error: PostgresError) -> Bool {
        guard machine.failure == nil else { return false }
        let ids = machine.close(error)
        endWatch()
        stopPulse()
        session.finish()
        handlers = Handlers()
        for id in ids { finish(id, .failure(error)) }
        return true
    }

    private func endWatch() {
        guard let watch else { return }
        reactor.assumeIsolated { $0.endWatch(watch) }
        self.watch = nil
    }
}
