/// Measures how long nobody sent after the sender was killed or cut off: from then to the moment that another process
/// says "sending". Times are microseconds since 1970.
struct ChaosTakeovers: Sendable {
    /// What a process says that it is.
    enum Role: String, Sendable { case sender, standby, away }

    /// A process's word about itself.
    struct Word: Sendable {
        let at: Int64
        /// Of which run of which worker.
        let process: Int
        let role: Role
    }

    /// Something that was done to a process.
    struct Blow: Sendable {
        enum Kind: String, Sendable {
            /// SIGKILL.
            case kill
            /// Cut off or stopped without a word.
            case cut
            /// Anything else that keeps a process from taking over.
            case other
        }

        let kind: Kind
        let process: Int
        let from: Int64
        /// `.max` for ever.
        var until: Int64
    }

    /// One that was measured.
    struct Takeover: Sendable {
        let blow: Blow
        /// Microseconds; nil when nobody took over.
        let took: Int64?
    }

    /// Where a standby was up and untouched until then, and the database too.
    private(set) var measured: [Takeover] = []

    /// - Parameter limits: by when another one must send, in microseconds.
    init(words: [Word], blows: [Blow], limits: [Blow.Kind: Int64]) {
        let words = words.sorted { $0.at < $1.at }
        for blow in blows {
            guard let limit = limits[blow.kind], Self.role(of: blow.process, at: blow.from, words) == .sender else {
                continue
            }
            let next = words.first {
                blow.from < $0.at && $0.at <= blow.until && $0.role == .sender && $0.process != blow.process
            }
            let due = blow.from + limit
            // One that comes back before it is due to be given up was not.
            guard next != nil || blow.until > due else { continue }
            let end = min(next?.at ?? due, due)
            let isReady = Set(words.map(\.process)).subtracting([blow.process]).contains { process in
                Self.role(of: process, at: blow.from, words) == .standby
                    && !words.contains {
                        $0.process == process && $0.role == .away && (blow.from...end).contains($0.at)
                    }
                    && !blows.contains { $0.process == process && $0.from <= end && $0.until >= blow.from }
            }
            guard isReady else { continue }
            measured.append(Takeover(blow: blow, took: next.map { $0.at - blow.from }))
        }
    }

    private static func role(of process: Int, at time: Int64, _ words: [Word]) -> Role? {
        words.last { $0.process == process && $0.at <= time }?.role
    }

    /// The longest after a blow of this kind, in microseconds; nil where none was measured.
    func worst(_ kind: Blow.Kind) -> Int64? {
        measured.filter { $0.blow.kind == kind }.map { $0.took ?? .max }.max()
    }
}
