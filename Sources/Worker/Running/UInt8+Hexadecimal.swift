extension UInt8 {
    /// Two digits, in small letters.
    var hexadecimal: String {
        let digits = String(self, radix: 16)
        return self < 0x10 ? "0" + digits : digits
    }
}
