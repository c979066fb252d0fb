// swift-tools-version: 6.2
import Foundation
import PackageDescription

// MARK: - OpenMP
//
// The kernels are OpenMP-parallel. With libomp (Debian and Ubuntu: libomp-dev, linked as `omp5`; Fedora and others: `omp`)
// the pragma is compiled; without it the same parallel region is entered through libgomp, which comes with the libgcc
// that Swift itself needs. SMX_OPENMP=omp5|omp|gomp|none overrides the search.

enum OpenMP {
  static func exists(_ names: [String], in folders: [String]) -> Bool {
    folders.contains { folder in names.contains { FileManager.default.fileExists(atPath: folder + "/" + $0) } }
  }

  static let library: String = {
    if let chosen = Context.environment["SMX_OPENMP"], !chosen.isEmpty { return chosen }
    #if os(Linux)
      let folders = [
        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
        "/usr/local/lib",
      ]
      if exists(["libomp5.so"], in: folders) { return "omp5" }
      if exists(["libomp.so"], in: folders) { return "omp" }
      return "gomp"
    #else
      return "none"
    #endif
  }()

  static var cSettings: [CSetting] {
    switch library {
    case "omp5", "omp": [.unsafeFlags(["-fopenmp"])]
    case "gomp": [.define("SMX_GOMP")]
    default: []
    }
  }

  static var linkerSettings: [LinkerSetting] {
    library == "none" ? [] : [.linkedLibrary(library)]
  }
}

let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "swift-adaptive-softmax",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "AdaptiveSoftmax", targets: ["AdaptiveSoftmax"]),
    .library(name: "TensorFiles", targets: ["TensorFiles"]),
    .library(name: "BatchScoring", targets: ["BatchScoring"]),
    .executable(name: "adasoft", targets: ["adasoft"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // MARK: - Public
    .target(name: "AdaptiveSoftmax", dependencies: ["CSoftmaxKernels"], swiftSettings: swiftSettings),
    .target(name: "TensorFiles", dependencies: ["AdaptiveSoftmax"], swiftSettings: swiftSettings),
    .target(
      name: "BatchScoring", dependencies: ["AdaptiveSoftmax", "TensorFiles"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "adasoft",
      dependencies: [
        "AdaptiveSoftmax", "BatchScoring", "TensorFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    // MARK: - Implementation
    .target(
      name: "CSoftmaxKernels",
      path: "CKernels",
      cSettings: OpenMP.cSettings,
      linkerSettings: OpenMP.linkerSettings + [.linkedLibrary("m", .when(platforms: [.linux]))]),

    // MARK: - Examples
    .executableTarget(
      name: "Tour", dependencies: ["AdaptiveSoftmax"], path: "Examples/Tour", swiftSettings: swiftSettings),

    // MARK: - Tests
    .target(
      name: "TestSupport", dependencies: ["AdaptiveSoftmax"], path: "Tests/TestSupport",
      swiftSettings: swiftSettings),
    .target(name: "KernelProof", dependencies: ["CSoftmaxKernels"], path: "Tests/KernelProof"),
    .executableTarget(
      name: "prove", dependencies: ["KernelProof"], path: "Tests/Prove", swiftSettings: swiftSettings),
    .executableTarget(
      name: "stream", dependencies: ["AdaptiveSoftmax", "TensorFiles"], path: "Tests/Stream",
      swiftSettings: swiftSettings),
    .testTarget(name: "KernelProofTests", dependencies: ["KernelProof"], swiftSettings: swiftSettings),
    .testTarget(
      name: "AdaptiveSoftmaxTests", dependencies: ["AdaptiveSoftmax", "TensorFiles", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "TensorFilesTests", dependencies: ["AdaptiveSoftmax", "TensorFiles", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "BatchScoringTests", dependencies: ["AdaptiveSoftmax", "BatchScoring", "TensorFiles", "TestSupport"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "GoldenTests", dependencies: ["AdaptiveSoftmax", "TensorFiles"], swiftSettings: swiftSettings),
    .testTarget(name: "TourTests", dependencies: ["Tour"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ToolTests", dependencies: ["AdaptiveSoftmax", "TensorFiles", "TestSupport", "adasoft"],
      exclude: ["Snapshots"], swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu17
)
