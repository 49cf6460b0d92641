import Reactor

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// An update as Telegram sent it: its number, and the JSON unchanged.
///
/// The JSON is kept as it came, so that an update nobody understands yet is recorded whole and can be read again.
public struct RawUpdate: Sendable, Equatable {
    /// The update's number (Bot API, "Update"): each one comes at least once, so the number tells repetitions.
    public let id: Int64
    /// The JSON of the "Update" object, byte for byte.
    public let json: String

    /// Reads the body of a webhook request. Nil when it is not JSON, or not an object with an `update_id`.
    public init?(json: [UInt8]) {
        guard (try? JSONDecoder().decode(Ignored.self, from: Data(json))) != nil else { return nil }
        self.init(wellFormed: json[...])
    }

    /// Reads an update out of JSON that was read as a whole before.
    fileprivate init?(wellFormed bytes: ArraySlice<UInt8>) {
        guard let number = JSONBounds.member("update_id", of: bytes),
            let id = Int64(String(decoding: number, as: UTF8.self)),
            let json = String(validating: bytes, as: UTF8.self)
        else { return nil }
        self.id = id
        self.json = json
    }
}

extension BotAPI {
    /// Waits for updates and returns those that have come (Bot API, "getUpdates").
    ///
    /// - Parameters:
    ///   - offset: the lowest number wanted. Telegram forgets everything below it, so pass it only when those updates
    ///     are committed.
    ///   - limit: at most this many, 1 to 100.
    ///   - wait: how long the server holds the answer back when there is nothing, whole seconds, at most 50.
    ///   - allowedUpdates: the kinds wanted; nil leaves the server's last list in force.
    /// - Throws: ``TelegramError/conflict(_:)`` when a webhook is set or another receiver runs.
    public func getUpdates(
        offset: Int64?, limit: Int = 100, wait: Duration = .seconds(50), allowedUpdates: [String]? = nil
    ) async throws(TelegramError) -> [RawUpdate] {
        var body = RequestBody()
        body.set("offset", to: offset)
        body.set("limit", to: Int64(limit))
        body.set("timeout", to: wait.components.seconds)
        body.set("allowed_updates", to: allowedUpdates)
        let answer: Answer<[Ignored]>
        var json: [UInt8] = []
        do {
            let response = try await perform("getUpdates", body, waiting: wait)
            json = response.body
            answer = Answer(response, token: token)
        } catch {
            answer = Answer(error, token: token)
        }
        let count = try answer.get().count
        let elements = JSONBounds.member("result", of: json[...]).flatMap(JSONBounds.elements)
        let updates = (elements ?? []).compactMap(RawUpdate.init(wellFormed:))
        guard updates.count == count else { throw .unknown("an update without a number") }
        return updates
    }
}

/// Anything, when only its being there matters.
private struct Ignored: Decodable, Sendable {
    init(from decoder: any Decoder) {}
}
