import CLibyaml

/// A YAML document that is one mapping: keys with a text or a list of texts, as they are written, without types.
struct YAMLMapping: Sendable {
    /// What a key has.
    enum Value: Sendable, Equatable {
        /// A scalar; empty where YAML's null is written (`~`, `null`).
        case text(String)
        /// A sequence of scalars.
        case list([String])
        /// A mapping, or a sequence with something else than scalars.
        case nested
    }

    /// A key with its value.
    struct Entry: Sendable, Equatable {
        let key: String
        let value: Value
        /// Where the key is; the first line is 1.
        let line: Int
    }

    /// The text is no YAML, or something else than one mapping. It says where, and nothing of the text.
    struct Unreadable: Error, Equatable {
        /// The first line is 1; nil where nothing is known.
        let line: Int?
    }

    /// In the order of the text, a key as often as it is there. Nothing where the text has no document, only comments.
    let entries: [Entry]

    /// Reads UTF-8.
    init(_ bytes: [UInt8]) throws(Unreadable) {
        entries = try bytes.withUnsafeBufferPointer { (bytes) throws(Unreadable) in try Self.entries(of: bytes) }
    }

    private static func entries(of bytes: UnsafeBufferPointer<UInt8>) throws(Unreadable) -> [Entry] {
        guard let start = bytes.baseAddress else { return [] }
        // The parser keeps its own address.
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else { throw Unreadable(line: nil) }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, start, bytes.count)

        func load<Result>(
            _ use: (inout yaml_document_t) throws(Unreadable) -> Result
        ) throws(Unreadable) -> Result? {
            var document = yaml_document_t()
            guard yaml_parser_load(parser, &document) == 1 else {
                throw Unreadable(line: line(of: parser.pointee, in: bytes))
            }
            defer { yaml_document_delete(&document) }
            return yaml_document_get_root_node(&document) == nil ? nil : try use(&document)
        }

        let entries = try load(entries(of:))
        try load { (second) throws(Unreadable) in throw Unreadable(line: line(of: second.start_mark)) }
        return entries ?? []
    }

    private static func entries(of document: inout yaml_document_t) throws(Unreadable) -> [Entry] {
        guard let root = yaml_document_get_root_node(&document)?.pointee else { return [] }
        guard root.type == YAML_MAPPING_NODE else { throw Unreadable(line: line(of: root.start_mark)) }
        let pairs = root.data.mapping.pairs
        var entries: [Entry] = []
        for pair in UnsafeBufferPointer(start: pairs.start, count: pairs.top - pairs.start) {
            guard let key = yaml_document_get_node(&document, pair.key)?.pointee else { continue }
            guard let name = text(of: key) else { throw Unreadable(line: line(of: key.start_mark)) }
            entries.append(Entry(key: name, value: value(pair.value, in: &document), line: line(of: key.start_mark)))
        }
        return entries
    }

    private static func value(_ index: CInt, in document: inout yaml_document_t) -> Value {
        guard let node = yaml_document_get_node(&document, index)?.pointee else { return .nested }
        if let text = text(of: node) { return .text(isNull(node, text) ? "" : text) }
        guard node.type == YAML_SEQUENCE_NODE else { return .nested }
        let items = node.data.sequence.items
        var list: [String] = []
        for item in UnsafeBufferPointer(start: items.start, count: items.top - items.start) {
            guard let item = yaml_document_get_node(&document, item)?.pointee, let text = text(of: item) else {
                return .nested
            }
            list.append(isNull(item, text) ? "" : text)
        }
        return .list(list)
    }

    /// The text of a scalar.
    private static func text(of node: yaml_node_t) -> String? {
        guard node.type == YAML_SCALAR_NODE else { return nil }
        let scalar = node.data.scalar
        return String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
    }

    /// Whether a scalar is YAML's null, which has no quotes.
    private static func isNull(_ node: yaml_node_t, _ text: String) -> Bool {
        node.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && ["~", "null", "Null", "NULL"].contains(text)
    }

    private static func line(of mark: yaml_mark_t) -> Int { Int(mark.line) + 1 }

    /// Where the parser stopped.
    private static func line(of parser: yaml_parser_t, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        switch parser.error {
        case YAML_MEMORY_ERROR: nil
        // Of what is no text it knows only the byte.
        case YAML_READER_ERROR: bytes.prefix(parser.problem_offset).count { $0 == UInt8(ascii: "\n") } + 1
        default: line(of: parser.problem_mark)
        }
    }
}
