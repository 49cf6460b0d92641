/// Every key that the configuration file may have: one file serves all commands.
enum SettingNames {
    /// The keys, as they are written.
    static let all = Set([
        Setting.databaseURL.name, Setting.odooConf.name, Setting<LogFormat>.logFormat.name, Setting.logLevel.name,
        Setting.telegramAPIURL.name, Setting.listen.name, Setting.maxMessagesPerSecond.name,
        Setting.maxMessagesPerChatPerSecond.name, Setting.drainTimeout.name, Setting.allowOriginalAddon.name,
        Setting.botToken.name,
        Setting.botTokenFile.name, Setting.grantTo.name, Setting.adopt.name, Setting.lockWait.name,
        Setting.publicURL.name, Setting.dropPendingUpdates.name,
    ]).union(InstallSQLCommand.Mode.allCases.map(\.setting.name))
}
