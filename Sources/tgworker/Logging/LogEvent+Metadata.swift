import Logging

extension LogEvent {
    /// What belongs to the event: the handler's metadata, the provider's, its own, and its error; the later wins.
    func allMetadata(of handler: some LogHandler) -> Logger.Metadata {
        var all = handler.metadata
        if let provided = handler.metadataProvider?.get() { all.merge(provided) { $1 } }
        if let metadata { all.merge(metadata) { $1 } }
        if let error { all["error"] = "\(Advice(error))" }
        return all
    }
}
