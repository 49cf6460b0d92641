/// What `tgworker check` has found, in the order in which it is read: what stands below needs what stands above.
package struct CheckReport: Sendable, Equatable {
    /// One or more for each name.
    package let findings: [Finding]

    /// Draws the conclusions. Pure: the facts were gathered before.
    package init(_ facts: CheckFacts) {
        guard let session = facts.session.facts else {
            let (problem, remedy) = facts.connectionProblem ?? ("the database does not answer", "run it again")
            findings =
                [Finding(.connection, .error, problem, remedy)]
                + Finding.Name.allCases.dropFirst().map { .skipped($0, because: "there is no connection") }
            return
        }
        var findings = session.findings + facts.schemaFindings
        if let (problem, remedy) = facts.connectionProblem {
            findings.append(Finding(.connection, .error, problem, remedy))
        }
        findings += [facts.listenFinding, facts.identityFinding]
        findings.append(facts.startupFinding(after: findings))
        findings += [facts.addonFinding, facts.botFinding, facts.operatorsFinding, facts.tokenFinding]
        findings += [facts.webhookFinding, facts.otherReceiverFinding, facts.clockFinding]
        findings += [facts.workerFinding, facts.queueFinding, facts.vacuumFinding]
        findings += facts.notificationFindings + facts.sendingFindings
        self.findings = findings
    }

    /// 0 when all is well, 1 with warnings, 2 with errors.
    package var exitCode: Int32 {
        let levels = Set(findings.map(\.level))
        return levels.contains(.error) ? 2 : levels.contains(.warning) ? 1 : 0
    }

    /// The last line for a person.
    package var conclusion: String {
        func count(_ level: Finding.Level, _ word: String) -> String? {
            let number = findings.count { $0.level == level }
            return number == 0 ? nil : "\(number) \(word)\(number == 1 ? "" : "s")"
        }
        let counts = [count(.error, "error"), count(.warning, "warning")].compactMap { $0 }
        return counts.isEmpty ? "all is well" : counts.joined(separator: ", ")
    }
}
