import Reactor

@testable import Telegram
@testable import Worker

extension Reception {
    /// A way in for a bot, whose server is never reached.
    static func sample(path: String = "path-secret", token: String = "token", publicURL: String? = nil) throws
        -> Reception
    {
        Reception(
            bot: BotUser(id: 123_456, firstName: "Shop", username: "shop_bot"),
            api: try BotAPI(token: BotToken("123456:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc")) { _ throws(HTTPFailure) in
                throw HTTPFailure(reason: .connection, requestMayHaveBeenSent: false, message: "no server")
            },
            mode: .webhook, pathSecret: path, token: token, publicURL: publicURL)
    }
}
