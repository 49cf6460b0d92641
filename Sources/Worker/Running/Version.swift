import CVersion

/// The program's version: the release, and the commit that it was built from as build metadata (https://semver.org), such as
/// `0.1.0+4feab73a90c1`. A build of changed files ends in `-dirty`; one that was not told has the release alone.
public let tgworkerVersion: String = {
    let commit = String(cString: tgw_commit())
    return commit.isEmpty ? release : "\(release)+\(commit)"
}()

private let release = "0.1.0"
