/// What somebody does on the page, as `POST /deeds` says it: `{"deed": "reply", "customer": 10, "text": "…"}`.
enum Deed: Sendable {
    case write(Customer, text: String)
    case shareContact(Customer)
    case press(Customer, message: Int64, data: String)
    case block(Customer, blocked: Bool)
    case setState(order: Int, state: String)
    case reply(Customer, text: String)
    case markRead(Customer)
    case link(Customer)
    case retry(outboxID: Int64)
    case goDown(seconds: Int)
    case refuseNext(Customer, retryAfter: Int)
    case killWorker
    case reset
}

extension Deed: Decodable {
    private enum Key: String, CodingKey {
        case deed, customer, text, message, data, blocked, order, state, outbox, seconds
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func value<Value: Decodable>(_ key: Key) throws -> Value { try fields.decode(Value.self, forKey: key) }
        func customer() throws -> Customer {
            let id = try fields.decode(Int.self, forKey: .customer)
            guard let customer = Customer.all.first(where: { $0.partnerID == id }) else {
                throw DemoError("there is no customer \(id)")
            }
            return customer
        }
        let name: String = try value(.deed)
        switch name {
        case "write": self = .write(try customer(), text: try value(.text))
        case "shareContact": self = .shareContact(try customer())
        case "press": self = .press(try customer(), message: try value(.message), data: try value(.data))
        case "block": self = .block(try customer(), blocked: try value(.blocked))
        case "setState": self = .setState(order: try value(.order), state: try value(.state))
        case "reply": self = .reply(try customer(), text: try value(.text))
        case "markRead": self = .markRead(try customer())
        case "link": self = .link(try customer())
        case "retry": self = .retry(outboxID: try value(.outbox))
        case "goDown": self = .goDown(seconds: try value(.seconds))
        case "refuseNext": self = .refuseNext(try customer(), retryAfter: try value(.seconds))
        case "killWorker": self = .killWorker
        case "reset": self = .reset
        default: throw DemoError("there is no deed \(name)")
        }
    }
}
