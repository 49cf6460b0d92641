import Testing
import TestSupport

@Suite(
    "The demo's page is for everybody",
    // A browser is a dozen processes; one at a time is enough for a small machine.
    .serialized, .enabled(if: Browser.isAvailable, "there is no chromedriver: run scripts/bootstrap"),
    .timeLimit(.minutes(15)))
struct DemoAccessibilityTests {
    @Test(
        "everything has a name, headings are in order, and what lives is announced",
        arguments: [DemoPage.Wording.english, .russian])
    func names(words: DemoPage.Wording) async throws {
        try await DemoPage.run(words) { page in
            try await page.identify()
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees("подтверждён", in: "#chat")
            let browser = page.browser
            let controls = try await browser.elements("button, a, input, textarea, [tabindex='0']")
            #expect(controls.count > 30)
            for control in controls {
                let role = try await browser.role(of: control)
                #expect(try await browser.name(of: control).isEmpty == false, "a \(role) has no name")
            }
            for (selector, role) in [
                ("body > header", "banner"), ("main", "main"), (".customers", "navigation"), ("#phone", "region"),
                ("#shop", "region"), ("#scroll", "log"), ("#inbox-scroll", "log"), ("#status", "status"),
                ("#orders .states", "group"),
            ] {
                let element = try #require(
                    try await browser.run("return document.querySelector(arguments[0])", .string(selector)).element)
                #expect(try await browser.role(of: element) == role, "\(selector)")
                if ["navigation", "region", "log", "group"].contains(role) {
                    #expect(try await browser.name(of: element).isEmpty == false, "\(selector)")
                }
            }
            let levels = try await browser.run(
                "return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
            guard case .array(let headings) = levels else { return }
            var last: Int64 = 0
            for level in headings.compactMap(\.integer) {
                #expect(level <= last + 1, "a heading of level \(level) follows one of level \(last)")
                last = level
            }
        }
    }

    @Test("in light and dark all text stands out, and a small screen shows everything")
    func looks() async throws {
        let words = DemoPage.Wording.russian
        try await DemoPage.run(words) { page in
            try await page.identify()
            try await page.click(words.confirm, in: DemoPage.order)
            try await page.sees("COMMIT", in: "\(DemoPage.order) .delivery")
            try await page.click(words.block)
            try await page.click(words.cancel, in: DemoPage.order)
            try await page.sees(words.failed, in: "\(DemoPage.order) .delivery")
            for dark in [false, true] {
                for width in [1360, 360] {
                    try await page.browser.emulate(width: width, height: 800, dark: dark)
                    let faint = try await page.browser.run(Self.faintTexts)
                    #expect(faint == [], "\(dark ? "dark" : "light"), \(width) px")
                    let excess = try await page.browser.run(
                        "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                    #expect(excess == 0, "\(width) px")
                }
            }
        }
    }

    /// Texts with a contrast below 4.5 to 1 (WCAG 2.2, 1.4.3), but for those of disabled controls, which it leaves out.
    private static let faintTexts = """
        const parse = color => {
            const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
            return [r, g, b, a];
        };
        const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
        const light = ([r, g, b]) => {
            const [x, y, z] = [r, g, b].map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * x + 0.7152 * y + 0.0722 * z;
        };
        const ground = element => {
            const layers = [];
            for (let e = element; e; e = e.parentElement) {
                const color = parse(getComputedStyle(e).backgroundColor);
                if (color[3] > 0) layers.push(color);
                if (color[3] === 1) break;
            }
            return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
        };
        const faint = [];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const element = node.parentElement;
            if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
            if (element.closest(':disabled, .hidden, script')) continue;
            const below = ground(element);
            const [a, b] = [light(over(parse(getComputedStyle(element).color), below)), light(below)];
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) faint.push(`${node.data.trim().slice(0, 40)}: ${contrast.toFixed(2)}`);
        }
        return faint;
        """
}
