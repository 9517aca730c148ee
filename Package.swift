// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
  .treatWarning("DeprecatedDeclaration", as: .warning),
]
let strictC: [CSetting] = [.treatAllWarnings(as: .error), .enableWarning("extra")]

let package = Package(
  name: "weft",
  targets: [
    .target(name: "WeftTensors", swiftSettings: strict),
    .target(name: "CKernels", cSettings: strictC),
    .target(
      name: "WeftKernels", dependencies: ["WeftTensors", "CKernels"], swiftSettings: strict),
    .testTarget(name: "WeftTensorsTests", dependencies: ["WeftTensors"], swiftSettings: strict),
    .testTarget(
      name: "WeftKernelsTests", dependencies: ["WeftKernels", "WeftTensors"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x
)
