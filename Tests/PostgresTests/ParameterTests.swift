import Testing

@testable import Postgres

@Suite("A parameter")
struct ParameterTests {
    @Test(
        "has PostgreSQL's text form",
        arguments: [
            (Parameter.null, String?.none),
            (.text("it's"), "it's"),
            (.text(nil), nil),
            (.integer(Int64.min), "-9223372036854775808"),
            (.integer(UInt64.max), "18446744073709551615"),
            (.integer(Int?.none), nil),
            (.boolean(true), "t"),
            (.boolean(false), "f"),
            (.double(0.1), "0.1"),
            (.double(-.infinity), "-inf"),
            (.interval(.milliseconds(1500)), "1 seconds 500000 microseconds"),
            (.interval(.milliseconds(-1500)), "-1 seconds -500000 microseconds"),
            (.array([Int]()), "{}"),
            (.array([1, -2, 3]), "{1,-2,3}"),
            (.array([Parameter]()), "{}"),
            (.array([Parameter.null]), "{NULL}"),
            (.array([Parameter.null, .text("NULL"), .text(""), .null]), #"{NULL,"NULL","",NULL}"#),
            (.array([Parameter.text(#"a"b\c,{d} "#)]), #"{"a\"b\\c,{d} "}"#),
        ])
    func text(parameter: Parameter, text: String?) {
        #expect(parameter.text == text)
    }
}

@Suite("An error")
struct PostgresErrorTests {
    @Test(
        "is transient when the same work may succeed later",
        arguments: [
            (PostgresError(.connectionLost, message: ""), true),
            (PostgresError(.timeout, message: ""), true),
            (PostgresError(.connect, message: ""), true),
            (PostgresError(.connect, sqlState: .cannotConnectNow, message: ""), true),
            (PostgresError(.connect, sqlState: "53300", message: ""), true),
            (PostgresError(.connect, sqlState: .invalidPassword, message: ""), false),
            (PostgresError(.connect, sqlState: .invalidCatalogName, message: ""), false),
            (PostgresError(.server, message: ""), false),
            (PostgresError(.server, sqlState: .deadlockDetected, message: ""), true),
            (PostgresError(.server, sqlState: "40001", message: ""), true),
            (PostgresError(.server, sqlState: .lockNotAvailable, message: ""), true),
            (PostgresError(.server, sqlState: "57P01", message: ""), true),
            (PostgresError(.server, sqlState: .queryCanceled, message: ""), true),
            (PostgresError(.server, sqlState: .uniqueViolation, message: ""), false),
            (PostgresError(.configuration, message: ""), false),
            (PostgresError(.cancelled, message: ""), false),
            (PostgresError(.aborted, message: ""), false),
            (PostgresError(.unexpectedResult, message: ""), false),
        ])
    func transient(error: PostgresError, isTransient: Bool) {
        #expect(error.isTransient == isTransient)
    }

    @Test("describes itself without the DETAIL, which may hold data")
    func description() {
        let error = PostgresError(.server, sqlState: "23505", message: "duplicate key", detail: "Key (x)=(secret)")
        #expect(error.description == "duplicate key (SQLSTATE 23505)")
        #expect("\(PostgresError(.timeout, message: "late"))" == "late")
    }
}
