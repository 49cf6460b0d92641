/// The methods the simulator knows. Telegram does not mind the case of their names.
enum BotMethod: String, CaseIterable, Sendable {
    case getMe, sendMessage, getUpdates, setWebhook, deleteWebhook, getWebhookInfo, setMyCommands, getMyCommands
    case deleteMyCommands, answerCallbackQuery, editMessageText, editMessageReplyMarkup, sendChatAction, logOut, close

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercased(), $0) })

    /// The method of this name in any case.
    init?(name: String) {
        if let method = BotMethod(rawValue: name) {
            self = method
        } else if let method = Self.byName[name.lowercased()] {
            self = method
        } else {
            return nil
        }
    }

    /// Whether the answer to a webhook may call it: all that neither fetch something nor change how updates arrive.
    var isAllowedInWebhookAnswer: Bool {
        switch self {
        case .setWebhook, .deleteWebhook, .logOut, .close: false
        default: !rawValue.hasPrefix("get")
        }
    }
}
