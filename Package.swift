// swift-tools-version:6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// On the way from a claim to the request and back an async function without an actor runs where its caller does, on the
// reactor's thread, and not on a thread of the pool (SE-0461).
let onTheWay = settings + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

// Swift's static library has the program export its symbols, for libraries that it may load and never does: their names, and
// what the usual linker lays out beside them, are 2 MiB of its memory.
let compact = LinkerSetting.unsafeFlags(
    ["-use-ld=lld", "-Xlinker", "--no-export-dynamic"], .when(configuration: .release))

// The commit becomes part of the version; the scripts name it. (SwiftPM's own Context.gitInformation is kept in its cache of
// manifests over later commits.) Only this one small target is compiled anew for it.
let commit = Context.environment["TGWORKER_COMMIT"].map { CSetting.define("TGW_COMMIT", to: "\"\($0)\"") }

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deques = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heaps = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")

let package = Package(
    name: "tgworker",
    products: [
        .executable(name: "tgworker", targets: ["tgworker"]),
        .executable(name: "TelegramSimulator", targets: ["TelegramSimulator"]),
        .executable(name: "Demo", targets: ["Demo"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The C libraries, as typed shims.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        .target(name: "CVersion", cSettings: commit.map { [$0] } ?? []),

        // The layers, each on the one above. None of these needs SwiftNIO, so they rebuild in seconds.
        .target(name: "Reactor", dependencies: ["CLibcurl", heaps], swiftSettings: onTheWay),
        .target(name: "Postgres", dependencies: ["CLibpq", "Reactor", deques], swiftSettings: onTheWay),
        .target(name: "Telegram", dependencies: ["Reactor"], swiftSettings: onTheWay),
        .target(
            name: "Installation", dependencies: ["Postgres"],
            resources: [.embedInCode("sql")], swiftSettings: settings),
        .target(
            name: "Worker", dependencies: ["CVersion", "Postgres", "Reactor", "Telegram", lifecycle, logging],
            swiftSettings: onTheWay),
        .target(
            name: "Endpoint", dependencies: ["Worker", hummingbird, lifecycle, logging, nio], swiftSettings: settings),

        .target(
            name: "Administration", dependencies: ["Installation", "Postgres", "Reactor", "Telegram", "Worker"],
            swiftSettings: settings),

        // The programs.
        .executableTarget(
            name: "tgworker",
            dependencies: [
                "Administration", "CLibpq", "CLibyaml", "Endpoint", "Installation", "Postgres", "Reactor", "Telegram",
                "Worker", argumentParser, lifecycle, logging, unixSignals,
            ],
            swiftSettings: settings, linkerSettings: [compact]),
        .executableTarget(
            name: "TelegramSimulator",
            dependencies: [argumentParser, httpTypes, hummingbird, lifecycle, logging, nio, unixSignals],
            swiftSettings: settings),

        // What `make demo` shows: the shop and the phone on one page, over the programs above.
        .executableTarget(
            name: "Demo",
            dependencies: [
                "Postgres", "Reactor", argumentParser, httpTypes, hummingbird, lifecycle, logging, nio, unixSignals,
            ],
            resources: [.embedInCode("Page")], swiftSettings: settings),

        // The ground that tests stand on: a private PostgreSQL cluster, Odoo-shaped databases, the simulator.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),

        .testTarget(name: "CLibpqTests", dependencies: ["CLibpq"], swiftSettings: settings),
        .testTarget(name: "CLibcurlTests", dependencies: ["CLibcurl"], swiftSettings: settings),
        .testTarget(name: "ReactorTests", dependencies: ["Reactor", "TestSupport", heaps], swiftSettings: settings),
        .testTarget(
            name: "PostgresTests", dependencies: ["CLibpq", "Postgres", "Reactor", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "TelegramTests", dependencies: ["Reactor", "Telegram", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "InstallationTests", dependencies: ["Installation", "Postgres", "Reactor", "TestSupport"],
            exclude: ["addon.snapshot", "schema.snapshot"], swiftSettings: settings),
        .testTarget(
            name: "WorkerTests", dependencies: ["Postgres", "Reactor", "Telegram", "TestSupport", "Worker", logging],
            swiftSettings: settings),
        // The statements of the queue over a real PostgreSQL: their plans, and the races that decide what a claim sees.
        .testTarget(
            name: "QueueTests",
            dependencies: ["Installation", "Postgres", "Reactor", "Telegram", "TestSupport", "Worker"],
            swiftSettings: settings),
        .testTarget(
            name: "EndpointTests", dependencies: ["Endpoint", "TestSupport", "Worker", lifecycle],
            swiftSettings: settings),
        .testTarget(
            name: "AdministrationTests",
            dependencies: [
                "Administration", "Installation", "Postgres", "Reactor", "Telegram", "TestSupport", "Worker",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "tgworkerTests",
            dependencies: [
                "Administration", "Installation", "Postgres", "Reactor", "Telegram", "TestSupport", "Worker",
                "tgworker",
                argumentParser, lifecycle, logging,
            ],
            swiftSettings: settings),
        .testTarget(name: "TelegramSimulatorTests", dependencies: ["TelegramSimulator"], swiftSettings: settings),
        // Over the programs themselves: they are started from the build directory.
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["Demo", "Postgres", "Reactor", "TestSupport", "TelegramSimulator", "tgworker"],
            swiftSettings: settings),
    ]
)
