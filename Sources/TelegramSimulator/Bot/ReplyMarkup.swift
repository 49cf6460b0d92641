/// The `reply_markup` of a message: kept as it came, its form checked.
enum ReplyMarkup {
    /// The longest `callback_data` in bytes (Bot API, InlineKeyboardButton).
    private static let longestCallbackData = 64

    /// Reads the parameter; nil where there is none.
    static func read(_ parameters: Parameters) throws(Refusal) -> JSON? {
        guard let markup = try parameters.json("reply_markup", called: "reply keyboard markup") else { return nil }
        guard markup.objectValue != nil else { throw .badRequest("object expected as reply markup") }
        if let keyboard = markup["keyboard"] {
            try rows(keyboard, "Field \"keyboard\" must be an Array of Arrays")
        }
        if let keyboard = markup["inline_keyboard"] {
            try rows(keyboard, "Field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
        }
        return markup
    }

    private static func rows(_ keyboard: JSON, _ reason: String) throws(Refusal) {
        guard let rows = keyboard.elements, rows.allSatisfy({ $0.elements != nil }) else {
            throw .badRequest(reason.prefix(1).lowercased() + reason.dropFirst())
        }
    }

    /// What Telegram itself finds in the buttons of an inline keyboard, after everything else is in order.
    static func check(_ markup: JSON?) throws(Refusal) {
        for button in buttons(markup?["inline_keyboard"]) {
            guard let data = button["callback_data"]?.stringValue else { continue }
            guard (1...longestCallbackData).contains(data.utf8.count) else {
                throw .badRequest("BUTTON_DATA_INVALID")
            }
        }
    }

    /// The part of the keyboard that stays with the message.
    static func inlineKeyboard(_ markup: JSON?) -> JSON? {
        guard let keyboard = markup?["inline_keyboard"], !buttons(keyboard).isEmpty else { return nil }
        return ["inline_keyboard": keyboard]
    }

    /// The keyboard in the printed conversation: a line of buttons under the text.
    static func summary(_ markup: JSON?) -> String {
        let texts = (buttons(markup?["inline_keyboard"]) + buttons(markup?["keyboard"])).compactMap {
            $0.stringValue ?? $0["text"]?.stringValue
        }
        return texts.isEmpty ? "" : "\n" + texts.map { "[\($0)]" }.joined(separator: " ")
    }

    private static func buttons(_ keyboard: JSON?) -> [JSON] {
        (keyboard?.elements ?? []).flatMap { $0.elements ?? [] }
    }
}
