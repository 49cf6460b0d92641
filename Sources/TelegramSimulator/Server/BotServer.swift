/// The simulator at work: it carries out the decisions of ``BotServerState``, waits where a request has to wait, and
/// says what to post to webhooks.
actor BotServer {
    /// What is to be done on the connection a request came by.
    enum Reply: Equatable, Sendable {
        case answer(Answer)
        /// Half of the answer, then the end of the connection.
        case half(Answer)
        /// Something that is no Bot API answer.
        case other(status: Int, contentType: String, body: String)
        /// The connection is closed without a byte.
        case nothing
    }

    /// What ``webhookTasks`` asks for.
    enum WebhookTask: Sendable {
        case post(WebhookDelivery)
        /// Call ``postDueUpdates()`` again in so many milliseconds, when a pause ends.
        case wake(milliseconds: Int64)
    }

    private struct Waiter {
        let isDone: @Sendable (borrowing BotServerState) -> Bool
        let continuation: CheckedContinuation<Void, Never>
        let alarm: Task<Void, Never>
    }

    private var state: BotServerState
    private var waiters: [Int: Waiter] = [:]
    private var nextWaiter = 1
    private let now: @Sendable () -> Timestamp
    private let printer: @Sendable (String) -> Void
    private let webhookSink: AsyncStream<WebhookTask>.Continuation

    /// The posts to make. One reader carries them out, see ``WebhookService``.
    nonisolated let webhookTasks: AsyncStream<WebhookTask>

    /// - Parameters:
    ///   - state: the bots as they start.
    ///   - now: the clock.
    ///   - printer: takes the lines of the conversation.
    init(
        _ state: BotServerState, now: @escaping @Sendable () -> Timestamp = Timestamp.now,
        printer: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.state = state
        self.now = now
        self.printer = printer
        (webhookTasks, webhookSink) = AsyncStream.makeStream()
    }

    /// Answers a request to the Bot API.
    func call(token: String, method: String, _ parameters: Parameters) async -> Reply {
        let admission: BotServerState.Admission
        switch change({ $0.admit(token: token, method: method, parameters, at: now()) }) {
        case .failure(let refusal): return .answer(refusal.answer)
        case .success(let admitted): admission = admitted
        }
        await pause(milliseconds: state.options.latency)
        let (reply, outcome) = await carryOut(admission, parameters)
        let status: Int? =
            switch reply {
            case .answer(let answer), .half(let answer): answer.status
            case .other(let status, _, _): status
            case .nothing: nil
            }
        change { $0.finish(admission.sequence, status: status, outcome: outcome) }
        return reply
    }

    private func carryOut(
        _ admission: BotServerState.Admission, _ parameters: Parameters
    ) async -> (reply: Reply, outcome: String) {
        guard let fault = admission.fault else { return (.answer(await perform(admission, parameters)), "answered") }
        if case .latency(let milliseconds) = fault.kind { await pause(milliseconds: milliseconds) }
        let answer = fault.acceptsFirst ? await perform(admission, parameters) : nil
        switch fault.kind {
        case .latency: return (.answer(answer ?? Refusal.restarting.answer), "latency")
        case .error(let refusal): return (.answer(refusal.answer), "error")
        case .drop: return (.nothing, "drop")
        case .hang(let milliseconds):
            await pause(milliseconds: milliseconds)
            return (.nothing, "hang")
        case .garbage:
            return (.other(status: 200, contentType: "application/json", body: "{\"ok\":tru<garbage>"), "garbage")
        case .truncate: return (.half(answer ?? .success(true)), "truncate")
        case .status(let status):
            let title = "\(status) \(status == 502 ? "Bad Gateway" : "Error")"
            let page =
                "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
                + "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
            return (.other(status: status, contentType: "text/html", body: page), "status")
        }
    }

    private func perform(_ admission: BotServerState.Admission, _ parameters: Parameters) async -> Answer {
        let step = change { state in
            state.withBot(admission.botID) { $0.perform(admission.method, parameters, at: now()) }
        }
        switch step {
        case .answer(let answer)?: return answer
        case .wait(let poll)?: return await answer(to: poll, botID: admission.botID)
        case nil: return Refusal.unauthorized.answer
        }
    }

    private func answer(to poll: Poll, botID: Int64) async -> Answer {
        while !state.isClosing {
            let moment = now()
            if let answer = change({ $0.withBot(botID) { $0.pollAnswer(poll, at: moment) } }) ?? nil { return answer }
            await wait(until: poll.deadline) { $0.bots[botID]?.isDue(poll, at: moment) ?? true }
        }
        return Refusal.restarting.answer
    }

    // MARK: Control

    /// Changes the state and lets everything that waits look at it.
    @discardableResult
    func change<Value, Failure: Error>(
        _ body: (inout BotServerState) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        defer { settle() }
        return try body(&state)
    }

    /// Looks at the state, once a condition holds or the time is over.
    func read<Value: Sendable>(
        waiting milliseconds: Int64, until condition: @escaping @Sendable (borrowing BotServerState) -> Bool,
        _ body: (borrowing BotServerState) -> Value
    ) async -> Value {
        if milliseconds > 0 { await wait(until: now().adding(milliseconds: milliseconds), condition) }
        return body(state)
    }

    /// The moment, by the simulator's clock.
    var moment: Timestamp { now() }

    /// Ends everything that waits, because the simulator ends.
    func close() {
        change { $0.isClosing = true }
        webhookSink.finish()
    }

    // MARK: Webhooks

    /// Takes the result of a post. A method in the webhook's answer is carried out.
    func finish(_ delivery: WebhookDelivery, _ result: WebhookResult, answer: Parameters?) async {
        change { state in
            state.withBot(delivery.botID) { $0.finish(delivery, result, at: now()) }
        }
        guard let answer, let method = BotMethod(name: answer.string("method")), method.isAllowedInWebhookAnswer else {
            return
        }
        change { state in
            let sequence = state.noteWebhookCall(botID: delivery.botID, method, answer, at: now())
            let step = state.withBot(delivery.botID) { $0.perform(method, answer, at: now()) }
            guard case .answer(let answer)? = step else { return }
            state.finish(sequence, status: answer.status, outcome: "webhook")
        }
    }

    /// Posts what is due, and comes back when the next pause ends.
    func postDueUpdates() { settle() }

    // MARK: Waiting

    private func pause(milliseconds: Int64) async {
        guard milliseconds > 0 else { return }
        await wait(until: now().adding(milliseconds: milliseconds)) { _ in false }
    }

    /// Waits for a condition, at most until the deadline, no longer than the simulator runs.
    private func wait(
        until deadline: Timestamp, _ isDone: @escaping @Sendable (borrowing BotServerState) -> Bool
    ) async {
        guard !state.isClosing, !isDone(state), now() < deadline else { return }
        let id = nextWaiter
        nextWaiter += 1
        let pause = deadline.microseconds - now().microseconds
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume() }
                let alarm = Task {
                    try? await Task.sleep(for: .microseconds(pause))
                    self.wake(id)
                }
                waiters[id] = Waiter(isDone: isDone, continuation: continuation, alarm: alarm)
            }
        } onCancel: {
            Task { await self.wake(id) }
        }
    }

    private func wake(_ id: Int) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.alarm.cancel()
        waiter.continuation.resume()
    }

    private func settle() {
        for (id, waiter) in waiters where state.isClosing || waiter.isDone(state) { wake(id) }
        if state.options.keepsTranscript {
            for line in state.takeTranscript() { printer(line) }
        }
        for delivery in state.startDeliveries(at: now()) { webhookSink.yield(.post(delivery)) }
        if let pause = state.nextWebhookPause(at: now()) { webhookSink.yield(.wake(milliseconds: pause)) }
    }
}
