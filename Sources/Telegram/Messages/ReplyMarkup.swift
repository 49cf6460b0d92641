/// A keyboard that comes with a message (Bot API, "InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove").
public enum ReplyMarkup: Sendable, Equatable {
    /// One button below the message; pressing it sends `data` (at most 64 bytes) as a callback query.
    case button(text: String, data: String)
    /// One button in place of the keyboard; pressing it sends the user's own phone number. Works in private chats.
    case contactRequest(text: String)
    /// Takes such a button away.
    case removeKeyboard

    /// The JSON object.
    public var json: String {
        var body = RequestBody()
        switch self {
        case .button(let text, let data):
            var button = RequestBody()
            button.set("text", to: text)
            button.set("callback_data", to: data)
            body.set("inline_keyboard", toJSON: "[[\(button.text)]]")
        case .contactRequest(let text):
            var button = RequestBody()
            button.set("text", to: text)
            button.set("request_contact", to: true)
            body.set("keyboard", toJSON: "[[\(button.text)]]")
            body.set("resize_keyboard", to: true)
            body.set("one_time_keyboard", to: true)
        case .removeKeyboard:
            body.set("remove_keyboard", to: true)
        }
        return body.text
    }
}

extension RequestBody {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
