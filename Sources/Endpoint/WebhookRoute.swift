import HTTPTypes
import Hummingbird
import NIOCore
import Worker

/// `POST /telegram/webhook/{secret}`: gives what Telegram posts to the worker.
struct WebhookRoute: Sendable {
    let receiver: WebhookReceiver

    private static let secret = "secret"
    /// Bot API, "setWebhook".
    private static let tokenHeader = HTTPField.Name("X-Telegram-Bot-Api-Secret-Token")

    func register(on router: Router<BasicRequestContext>) {
        router.post("\(WebhookReceiver.path):\(Self.secret)") { request, context in
            try await respond(to: request, secret: context.parameters.get(Self.secret) ?? "")
        }
    }

    private func respond(to request: Request, secret: String) async throws -> Response {
        let token = Self.tokenHeader.flatMap { request.headers[$0] }
        if let refusal = await receiver.refusal(secret: secret.removingPercentEncoding, token: token) {
            return try response(refusal)
        }
        var body: [UInt8] = []
        var isCut = false
        for try await part in request.body {
            let room = WebhookReceiver.bodyLimit - body.count
            if part.readableBytes > room { isCut = true }
            // What is over the limit is read and dropped, so that an answer can be given on this connection.
            body.append(contentsOf: part.readableBytesView.prefix(room))
        }
        return try response(await receiver.receive(body, isCut: isCut))
    }

    private func response(_ answer: WebhookReceiver.Answer) throws -> Response {
        switch answer {
        case .accepted: Response(status: .ok)
        // As for a path that does not exist: nothing tells a wrong secret from it.
        case .notFound: throw HTTPError(.notFound)
        case .unavailable: Response(status: .serviceUnavailable)
        }
    }
}

extension String {
    /// Decodes `%XX`; what is no encoding stays as it is.
    fileprivate var removingPercentEncoding: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
