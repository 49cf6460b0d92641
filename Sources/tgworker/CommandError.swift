/// Why a command cannot do what it was asked for, in one line that says what to do.
struct CommandError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    let problem: String
    /// What to do about it.
    let remedy: String

    init(_ problem: String, _ remedy: String) {
        self.problem = problem
        self.remedy = remedy
    }

    var description: String { "\(problem): \(remedy)" }
}
