import Foundation

/// Where things are: the files of the repository and the programs of the build that runs the tests.
public enum Checkout {
    /// The repository's root directory.
    public static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The directory the running test program was built into; the other products of the build are beside it.
    public static let buildDirectory: String = {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let program = link ?? CommandLine.arguments.first ?? ""
        return URL(filePath: program).deletingLastPathComponent().path
    }()

    /// The path of a file of the repository, given relative to its root.
    public static func path(_ relative: String) -> String {
        root + "/" + relative
    }

    /// The path of an executable product of this build.
    ///
    /// Throws when it was not built.
    public static func product(_ name: String) throws -> String {
        let path = buildDirectory + "/" + name
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw TestSupportError("there is no \(path): build it first with `swift build --product \(name)`")
        }
        return path
    }
}
