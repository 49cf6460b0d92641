/// A text message to send (Bot API, "sendMessage").
public struct SendMessage: Sendable, Equatable {
    /// The chat, by its id. A private chat's id is the user's.
    public var chatID: Int64
    /// The text: 1 to 4096 characters after the markup is taken away. See ``MessageText/split(_:limit:)``.
    public var text: String
    /// How the text is read.
    public var format: Format
    /// The id of the message in the same chat that this one answers. When that message is gone, this one is sent all
    /// the same (`allow_sending_without_reply`).
    public var replyTo: Int64?
    /// Whether a link in the text gets a preview below the message.
    public var showsLinkPreview: Bool
    /// A keyboard, as the JSON of one of the Bot API's reply markup objects.
    public var replyMarkup: String?

    /// How a text is read (Bot API, "Formatting options").
    public enum Format: Sendable, Equatable {
        /// As it stands: no character has a meaning.
        case plain
        /// HTML style: `&`, `<` and `>` must be escaped.
        case html
    }

    /// A message.
    public init(
        chatID: Int64, text: String, format: Format = .plain, replyTo: Int64? = nil, showsLinkPreview: Bool = false,
        replyMarkup: String? = nil
    ) {
        self.chatID = chatID
        self.text = text
        self.format = format
        self.replyTo = replyTo
        self.showsLinkPreview = showsLinkPreview
        self.replyMarkup = replyMarkup
    }

    /// The parameters of the call.
    var body: RequestBody {
        var body = RequestBody(capacity: text.utf8.count + 256)
        body.set("chat_id", to: chatID)
        body.set("text", to: text)
        if format == .html { body.set("parse_mode", to: "HTML") }
        if let replyTo {
            var reply = RequestBody()
            reply.set("message_id", to: replyTo)
            reply.set("allow_sending_without_reply", to: true)
            body.set("reply_parameters", to: reply)
        }
        if !showsLinkPreview { body.set("link_preview_options", toJSON: #"{"is_disabled":true}"#) }
        body.set("reply_markup", toJSON: replyMarkup)
        return body
    }
}
