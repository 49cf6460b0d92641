import CLibpq

/// The answer to one statement: its rows, read straight from libpq's memory.
public struct Rows: Sendable, RandomAccessCollection {
    /// Owns the PGresult, which nobody changes once it has arrived.
    private final class Storage: Sendable {
        nonisolated(unsafe) let result: OpaquePointer
        /// The number of each column; of two with the same name, the first. PQfnumber folds the case of names and walks
        /// along them each time.
        let columns: [String: Int32]

        init(_ result: OpaquePointer) {
            self.result = result
            let names = (0..<PQnfields(result)).map { (String(cString: PQfname(result, $0)), $0) }
            columns = Dictionary(names, uniquingKeysWith: { first, _ in first })
        }

        deinit { PQclear(result) }
    }

    private let storage: Storage
    /// How many rows there are.
    public let count: Int

    /// Takes over a PGresult.
    init(_ result: OpaquePointer) {
        count = Int(PQntuples(result))
        storage = Storage(result)
    }

    /// Always 0.
    public var startIndex: Int { 0 }
    /// As many as there are rows.
    public var endIndex: Int { count }
    /// The row at a position, from 0.
    public subscript(position: Int) -> Row {
        // libpq would report it to the notice receiver of the connection, which may be gone.
        precondition(indices.contains(position), "row \(position) of an answer of \(count)")
        return Row(rows: self, number: Int32(position))
    }

    /// How many rows the statement inserted, updated, deleted or selected.
    public var affected: Int { Int(String(cString: PQcmdTuples(storage.result))) ?? 0 }

    /// What the server says it did, such as "UPDATE 3".
    public var commandTag: String { String(cString: PQcmdStatus(storage.result)) }

    /// The columns' names.
    public var columns: [String] {
        (0..<PQnfields(storage.result)).map { String(cString: PQfname(storage.result, $0)) }
    }

    /// The bytes of a value in text form; nil when it is NULL.
    fileprivate func value(_ row: Int32, _ column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard PQgetisnull(storage.result, row, column) == 0, let start = PQgetvalue(storage.result, row, column)
        else { return nil }
        let count = Int(PQgetlength(storage.result, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            UnsafeBufferPointer(start: $0, count: count)
        }
    }

    fileprivate func number(of column: String) -> Int32? { storage.columns[column] }

    /// One row of an answer.
    public struct Row: Sendable {
        fileprivate let rows: Rows
        fileprivate let number: Int32

        /// The value in a column.
        ///
        /// - Throws: when there is no such column, it is NULL, or it is not of the type.
        public func get<Value: ColumnValue>(
            _ column: String, as type: Value.Type = Value.self
        ) throws(PostgresError) -> Value {
            guard let value: Value = try find(column) else {
                throw PostgresError(.unexpectedResult, message: "column \(column) is NULL")
            }
            return value
        }

        /// The value in a column; nil when it is NULL.
        ///
        /// - Throws: when there is no such column, or it is not of the type.
        public func find<Value: ColumnValue>(
            _ column: String, as type: Value.Type = Value.self
        ) throws(PostgresError) -> Value? {
            guard let index = rows.number(of: column) else {
                throw PostgresError(.unexpectedResult, message: "the answer has no column \(column)")
            }
            guard let bytes = rows.value(number, index) else { return nil }
            guard let value = Value(columnText: bytes) else {
                throw PostgresError(.unexpectedResult, message: "column \(column) is not of type \(Value.self)")
            }
            return value
        }
    }
}

/// A type that a column's text form can be read as.
public protocol ColumnValue: Sendable {
    /// Reads the text form; nil when it is something else.
    init?(columnText: UnsafeBufferPointer<UInt8>)
}

extension String: ColumnValue {
    /// Reads the text form.
    public init?(columnText: UnsafeBufferPointer<UInt8>) {
        self = String(decoding: columnText, as: UTF8.self)
    }
}

extension Bool: ColumnValue {
    /// Reads the text form.
    public init?(columnText: UnsafeBufferPointer<UInt8>) {
        guard columnText.count == 1 else { return nil }
        switch columnText[0] {
        case UInt8(ascii: "t"): self = true
        case UInt8(ascii: "f"): self = false
        default: return nil
        }
    }
}

extension ColumnValue where Self: FixedWidthInteger {
    /// Reads the text form: an optional sign and digits.
    public init?(columnText: UnsafeBufferPointer<UInt8>) {
        let isNegative = columnText.first == UInt8(ascii: "-")
        let hasSign = isNegative || columnText.first == UInt8(ascii: "+")
        guard columnText.count > (hasSign ? 1 : 0) else { return nil }
        var value: Self = 0
        for byte in columnText.dropFirst(hasSign ? 1 : 0) {
            guard byte >= UInt8(ascii: "0"), let digit = Self(exactly: byte - UInt8(ascii: "0")), digit <= 9 else {
                return nil
            }
            let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
            // Downwards where it is negative: the lowest value has no counterpart.
            let (next, overflow) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            guard !tooLarge, !overflow else { return nil }
            value = next
        }
        self = value
    }
}

extension Int: ColumnValue {}
extension Int64: ColumnValue {}
extension Int32: ColumnValue {}
extension Int16: ColumnValue {}

extension Double: ColumnValue {
    /// Reads the text form.
    public init?(columnText: UnsafeBufferPointer<UInt8>) {
        self.init(String(decoding: columnText, as: UTF8.self))
    }
}
