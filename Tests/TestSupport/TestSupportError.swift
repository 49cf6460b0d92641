/// What went wrong in the ground under a test, in a sentence that says what to do or where to look.
public struct TestSupportError: Error, CustomStringConvertible {
    /// The sentence.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
