/// Whether the queue may hold something to claim, and how deep the next claim looks: no deeper than it has to.
///
/// When nothing but a changed order has woken the sender it looks at such changes only, and else it glances. A survey
/// comes when nothing less can tell what is to be known: a glance has left something that it saw, something was put
/// back or is due, chats are paced, messages are kept for those that have waited longest, or many glances have followed
/// one another.
struct ClaimPolicy: Sendable {
    /// What there may be to claim.
    enum Expectation: Sendable, Comparable {
        case nothing
        /// A changed order, with all facts of it in the row.
        case change
        case anything
    }

    /// So many glances follow one another at most, lest what only a survey tells grows old.
    static let glancesInARow = 32
    /// So many changed orders are taken at once when one has woken the sender.
    static let changes = 8
    /// A survey looks at so many rows more than it may claim; those that turn out to be behind others are marked, and
    /// where there were any, the next looks at more. Each row that is looked at costs as much as one that is claimed.
    static let slack = 8, wideSlack = 64
    /// When there were more of them: how many rows, and how many lanes, it looks at. A few milliseconds each.
    static let crowdedWindow = 500, walkedLanes = 256

    private(set) var expected = Expectation.anything
    /// The next claim is a survey, whenever it comes.
    var needsSurvey = true
    /// Glances, and looks at changes, since the last survey.
    private var glances = 0
    /// Rows that the last survey found behind others. If they are many they hide what is ready: then lanes are looked
    /// at as well.
    private var marked = 0
    /// Where the last look at lanes ended.
    private var walkedTo: OutboxClaim.Lane?
    private var horizon = QueueHorizon()
    private var share = FairShare()

    // MARK: What happens

    /// The queue may hold this, if not more.
    mutating func expect(_ something: Expectation) {
        expected = max(expected, something)
    }

    /// A survey is wanted now.
    mutating func survey() {
        expected = .anything
        needsSurvey = true
    }

    /// The whole queue is to be surveyed, however long that may take.
    mutating func surveyAll() {
        horizon.searchAll()
        survey()
    }

    /// A claim was answered.
    mutating func saw(_ answer: OutboxClaim.Answer, of claim: OutboxClaim) {
        share.claimed(answer.messages, by: claim)
        // A full answer may mean that there is more.
        if answer.messages.count == claim.limit { expected = .anything }
        switch claim.depth {
        case .changes: sawChanges(answer, of: claim)
        case .glance: glanced(answer)
        case .survey: surveyed(answer)
        }
    }

    private mutating func sawChanges(_ answer: OutboxClaim.Answer, of claim: OutboxClaim) {
        glances += 1
        // Whoever has woken us was not among them, or there are more.
        if answer.messages.isEmpty || answer.messages.count == claim.window { expected = .anything }
        if let snapshot = answer.snapshot, horizon.hasLeftBehind(snapshot) { surveyAll() }
    }

    private mutating func glanced(_ answer: OutboxClaim.Answer) {
        glances += 1
        // What it saw and left is behind others, or too much, or somebody has locked it: the survey can tell.
        guard answer.seen == answer.messages.count else { return survey() }
        if let sight = answer.sight, horizon.saw(sight) { survey() }
    }

    private mutating func surveyed(_ answer: OutboxClaim.Answer) {
        glances = 0
        (marked, walkedTo) = (answer.marked, answer.walkedTo)
        needsSurvey = marked > 0
        if needsSurvey { expected = .anything }
        if let sight = answer.sight, horizon.saw(sight) { survey() }
    }

    // MARK: What to do

    /// The claim to make now; nothing is expected from then on.
    ///
    /// - Parameters:
    ///   - busy: chats that are left out.
    ///   - paced: how many of them have to wait. Their ready messages are looked at too: room for them.
    mutating func claim(_ limit: Int, busy: Set<Int64>, paced: Int) -> OutboxClaim {
        var claim = OutboxClaim(limit: limit, window: limit, busy: busy, marks: horizon.marks)
        let reserve = share.reserve(of: limit)
        if needsSurvey || paced > 0 || reserve > 0 || glances >= Self.glancesInARow {
            let isCrowded = marked > Self.wideSlack
            claim.window =
                paced + (isCrowded ? Self.crowdedWindow : limit + (marked > 0 ? Self.wideSlack : Self.slack))
            claim.depth = .survey(
                reserve: reserve, walk: isCrowded ? OutboxClaim.Walk(after: walkedTo, lanes: Self.walkedLanes) : nil)
        } else if expected == .change {
            (claim.depth, claim.window) = (.changes, Self.changes)
        } else {
            claim.depth = .glance
        }
        expected = .nothing
        return claim
    }
}
