import HTTPTypes
import Hummingbird

/// The control API under `/control`: what tests and the demo do in place of customers, networks and Telegram.
///
/// Bodies and answers are JSON. A bot is named by `bot_id` in the body or the query; without it the first token's bot
/// is meant. What makes no sense is answered by 400 `{"error": "…"}`.
///
/// | request | what it does |
/// |---|---|
/// | `POST chats` | registers or changes a chat: `id`, `type`, `first_name`, `last_name`, `username`, `language_code`, \
/// `state` (``Chat/State``), `migrate_to_chat_id` |
/// | `POST messages` | a customer writes: `chat_id`, `text`, `from`, `reply_to_message_id`, any other Message fields |
/// | `POST callbacks` | a customer presses a button: `chat_id`, `message_id`, `data` |
/// | `POST block` | a customer blocks or unblocks the bot: `chat_id`, `blocked` |
/// | `POST updates` | queues an update object, or the content of a JSON string (also as `{"raw": "…"}`) as it is |
/// | `GET sent` | accepted messages after `after`, of `chat_id`, once there are `count` or after `wait_ms` |
/// | `GET chat` | the chat `chat_id` as its customer sees it, once its `revision` is not `after` or after `wait_ms` |
/// | `GET requests` | Bot API requests after `after`, of `method`, likewise |
/// | `GET stats` | totals |
/// | `POST faults` | orders a fault: `kind` (``Fault/Kind``) and its `ms`, `status`, or `error_code`, `description` \
/// and `parameters`; `method` (`sendMessage`, `*` for all), `chat_id`, `times` (1, -1 for ever), `lasts_ms`, `before_accept` |
/// | `DELETE faults` | cancels the faults still ordered |
/// | `POST limits` | turns limits on, those left out off: `per_second`, `per_chat_per_second`, `per_chat_burst` |
/// | `POST tokens` | accepts the tokens of `accept` and no others |
/// | `POST reset` | forgets everything but the tokens; identifiers go on counting |
struct ControlRoutes: Sendable {
    let server: BotServer

    private static let done: JSON = ["ok": true]
    /// Larger than what the Bot API takes, so that a customer can send what is too large for a webhook.
    private static let largestBody = 8 << 20

    /// The routes.
    var router: Router<SimulatorContext> {
        let router = Router(context: SimulatorContext.self)
        let group = router.group("control")
        registerCustomers(group)
        registerObservations(group)
        registerConditions(group)
        return router
    }

    // MARK: What customers do

    private func registerCustomers(_ group: RouterGroup<SimulatorContext>) {
        group.post("chats", use: onBot { bot, fields, _ throws(ControlError) in try bot.register(fields).json })
        group.post(
            "messages",
            use: onBot { bot, fields, now throws(ControlError) in
                try bot.write(fields, at: now).json
            })
        group.post(
            "callbacks",
            use: onBot { bot, fields, now throws(ControlError) in
                try bot.press(fields, at: now).json
            })
        group.post(
            "block",
            use: onBot { bot, fields, now throws(ControlError) in
                try bot.block(fields, at: now).json
            })
        group.post("updates") { request, _ in
            try await respond(request) { input throws(ControlError) in
                let text = try Self.verbatimText(input.body)
                let id = try await change(input) { bot, _ throws(ControlError) in
                    switch text {
                    case .verbatim(let text): bot.addUpdate(verbatim: text)
                    case .update(var fields):
                        bot.addUpdate(verbatim: Self.withIdentifier(&fields, bot.queue.nextID).text)
                    }
                }
                return ["update_id": .integer(id)]
            }
        }
    }

    private enum RawUpdate {
        case verbatim(String)
        case update(JSONObject)
    }

    /// An update object, or a JSON string whose content is sent as it is.
    private static func verbatimText(_ body: JSON) throws(ControlError) -> RawUpdate {
        switch body {
        case .string(let text): return .verbatim(text)
        case .object(let fields) where fields["raw"]?.stringValue != nil:
            return .verbatim(fields["raw"]?.stringValue ?? "")
        case .object(let fields): return .update(fields)
        default: throw ControlError("the body must be an update object, or a JSON string that is sent as it is")
        }
    }

    private static func withIdentifier(_ fields: inout JSONObject, _ id: Int64) -> JSON {
        fields["bot_id"] = nil
        if fields["update_id"] != nil { return .object(fields) }
        var update = JSONObject(["update_id": .integer(id)])
        for field in fields.fields { update.append(field.name, field.value) }
        return .object(update)
    }

    // MARK: What was seen

    private func registerObservations(_ group: RouterGroup<SimulatorContext>) {
        group.get("sent") { request, _ in
            try await respond(request) { input throws(ControlError) in
                let botID = try await botID(input)
                let after = try Int(input.integer("after") ?? 0)
                let count = try Int(input.integer("count") ?? 1)
                let chatID = try input.integer("chat_id")
                return await server.read(waiting: try input.integer("wait_ms") ?? 0) { state in
                    (state.bots[botID]?.sent.count(after: after, chatID: chatID) ?? 0) >= count
                } _: { state in
                    .array((state.bots[botID]?.sent.messages(after: after, chatID: chatID) ?? []).map(\.json))
                }
            }
        }
        group.get("chat") { request, _ in
            try await respond(request) { input throws(ControlError) in
                let botID = try await botID(input)
                guard let chatID = try input.integer("chat_id") else { throw ControlError("chat_id is missing") }
                let after = try input.integer("after")
                return await server.read(waiting: try input.integer("wait_ms") ?? 0) { state in
                    state.bots[botID].map { Int64($0.revision(of: chatID)) } != after
                } _: { state in
                    state.bots[botID]?.view(of: chatID) ?? .null
                }
            }
        }
        group.get("requests") { request, _ in
            try await respond(request) { input throws(ControlError) in
                let after = try Int(input.integer("after") ?? 0)
                let count = try Int(input.integer("count") ?? 1)
                let name = input.query.string("method")
                let method = name.isEmpty ? nil : name
                return await server.read(waiting: try input.integer("wait_ms") ?? 0) { state in
                    (method == nil
                        ? state.log.count - after : state.log.records(after: after, method: method).count) >= count
                } _: { state in
                    .array(state.log.records(after: after, method: method).map(\.json))
                }
            }
        }
        group.get("stats") { _, _ in
            Self.response(await server.read(waiting: 0, until: { _ in true }, { $0.statistics }))
        }
    }

    // MARK: What goes wrong

    private func registerConditions(_ group: RouterGroup<SimulatorContext>) {
        group.post("faults") { request, _ in
            try await respond(request) { input throws(ControlError) in
                let fault = try Fault(input.fields, at: await server.moment)
                await server.change { $0.faults.add(fault) }
                return Self.done
            }
        }
        group.delete("faults") { _, _ in
            await server.change { $0.faults.removeAll() }
            return Self.response(Self.done)
        }
        group.post(
            "limits",
            use: onBot { bot, fields, _ throws(ControlError) in
                bot.limits = RateLimits(
                    perSecond: try fields.positiveNumber("per_second"),
                    perChatPerSecond: try fields.positiveNumber("per_chat_per_second"),
                    perChatBurst: try fields.positiveNumber("per_chat_burst"))
                return Self.done
            })
        group.post("tokens") { request, _ in
            try await respond(request) { input throws(ControlError) in
                let tokens = input.fields["accept"]?.elements?.map(\.stringValue)
                guard let tokens, !tokens.contains(nil) else {
                    throw ControlError("accept must be a list of tokens, strings like 123456:SECRET")
                }
                try await server.change { state throws(ControlError) in try state.accept(tokens.compactMap(\.self)) }
                return Self.done
            }
        }
        group.post("reset") { _, _ in
            await server.change { $0.reset() }
            return Self.response(Self.done)
        }
    }

    // MARK: Requests and responses

    /// A handler that changes one bot.
    private func onBot(
        _ body: @escaping @Sendable (inout BotState, JSONObject, Timestamp) throws(ControlError) -> JSON
    ) -> @Sendable (Request, SimulatorContext) async throws -> Response {
        { request, _ in
            try await respond(request) { input throws(ControlError) in
                guard input.body.objectValue != nil else { throw ControlError("the body must be a JSON object") }
                return try await change(input) { bot, now throws(ControlError) in try body(&bot, input.fields, now) }
            }
        }
    }

    private func botID(_ input: ControlInput) async throws(ControlError) -> Int64 {
        let named = try input.integer("bot_id")
        return try await server.change { state throws(ControlError) in try state.botID(named) }
    }

    private func change<Value: Sendable>(
        _ input: ControlInput, _ body: @Sendable (inout BotState, Timestamp) throws(ControlError) -> Value
    ) async throws(ControlError) -> Value {
        let id = try await botID(input)
        let now = await server.moment
        let value = try await server.change { state throws(ControlError) in
            try state.withBot(id) { bot throws(ControlError) in try body(&bot, now) }
        }
        guard let value else { throw ControlError("there is no bot \(id); accept a token of it first") }
        return value
    }

    private func respond(
        _ request: Request, _ body: (ControlInput) async throws(ControlError) -> JSON
    ) async throws -> Response {
        let bytes = Array(try await request.body.collect(upTo: Self.largestBody).readableBytesView)
        do throws(ControlError) {
            return Self.response(try await body(try ControlInput(query: request.uri.query, body: bytes)))
        } catch {
            return Self.response(["error": .string(error.description)], status: .badRequest)
        }
    }

    /// A response of JSON.
    static func response(_ json: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.bytes)))
    }
}
