import ArgumentParser
import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The flags of every command that are not about the database.
struct GeneralOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A configuration file in YAML, with keys named as the flags. [TGWORKER_CONFIG]", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "How logs are written to standard error: text for people, json for machines. (default: text)",
            valueName: "text|json"),
        transform: Setting.logFormat.parse)
    var logFormat: LogFormat?

    @Option(
        help: ArgumentHelp(
            """
            What is logged: trace, debug, info, notice, warning, error or critical, and all that is worse. \
            (default: info)
            """, valueName: "level"),
        transform: Setting.logLevel.parse)
    var logLevel: Logger.Level?

    /// What was given besides the command line.
    func settings() throws -> Settings {
        try Settings(configurationFile: config, environment: ProcessInfo.processInfo.environment)
    }

    /// Makes the process log as it was told to. Once per process.
    func bootstrapLogging(_ settings: Settings) throws {
        let format = try settings.value(.logFormat, flag: logFormat) ?? .text
        let level = try settings.value(.logLevel, flag: logLevel) ?? .info
        let toJournal = Journal.receivesStandardError(environment: settings.environment)
        LoggingSystem.bootstrap { _ in format.handler(level: level, toJournal: toJournal) }
    }
}

extension Setting where Value == LogFormat {
    static var logFormat: Self { Self(name: "log-format", expected: "text or json", read: LogFormat.init(rawValue:)) }
}

extension Setting where Value == Logger.Level {
    static var logLevel: Self {
        Self(
            name: "log-level", expected: "trace, debug, info, notice, warning, error or critical",
            read: Logger.Level.init(rawValue:))
    }
}
