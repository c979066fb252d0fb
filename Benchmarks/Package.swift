// swift-tools-version: 6.1
import PackageDescription

// Benchmarks are a package of their own, so that whoever depends on the library fetches none of this.

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func suite(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      "Measuring", .product(name: "Benchmark", package: "benchmark"),
      .product(name: "AdaptiveSoftmax", package: "swift-adaptive-softmax"),
    ],
    path: name, swiftSettings: swiftSettings,
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "PeerExports", type: .dynamic, targets: ["PeerExports"])
  ],
  dependencies: [
    .package(name: "swift-adaptive-softmax", path: ".."),
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // MARK: - Suites, one per operation
    suite("SoftmaxSuite"),
    suite("LossSuite"),
    suite("LinearSuite"),
    suite("FewRowsSuite"),
    suite("AdaptiveSuite"),

    // MARK: - From which size on threads pay
    .executableTarget(
      name: "ThreadThreshold",
      dependencies: ["Measuring", .product(name: "AdaptiveSoftmax", package: "swift-adaptive-softmax")],
      path: "ThreadThreshold", swiftSettings: swiftSettings),

    // MARK: - What they share
    .target(
      name: "Measuring",
      dependencies: [
        "CLimits", .product(name: "Benchmark", package: "benchmark"),
        .product(name: "AdaptiveSoftmax", package: "swift-adaptive-softmax"),
      ],
      path: "Measuring", swiftSettings: swiftSettings),
    .target(name: "CLimits", path: "CLimits"),

    // MARK: - Our side of the comparison with other libraries, for Python's ctypes
    .target(
      name: "PeerExports",
      dependencies: ["CLimits", .product(name: "AdaptiveSoftmax", package: "swift-adaptive-softmax")],
      path: "PeerExports", swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
