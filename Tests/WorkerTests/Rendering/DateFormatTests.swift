import Testing

@testable import Worker

@Suite("A date", .timeLimit(.minutes(5)))
struct DateFormatTests {
    @Test(
        "is written in the patterns of Odoo's languages",
        arguments: [
            ("%d.%m.%Y", MessageLanguage.russian, "05.02.2026"),
            ("%m/%d/%Y", .english, "02/05/2026"),
            ("%d/%m/%y", .english, "05/02/26"),
            ("%d/%m/y", .english, "05/02/y"),
            ("%Y-%b-%d", .english, "2026-Feb-05"),
            ("%d %B %Y", .russian, "05 февраля 2026"),
            ("%d %b, %Y", .russian, "05 февр., 2026"),
            ("%A %d %b %Y", .english, "Thursday 05 Feb 2026"),
            ("%a, %Y.eko %bren %da", .russian, "чт, 2026.eko февр.ren 05a"),
            ("%Y年%m月%d日 %A", .russian, "2026年02月05日 четверг"),
            ("%-d.%-m.%Y", .russian, "5.2.2026"),
            ("%e %h %Y", .english, "5 Feb 2026"),
            ("%j / %-j", .english, "036 / 36"),
            ("%w %u", .english, "4 4"),
            ("%H:%M:%S", .russian, "07:08:09"),
            ("%I:%M:%S %p", .english, "07:08:09 AM"),
            ("%-I:%M %P %k %l", .english, "7:08 am 7 7"),
            ("%p%I.%M.%S", .english, "AM07.08.09"),
            ("%D %F %R %T %r", .english, "02/05/26 2026-02-05 07:08 07:08:09 07:08:09 AM"),
            ("100%% %Z%q%", .english, "100% "),
            ("", .english, ""), ("%", .english, ""), ("%d%", .english, "05"), ("%d%-", .english, "05"),
            ("%%%d%%d", .english, "%05%d"), ("%-%%n%-t%-F", .english, "%  2026-02-05"), ("%é%🙂", .english, ""),
            ("📅\u{A0}%d\r\n%m", .english, "📅\u{A0}05\r\n02"),
            // With a mark on it, a sign is another one.
            ("%d\u{301}.%m", .english, ".02"), ("%\u{301}d", .english, "%\u{301}d"),
        ])
    func pattern(pattern: String, language: MessageLanguage, text: String) throws {
        let moment = try #require(LocalDateTime("2026-02-05 07:08:09"))
        #expect(DateFormat(pattern).string(from: moment, in: language) == text)
    }

    @Test(
        "has midnight and noon in the right half of the day",
        arguments: [(0, "12 AM"), (1, "01 AM"), (11, "11 AM"), (12, "12 PM"), (13, "01 PM"), (23, "11 PM")])
    func halves(hour: Int, text: String) throws {
        let moment = try #require(LocalDateTime(year: 2026, month: 1, day: 1, hour: hour, minute: 0, second: 0))
        #expect(DateFormat("%I %p").string(from: moment, in: .english) == text)
    }

    @Test(
        "loses its seconds and the sign before them",
        arguments: [
            ("%H:%M:%S", "%H:%M"), ("%I:%M:%S %p", "%I:%M %p"), ("%H.%M.%S", "%H.%M"), ("%I.%M.%S.", "%I.%M."),
            ("%H,%M,%S", "%H,%M"), ("%p%I.%M.%S", "%p%I.%M"), ("%T", "%H:%M"), ("%r", "%I:%M %p"), ("%H:%M", "%H:%M"),
            ("%H時%M分%S秒", "%H時%M分%S秒"),
        ])
    func withoutSeconds(pattern: String, expected: String) {
        #expect(DateFormat(pattern).withoutSeconds.pattern == expected)
    }

    @Test("names every month and day in both languages", arguments: MessageLanguage.allCases)
    func names(language: MessageLanguage) throws {
        let names = language.calendarNames
        #expect(Set(names.months).count == 12)
        #expect(Set(names.shortMonths).count == 12)
        #expect(Set(names.weekdays).count == 7)
        #expect(Set(names.shortWeekdays).count == 7)
        #expect(zip(names.weekdays, names.shortWeekdays).allSatisfy { $0.first == $1.first })
        #expect(zip(names.months, names.shortMonths).allSatisfy { $0.prefix(2) == $1.prefix(2) })
    }

    @Test(
        "has the weekday and the day of the year of the calendar",
        arguments: [
            ("2026-11-23", 1, 327), ("2024-02-29", 4, 60), ("2024-12-31", 2, 366), ("2000-03-01", 3, 61),
            ("1900-03-01", 4, 60), ("1970-01-01", 4, 1), ("2023-12-31", 0, 365), ("10000-01-01", 6, 1),
        ])
    func calendar(date: String, weekday: Int, dayOfYear: Int) throws {
        let moment = try #require(LocalDateTime("\(date) 00:00:00"))
        #expect(moment.weekday == weekday)
        #expect(moment.dayOfYear == dayOfYear)
    }

    @Test("is read from PostgreSQL's text, the fraction of the second left out")
    func parsed() throws {
        let expected = LocalDateTime(year: 2026, month: 11, day: 23, hour: 14, minute: 59, second: 21)
        #expect(expected != nil)
        for text in ["2026-11-23 14:59:21", "2026-11-23 14:59:21.5", "2026-11-23 14:59:21.999999"] {
            #expect(LocalDateTime(text) == expected)
        }
    }

    @Test(
        "that is none is not read",
        arguments: [
            "", "infinity", "-infinity", "2026-11-23", "14:59:21", "2026-11-23T14:59:21", "2026-11-23 14:59",
            "0044-03-15 00:00:00 BC", "2026-11-23 14:59:21+03", "2026-02-29 00:00:00", "2026-13-01 00:00:00",
            "2026-00-01 00:00:00", "2026-01-32 00:00:00", "2026-01-00 00:00:00", "2026-01-01 24:00:00",
            "2026-01-01 00:60:00", "2026-01-01 00:00:60", "2026--01 00:00:00", "1900-02-29 00:00:00",
            "23.11.2026 14:59:21", "2026-11-23 14:59:21.", "2026-11-23 14:59:21.5.5", "2026-11-23 14:59:21.x",
            "２０２６-11-23 14:59:21", "2026-11-23 14:59:21\u{301}", " 2026-11-23 14:59:21", "2026-11-23  14:59:21",
            "2026-11-23 14:59:21\n", "+2026-11-23 14:59:21", "99999999999999999999-11-23 14:59:21",
        ])
    func notParsed(text: String) {
        #expect(LocalDateTime(text) == nil)
    }
}
