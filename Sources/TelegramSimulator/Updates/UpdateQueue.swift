/// The updates that are not confirmed yet, ordered by their identifier. Nothing here looks at every update.
struct UpdateQueue: Sendable {
    /// The identifier the next update gets.
    private(set) var nextID: Int64
    /// How many updates wait.
    private(set) var count = 0
    /// An update taken by the webhook leaves an empty slot until everything before it is gone too.
    private var slots: [(id: Int64, update: Update?)] = []
    private var head = 0

    init(nextID: Int64) { self.nextID = nextID }

    /// Adds an update, normally at the end; one with an older identifier at its place.
    mutating func insert(_ update: Update) {
        nextID = max(nextID, update.id + 1)
        slots.insert((update.id, update), at: position(notBelow: update.id + 1))
        count += 1
    }

    /// Removes what has an identifier below this one.
    mutating func confirm(below id: Int64) {
        while head < slots.count, slots[head].id < id { dropHead() }
        compact()
    }

    /// Removes all but the last ones.
    mutating func keepLast(_ kept: Int) {
        while head < slots.count, count > max(0, kept) { dropHead() }
        compact()
    }

    /// Removes one update, wherever it is.
    mutating func remove(_ id: Int64) {
        let position = position(notBelow: id)
        guard position < slots.count, slots[position].id == id, slots[position].update != nil else { return }
        slots[position].update = nil
        count -= 1
        while head < slots.count, slots[head].update == nil { head += 1 }
        compact()
    }

    /// The update of this identifier.
    func update(_ id: Int64) -> Update? {
        let position = position(notBelow: id)
        return position < slots.count && slots[position].id == id ? slots[position].update : nil
    }

    /// The oldest updates.
    func oldest(_ limit: Int) -> [Update] {
        var found: [Update] = []
        var position = head
        while position < slots.count, found.count < limit {
            if let update = slots[position].update { found.append(update) }
            position += 1
        }
        return found
    }

    private mutating func dropHead() {
        if slots[head].update != nil { count -= 1 }
        slots[head].update = nil
        head += 1
    }

    private mutating func compact() {
        guard head > 1024, head > slots.count / 2 else { return }
        slots.removeFirst(head)
        head = 0
    }

    private func position(notBelow id: Int64) -> Int {
        // Nearly always the answer is the end.
        if let last = slots.last, last.id < id { return slots.count }
        var low = head
        var high = slots.count
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
