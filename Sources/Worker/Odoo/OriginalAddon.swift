/// The original addon `telegram_bot`, installed in Odoo: it sends and receives by itself, so beside it customers would get
/// everything twice. Its successor, which leaves that to the worker, has the same name and a later version.
struct OriginalAddon: Sendable, Equatable {
    /// Its version, such as 17.0.1.0.0.
    let version: String

    /// - Parameter version: that of the module `telegram_bot`; nil when it is not installed.
    /// - Returns: nil when what is installed is not the original.
    init?(version: String?) {
        guard let version, version.hasPrefix("17.0.1.") else { return nil }
        self.version = version
    }

    /// Why the worker does not run beside it, and what to do.
    func problem(in database: String) -> StartupProblem {
        StartupProblem(
            "the original addon telegram_bot \(version) is installed in database \(database) and sends by itself, so customers would get everything twice: upgrade it to the worker's own addon (odoo -d \(database) -u telegram_bot), or uninstall it in Odoo, or run with --allow-original-addon, which is right only while no bot is active in Odoo"
        )
    }
}
