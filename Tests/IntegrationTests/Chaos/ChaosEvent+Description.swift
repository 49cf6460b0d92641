import TestSupport

extension ChaosEvent: CustomStringConvertible {
    var description: String {
        switch action {
        case .business(let business): "\(at.inSeconds) \(business)"
        case .trouble(let trouble): "\(at.inSeconds) \(trouble)"
        case .fault(let fault): "\(at.inSeconds) \(fault)"
        }
    }
}

extension ChaosBusiness: CustomStringConvertible {
    var description: String {
        switch self {
        case .orders(let changes, let commits):
            "orders, " + changes.map { "\($0.token): customer \($0.customer)'s \($0.order)" }.joined(separator: ", ")
                + (commits ? "" : ", rolled back")
        case .reply(let token, let customer, let words, let commits):
            "reply \(token) of \(words) words to customer \(customer)" + (commits ? "" : ", rolled back")
        case .text(let token, let customer): "customer \(customer) writes \(token)"
        case .command(let command, let customer): "customer \(customer) writes \(command)"
        }
    }
}

extension ChaosTrouble: CustomStringConvertible {
    var description: String {
        switch self {
        case .kill(let target, let politely, let downFor):
            "\(politely ? "SIGTERM" : "SIGKILL") to the \(target), down for \(downFor.inSeconds)"
        case .blackhole(let target, let time): "the \(target)'s way to the database swallows all for \(time.inSeconds)"
        case .freeze(let target, let time): "SIGSTOP to the \(target) for \(time.inSeconds)"
        case .terminate(let sessions): "sessions of the workers are ended: \(sessions)"
        case .restart(let mode): "the database server restarts, \(mode.rawValue)"
        }
    }
}

extension ChaosFault: CustomStringConvertible {
    var description: String {
        "\(method) meets \(fault), times \(times)" + (customer.map { ", for customer \($0)" } ?? "")
    }
}
