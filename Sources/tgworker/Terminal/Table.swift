/// Columns of text, each as wide as its widest cell.
struct Table {
    private var rows: [[String]]
    private let rightAligned: Set<Int>

    /// A table with these titles.
    init(_ titles: [String], rightAligned: Set<Int> = []) {
        rows = [titles]
        self.rightAligned = rightAligned
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The titles and the rows, without spaces at the ends.
    var lines: [String] {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let line = row.indices.map { column in
                rightAligned.contains(column)
                    ? row[column].paddedLeft(to: widths[column]) : row[column].padded(to: widths[column])
            }.joined(separator: "  ")
            return line.trimmedAtEnd
        }
    }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
