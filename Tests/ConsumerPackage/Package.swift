// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Consumer",
  dependencies: [
    .package(url: Context.environment["SWIFT_ADAPTIVE_SOFTMAX_URL"] ?? "", from: "1.0.0")
  ],
  targets: [
    .executableTarget(
      name: "Consumer",
      dependencies: [
        .product(name: "AdaptiveSoftmax", package: "swift-adaptive-softmax"),
        .product(name: "TensorFiles", package: "swift-adaptive-softmax"),
      ],
      path: ".", sources: ["main.swift"])
  ]
)
