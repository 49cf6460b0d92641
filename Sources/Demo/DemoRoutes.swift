import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The page, what it shows as a stream of server-sent events, and what it does.
///
/// | request | answer |
/// |---|---|
/// | `GET /`, `/NAME` | the page and its files |
/// | `GET /events?customer=ID` | whenever something has changed, everything the page shows, as JSON (HTML, Server-sent events) |
/// | `POST /deeds` | does what a button says, see ``Deed``; 204, or 4xx with the reason as text |
struct DemoRoutes: Sendable {
    let board: Board

    private static let files: [String: (type: String, content: [UInt8])] = [
        "": ("text/html; charset=utf-8", PackageResources.index_html),
        "demo.css": ("text/css; charset=utf-8", PackageResources.demo_css),
        "demo.js": ("text/javascript; charset=utf-8", PackageResources.demo_js),
        "dom.js": ("text/javascript; charset=utf-8", PackageResources.dom_js),
        "phone.js": ("text/javascript; charset=utf-8", PackageResources.phone_js),
        "shop.js": ("text/javascript; charset=utf-8", PackageResources.shop_js),
        "texts.js": ("text/javascript; charset=utf-8", PackageResources.texts_js),
    ]

    /// Nothing but what is served here.
    private static let policy = "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
    /// How long the chat is waited for before the database is looked at again.
    private static let pause = 120
    private static let largestBody = 1 << 16

    var router: Router<BasicRequestContext> {
        let router = Router()
        for (name, file) in Self.files {
            router.get(RouterPath("/" + name)) { _, _ in
                var headers: HTTPFields = [.contentType: file.type, .cacheControl: "no-store"]
                headers[.contentSecurityPolicy] = Self.policy
                return Response(
                    status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.content)))
            }
        }
        router.get("/favicon.ico") { _, _ in Response(status: .noContent) }
        router.get("/events") { request, _ in
            let id = request.uri.queryParameters.get("customer", as: Int.self)
            let customer = Customer.all.first { $0.partnerID == id } ?? Customer.all[0]
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { try await stream(customer, into: &$0) })
        }
        router.post("/deeds") { request, _ in
            // A page of another origin cannot send this type unasked (Fetch, CORS-safelisted request-header).
            guard request.headers[.contentType] == "application/json" else {
                throw HTTPError(.unsupportedMediaType)
            }
            let body = try await request.body.collect(upTo: Self.largestBody)
            do {
                try await board.perform(try JSONDecoder().decode(Deed.self, from: Data(body.readableBytesView)))
                return Response(status: .noContent)
            } catch {
                return Response(
                    status: .badRequest, headers: [.contentType: "text/plain; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: "\(error)")))
            }
        }
        return router
    }

    /// Sends what the page shows, again whenever it has changed, until the page is closed or the demo ends.
    private func stream(_ customer: Customer, into writer: inout any ResponseBodyWriter) async throws {
        var revision: Int?
        var last = ""
        var writtenAt = ContinuousClock.now
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let view = try await board.view(for: customer, after: revision, waiting: Self.pause)
            revision = view.revision
            if view.json != last {
                last = view.json
                writtenAt = .now
                try await writer.write(ByteBuffer(string: "data: \(view.json)\n\n"))
            } else if writtenAt.duration(to: .now) > .seconds(5) {
                // Only writing shows that nobody reads any more.
                writtenAt = .now
                try await writer.write(ByteBuffer(string: ":\n\n"))
            }
        }
        try await writer.finish(nil)
    }
}
