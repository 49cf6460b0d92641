import Testing

@testable import Worker

@Suite("Prometheus' text format", .timeLimit(.minutes(5)))
struct ExpositionTests {
    @Test("has a family's help and type before its samples, and labels in quotation marks")
    func families() {
        var exposition = Exposition()
        exposition.single("a_total", .counter, "What\nit \\ is.", 3)
        exposition.family("b", .gauge, "Half.")
        exposition.sample("b", 0.5, ["name": "a \"b\" \\ \n c", "other": ""])
        exposition.sample("b", Double.infinity)
        #expect(
            exposition.text == """
                # HELP a_total What\\nit \\\\ is.
                # TYPE a_total counter
                a_total 3
                # HELP b Half.
                # TYPE b gauge
                b{name="a \\"b\\" \\\\ \\n c",other=""} 0.5
                b +Inf

                """)
    }

    @Test("counts in each bucket of a histogram what the smaller ones hold as well")
    func histogram() {
        var histogram = Histogram(bounds: [0.1, 1])
        for time in [Duration.milliseconds(100), .milliseconds(101), .seconds(1), .seconds(2)] {
            histogram.observe(time)
        }
        var exposition = Exposition()
        exposition.histogram("c", histogram, ["kind": "x"])
        #expect(
            exposition.text == """
                c_bucket{kind="x",le="0.1"} 1
                c_bucket{kind="x",le="1"} 3
                c_bucket{kind="x",le="+Inf"} 4
                c_sum{kind="x"} 3.201
                c_count{kind="x"} 4

                """)
    }
}
