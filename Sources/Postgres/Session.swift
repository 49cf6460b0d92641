import CLibpq
import Reactor

/// A PGconn on its way between threads; one uses it at a time.
struct Handle: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer?
    init(_ pointer: OpaquePointer?) { self.pointer = pointer }
}

/// A PGconn and what belongs to its memory; every call on it is made from the reactor's thread.
final class Session {
    /// nil once the session has ended.
    private var open: OpaquePointer?
    private let notices: UnsafeMutablePointer<tgw_notices>

    /// The PGconn; libpq takes NULL for a connection that is bad.
    var connection: OpaquePointer? { open }

    init(_ handle: Handle) {
        open = handle.pointer
        notices = .allocate(capacity: 1)
        notices.initialize(to: tgw_notices())
        tgw_keep_notices(open, notices)
    }

    /// To be called when the connection stands; returns its socket.
    func becomeNonblocking() -> Int32 {
        PQsetnonblocking(open, 1)
        return PQsocket(open)
    }

    deinit {
        finish()
        free(notices.pointee.data)
        notices.deallocate()
    }

    func finish() {
        guard let connection = open else { return }
        open = nil
        PQfinish(connection)
    }

    /// The last error in one line.
    var errorMessage: String {
        let text = String(cString: PQerrorMessage(open))
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init)
        return line ?? "the connection is closed"
    }

    // MARK: Sending

    func send(script: String) -> Bool {
        PQsendQuery(open, script) == 1
    }

    func send(_ statements: [Statement], _ operations: [Exchange.Operation]) -> Bool {
        guard PQenterPipelineMode(open) == 1 else { return false }
        for operation in operations {
            let sent =
                switch operation {
                case .prepare(let name, let sql): PQsendPrepare(open, name, sql, 0, nil)
                case .execute(let index, let name): execute(statements[index], name)
                }
            guard sent == 1 else { return false }
        }
        return PQpipelineSync(open) == 1
    }

    private func execute(_ statement: Statement, _ name: String?) -> Int32 {
        let values = statement.parameters
        return withCStrings(values.map(\.text)) { texts in
            if let name {
                PQsendQueryPrepared(open, name, Int32(values.count), texts, nil, nil, 0)
            } else {
                PQsendQueryParams(open, statement.sql, Int32(values.count), nil, texts, nil, nil, 0)
            }
        }
    }

    /// 0 when everything is written, 1 when the socket must become writable (or readable) first, -1 on failure.
    func flush() -> Int32 {
        PQflush(open)
    }

    // MARK: Receiving

    /// False when the connection is broken, which libpq may also find out while it reads an answer.
    var isAlive: Bool { PQstatus(open) == CONNECTION_OK }

    /// Reads what has come; false when that failed.
    func receive() -> Bool {
        PQconsumeInput(open) == 1
    }

    /// The next answer that has arrived whole.
    func nextAnswer() -> Answer? {
        guard open != nil, PQisBusy(open) == 0 else { return nil }
        guard let result = PQgetResult(open) else {
            // On a broken connection PQgetResult returns NULL for ever, which ends nothing.
            return isAlive ? .endOfStatement : nil
        }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            return .rows(Rows(result))
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            return .sync
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            return .skipped
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            PQclear(result)
            return .copy
        default:
            defer { PQclear(result) }
            return .failed(PostgresError(result: result, connection: open))
        }
    }

    /// Back to where LISTEN's notifications and scripts work.
    func exchangeEnded() {
        if PQpipelineStatus(open) != PQ_PIPELINE_OFF { PQexitPipelineMode(open) }
    }

    func nextNotification() -> Notification? {
        guard let message = PQnotifies(open) else { return nil }
        defer { PQfreemem(message) }
        return Notification(
            channel: String(cString: message.pointee.relname), payload: String(cString: message.pointee.extra),
            processID: message.pointee.be_pid)
    }

    func takeNotices() -> [Notice] {
        guard notices.pointee.length > 0, let data = notices.pointee.data else { return [] }
        let bytes = UnsafeRawBufferPointer(start: data, count: notices.pointee.length)
        let fields = bytes.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        notices.pointee.length = 0
        return stride(from: 0, to: fields.count - 2, by: 3).map { start in
            Notice(
                severity: fields[start], sqlState: SQLState(rawValue: fields[start + 1]), message: fields[start + 2])
        }
    }

    /// Asks the server to cancel what runs. PQcancel blocks (it makes a connection of its own), so it is offloaded.
    func cancelRequest() -> @Sendable () async -> Void {
        nonisolated(unsafe) let cancel = PQgetCancel(open)
        return {
            await offload {
                var message = [CChar](repeating: 0, count: 256)
                PQcancel(cancel, &message, Int32(message.count))
                PQfreeCancel(cancel)
            }
        }
    }
}

extension PostgresError {
    fileprivate init(result: OpaquePointer, connection: OpaquePointer?) {
        func field(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
        let lost = PQstatus(connection) != CONNECTION_OK
        self.init(
            lost ? .connectionLost : .server,
            sqlState: field(tgw_error_sqlstate(result)).map(SQLState.init(rawValue:)),
            message: field(tgw_error_message(result)) ?? String(cString: PQresultErrorMessage(result)),
            detail: field(tgw_error_detail(result)), hint: field(tgw_error_hint(result)))
    }
}

/// Lends C strings to `body`; nil stays NULL.
private func withCStrings<Result>(
    _ strings: [String?], _ body: ([UnsafePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { $0.map { strdup($0) } }
    defer { for copy in copies { free(copy ?? nil) } }
    return body(copies.map { $0.map { UnsafePointer($0) } ?? nil })
}
