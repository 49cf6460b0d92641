import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import TelegramSimulator

/// The bot's side of a webhook: it notes what is posted, and answers what the test says, 200 in the end.
private actor Receiver {
    struct Post: Sendable {
        let secret: String?
        let body: String
    }

    private var statuses: [Int]
    private let answer: String
    private let sink: AsyncStream<Post>.Continuation
    nonisolated let posts: AsyncStream<Post>

    init(statuses: [Int] = [], answer: String = "") {
        self.statuses = statuses
        self.answer = answer
        (posts, sink) = AsyncStream.makeStream()
    }

    func take(_ post: Post) -> (status: Int, body: String) {
        sink.yield(post)
        return statuses.isEmpty ? (200, answer) : (statuses.removeFirst(), "")
    }

    /// Listens on a free port while the body runs.
    nonisolated func run(_ body: (_ url: String) async throws -> Void) async throws {
        let (ports, ready) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "receiver")
        logger.logLevel = .critical
        let responder = CallbackResponder { (request: Request, _: BasicRequestContext) in
            let bytes = try await request.body.collect(upTo: 1 << 20)
            let secret = HTTPField.Name("X-Telegram-Bot-Api-Secret-Token").flatMap { request.headers[$0] }
            let answer = await self.take(Post(secret: secret, body: String(buffer: bytes)))
            return Response(
                status: .init(code: answer.status), headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: answer.body)))
        }
        let application = Application(
            responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { ready.yield($0.localAddress?.port ?? 0) }, logger: logger)
        let services = ServiceGroup(services: [application], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            let port = try #require(await ports.first { _ in true })
            do {
                try await body("http://127.0.0.1:\(port)/hook")
            } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}

@Suite(.timeLimit(.minutes(5)))
struct WebhookServerTests {
    private let options = SimulatorOptions(allowsHTTPWebhook: true)

    @Test("updates are posted with the secret, those that waited too, and again until they are taken")
    func posting() async throws {
        let receiver = Receiver(statuses: [500, 302])
        try await receiver.run { url in
            try await RunningSimulator.run(options) { simulator in
                try await simulator.control("messages", #"{"chat_id":5,"text":"one"}"#)
                let set = try await simulator.bot("setWebhook", #"{"url":"\#(url)","secret_token":"s-1"}"#)
                #expect(set.status == 200)
                var posts = receiver.posts.makeAsyncIterator()
                var bodies: [String] = []
                for _ in 0..<3 {
                    let post = try #require(await posts.next())
                    #expect(post.secret == "s-1")
                    bodies.append(post.body)
                }
                #expect(Set(bodies).count == 1)
                try await simulator.control("messages", #"{"chat_id":5,"text":"two"}"#)
                let post = try #require(await posts.next())
                #expect(try JSON(post.body)["message"]?["text"] == "two")
                let info = try await simulator.bot("getWebhookInfo").json()["result"]
                #expect(info?["last_error_message"] == "Wrong response from the webhook: 302 Found")
            }
        }
    }

    @Test("a method in the webhook's answer is carried out")
    func methodInAnswer() async throws {
        let receiver = Receiver(answer: #"{"method":"sendMessage","chat_id":5,"text":"from the hook"}"#)
        try await receiver.run { url in
            try await RunningSimulator.run(options) { simulator in
                _ = try await simulator.bot("setWebhook", #"{"url":"\#(url)"}"#)
                try await simulator.control("messages", #"{"chat_id":5,"text":"x"}"#)
                let sent = try await simulator.control("sent?count=1&wait_ms=30000")
                #expect(sent.elements?.first?["text"] == "from the hook")
            }
        }
    }
}
