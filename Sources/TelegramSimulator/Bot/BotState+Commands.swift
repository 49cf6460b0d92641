extension BotState {
    private static let mostCommands = 100

    /// Bot API, setMyCommands: the list replaces that of the same scope and language.
    mutating func setMyCommands(_ parameters: Parameters) throws(Refusal) -> Answer {
        let value = try parameters.json("commands", called: "commands") ?? .array([])
        guard let elements = value.elements else { throw .badRequest("expected an Array of BotCommand") }
        var list: [JSON] = []
        for element in elements {
            guard element.objectValue != nil else {
                throw .badRequest("can't parse BotCommand: expected an Object")
            }
            let command = try field("command", of: element)
            let description = try field("description", of: element)
            let name = command.hasPrefix("/") ? command.dropFirst() : command[...]
            guard (1...32).contains(name.count),
                name.allSatisfy({ $0 == "_" || ($0.isASCII && ($0.isLowercase || $0.isNumber)) })
            else { throw .badRequest("BOT_COMMAND_INVALID") }
            guard (1...256).contains(description.count) else { throw .badRequest("BOT_COMMAND_DESCRIPTION_INVALID") }
            list.append(["command": .string(String(name)), "description": .string(description)])
        }
        guard list.count <= Self.mostCommands else { throw .badRequest("BOT_COMMANDS_TOO_MUCH") }
        commands[try commandsKey(parameters)] = .array(list)
        return .success(true)
    }

    private func field(_ name: String, of command: JSON) throws(Refusal) -> String {
        guard let value = command[name] else {
            throw .badRequest("can't parse BotCommand: can't find field \"\(name)\"")
        }
        guard let text = value.stringValue else {
            throw .badRequest("can't parse BotCommand: field \"\(name)\" must be of type String")
        }
        return text
    }

    /// What a list of commands is kept under: its scope and its language.
    func commandsKey(_ parameters: Parameters) throws(Refusal) -> String {
        let scope = try parameters.json("scope", called: "BotCommandScope")
        return (scope?.text ?? "{\"type\":\"default\"}") + parameters.string("language_code")
    }

    /// Bot API, answerCallbackQuery.
    func answerCallbackQuery(_ parameters: Parameters) throws(Refusal) -> Answer {
        guard callbackQueries.contains(parameters.string("callback_query_id")) else {
            throw .badRequest("query is too old and response timeout expired or query ID is invalid")
        }
        return .success(true)
    }
}
