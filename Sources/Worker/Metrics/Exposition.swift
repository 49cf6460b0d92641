/// Writes figures in the text format that Prometheus reads
/// (https://prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4).
struct Exposition: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }

    /// Labels in the order they are written.
    typealias Labels = KeyValuePairs<String, String>

    /// The text so far.
    private(set) var text = ""

    /// The media type of the text.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Begins a family: its samples follow.
    mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ value: Double, _ labels: Labels = [:]) {
        text += name + Self.shown(Array(labels)) + " " + Self.shown(value) + "\n"
    }

    mutating func sample(_ name: String, _ value: Int, _ labels: Labels = [:]) {
        text += name + Self.shown(Array(labels)) + " \(value)\n"
    }

    /// A family of one sample.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double, _ labels: Labels = [:]) {
        family(name, kind, help)
        sample(name, value, labels)
    }

    /// The samples of a histogram.
    mutating func histogram(_ name: String, _ histogram: Histogram, _ labels: Labels = [:]) {
        var total = 0
        let labels = Array(labels)
        for (bound, count) in zip(histogram.bounds, histogram.counts) {
            total += count
            text += "\(name)_bucket\(Self.shown(labels + [("le", Self.shown(bound))])) \(total)\n"
        }
        text += "\(name)_bucket\(Self.shown(labels + [("le", "+Inf")])) \(histogram.count)\n"
        text += "\(name)_sum\(Self.shown(labels)) \(Self.shown(histogram.sum))\n"
        text += "\(name)_count\(Self.shown(labels)) \(histogram.count)\n"
    }

    private static func shown(_ labels: [(key: String, value: String)]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.key)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }

    private static func shown(_ value: Double) -> String {
        if let whole = Int(exactly: value) { return "\(whole)" }
        return value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        if quotes { result = result.replacing("\"", with: "\\\"") }
        return result
    }
}
