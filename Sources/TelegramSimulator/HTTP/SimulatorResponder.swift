import HTTPTypes
import Hummingbird

/// Sends `/bot<token>/<method>` to the bots and everything else to the control API.
struct SimulatorResponder: HTTPResponder {
    /// The longest request body, in bytes.
    static let largestBody = 1 << 20

    let server: BotServer
    private let control: RouterResponder<SimulatorContext>

    init(server: BotServer) {
        self.server = server
        control = ControlRoutes(server: server).router.buildResponder()
    }

    func respond(to request: Request, context: SimulatorContext) async throws -> Response {
        let path = RequestParameters.decode(request.uri.path.utf8, plusIsSpace: false)
        guard path.hasPrefix("/bot") else { return try await respond(to: request, at: path, context) }
        let parts = path.dropFirst(4).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let reply: BotServer.Reply
        if parts.count == 2 {
            reply = await call(token: String(parts[0]), method: String(parts[1]), request)
        } else {
            reply = .answer(Refusal.notFound.answer)
        }
        return try await respond(with: reply, context: context)
    }

    private func respond(to request: Request, at path: String, _ context: SimulatorContext) async throws -> Response {
        let response = try await control.respond(to: request, context: context)
        guard response.status == .notFound else { return response }
        return ControlRoutes.response(["error": .string("there is no \(request.method) \(path)")], status: .notFound)
    }

    private func call(token: String, method: String, _ request: Request) async -> BotServer.Reply {
        guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
            return .answer(Refusal(code: 413, description: "Request Entity Too Large").answer)
        }
        do throws(Refusal) {
            let parameters = try RequestParameters.read(
                query: request.uri.query?[...] ?? "", body: Array(body.readableBytesView),
                contentType: request.headers[.contentType] ?? "")
            return await server.call(token: token, method: method, parameters)
        } catch {
            return .answer(error.answer)
        }
    }

    private func respond(with reply: BotServer.Reply, context: SimulatorContext) async throws -> Response {
        switch reply {
        case .answer(let answer):
            return Response(answer, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body.bytes)))
        case .half(let answer):
            let bytes = answer.body.bytes
            // The whole length is promised, half is written; the error then closes the connection.
            let body = ResponseBody(contentLength: bytes.count) { writer in
                try await writer.write(ByteBuffer(bytes: bytes.prefix(bytes.count / 2)))
                throw ConnectionCut()
            }
            return Response(answer, body: body)
        case .other(let status, let contentType, let body):
            return Response(
                status: HTTPResponse.Status(code: status), headers: [.contentType: contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
        case .nothing:
            await context.disconnect()
            throw ConnectionCut()
        }
    }
}

/// The connection ends here on purpose.
private struct ConnectionCut: Error {}

extension Response {
    fileprivate init(_ answer: Answer, body: ResponseBody) {
        var headers: HTTPFields = [.contentType: "application/json"]
        headers[.retryAfter] = answer.retryAfter.map(String.init)
        self.init(status: HTTPResponse.Status(code: answer.status), headers: headers, body: body)
    }
}
