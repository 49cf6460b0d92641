extension Unicode.Scalar {
    /// Whether a terminal or a line-wise reader would take it for something else than text: C0, DEL, C1, and Unicode's
    /// line and paragraph separators.
    var isControlOrBreak: Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029: true
        default: false
        }
    }
}
