import Reactor

/// An update as Telegram sent it: its number, and the JSON unchanged.
///
/// The JSON is kept as it came, so that an update nobody understands is recorded whole and can be read again. Whether it
/// makes sense shows when it is decoded, see ``Update``.
public struct RawUpdate: Sendable, Hashable {
    /// The update's number (Bot API, "Update"): each one comes at least once, so the number tells repetitions. Nil when
    /// it cannot be found.
    public let id: Int64?
    /// The text of the "Update" object; bytes that are not UTF-8 are replaced.
    public let json: String

    /// Takes a text for an update, whatever it is. The number is found even where the JSON is broken.
    public init(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        json = String(decoding: bytes, as: UTF8.self)
        if let value = JSONBounds.member("update_id", of: bytes[...]) {
            id = Self.number(value)
        } else {
            id = Self.salvagedID(bytes[...])
        }
    }

    /// Numbers of updates are positive (Bot API, "Update"); a negative one would mean something else to `getUpdates`.
    private static func number(_ text: ArraySlice<UInt8>) -> Int64? {
        text.allSatisfy(\.isDigit) ? Int64(String(decoding: text, as: UTF8.self)) : nil
    }

    /// The first number behind an `"update_id":`, for a text that is no whole object.
    private static func salvagedID(_ bytes: ArraySlice<UInt8>) -> Int64? {
        let name = Array(#""update_id""#.utf8)
        var rest = bytes
        // A text of that name may come first, and has no number behind it.
        while let found = rest.firstRange(of: name) {
            rest = rest[found.upperBound...]
            let value = rest.drop { [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ":")].contains($0) }
            if let id = number(value.prefix(while: \.isDigit)) { return id }
        }
        return nil
    }
}

extension BotAPI {
    /// Waits for updates and returns those that have come (Bot API, "getUpdates").
    ///
    /// An update whose JSON is broken is returned like the others, as long as it can be told where it ends. When it
    /// cannot, only asking for one at a time (`limit` 1) gets past it: then the whole answer is taken for that update.
    ///
    /// - Parameters:
    ///   - offset: the lowest number wanted. Telegram forgets everything below it, so pass it only when those updates
    ///     are committed.
    ///   - limit: at most this many, 1 to 100.
    ///   - wait: how long the server holds the answer back when there is nothing, whole seconds, at most 50.
    ///   - allowedUpdates: the kinds wanted; nil leaves the server's last list in force.
    /// - Throws: ``TelegramError/conflict(_:)`` when a webhook is set or another receiver runs;
    ///   ``TelegramError/unknown(_:)`` when the answer cannot be taken apart.
    public func getUpdates(
        offset: Int64?, limit: Int = 100, wait: Duration = .seconds(50), allowedUpdates: [String]? = nil
    ) async throws(TelegramError) -> [RawUpdate] {
        var body = RequestBody()
        body.set("offset", to: offset)
        body.set("limit", to: Int64(limit))
        body.set("timeout", to: wait.components.seconds)
        body.set("allowed_updates", to: allowedUpdates)
        let answer: Answer<[Ignored]>
        do {
            let response = try await perform("getUpdates", body, waiting: wait)
            if response.status == 200, let updates = Self.updates(in: response.body[...], alone: limit == 1) {
                return updates
            }
            answer = Answer(response, token: token)
        } catch {
            answer = Answer(error, token: token)
        }
        // What has a result here had one that could not be taken apart.
        guard try answer.get().isEmpty else { throw .unknown("the updates cannot be told apart") }
        return []
    }

    private static func updates(in body: ArraySlice<UInt8>, alone: Bool) -> [RawUpdate]? {
        guard JSONBounds.member("ok", of: body)?.elementsEqual("true".utf8) == true else { return nil }
        if let elements = JSONBounds.member("result", of: body).flatMap(JSONBounds.elements) {
            return elements.map { RawUpdate($0) }
        }
        guard alone else { return nil }
        let update = RawUpdate(body)
        return update.id == nil ? nil : [update]
    }
}

/// Anything, when only its being there matters.
private struct Ignored: Decodable, Sendable {
    init(from decoder: any Decoder) {}
}
