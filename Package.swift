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

/// A target of Swift code with the house's settings.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a target.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + dependencies,
    swiftSettings: strict)
}

/// The goldens and the small networks that they were made with, which the tests of several targets need.
let testSupport: Target = .target(
  name: "WeftTestSupport",
  dependencies: ["WeftFiles", "WeftFormats", "WeftKernels", "WeftNetworks", "WeftTensors"],
  path: "Tests/WeftTestSupport", swiftSettings: strict)

/// Damaged files for the readers: what makes them, the program of `scripts/fuzz` and a short run of it.
let fuzzing: [Target] = [
  .systemLibrary(name: "CLibFuzzer", path: "Tests/CLibFuzzer"),
  .target(
    name: "WeftFuzz",
    dependencies: ["WeftTensors", "WeftFiles", "WeftFormats", "WeftRecipes", "CZlib"],
    path: "Tests/WeftFuzz", swiftSettings: strict),
  .executableTarget(
    name: "weft-fuzz",
    dependencies: [
      "WeftFuzz", "CLibFuzzer",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ],
    path: "Tests/weft-fuzz", swiftSettings: strict),
  tests(of: "WeftFuzz"),
]

let package = Package(
  name: "weft",
  products: [.executable(name: "weft", targets: ["weft"])],
  traits: [
    .trait(name: "OneDNN", description: "The fast backend of the networks, on oneDNN."),
    .default(enabledTraits: ["OneDNN"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CSPNG", pkgConfig: "spng", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .target(
      name: "CFormats", cSettings: [.disableWarning("c23-extensions")] + strictC),
    .target(name: "CKernels", cSettings: strictC),
    .target(
      name: "COneDNN",
      cSettings: strictC + [.define("WEFT_ONEDNN", .when(traits: ["OneDNN"]))]),
    .target(name: "CPlanes", cSettings: strictC),
    .target(name: "CSystem", cSettings: strictC),
    library("WeftTensors"),
    library(
      "WeftFiles",
      [
        "WeftTensors", "CCrypto", "CDeflate", "CPlanes", "CSPNG", "CSystem", "CTurboJPEG", "CZlib",
        "CZstd",
      ]),
    library("WeftFormats", ["WeftTensors", "CFormats"]),
    library("WeftKernels", ["WeftTensors", "CKernels", "COneDNN"]),
    library(
      "WeftTransform",
      ["WeftTensors", "WeftFiles", "WeftFormats", "WeftKernels", "WeftRecipes"]),
    library(
      "WeftRecipes",
      [
        "WeftTensors", "WeftFiles", "WeftFormats", .product(name: "Yams", package: "Yams"),
      ]),
    library(
      "WeftNetworks",
      ["WeftTensors", "WeftFiles", "WeftFormats", "WeftKernels", "WeftTransform"]),
    library(
      "WeftInference",
      [
        "WeftTensors", "WeftFiles", "WeftFormats", "WeftKernels", "WeftTransform", "WeftNetworks",
      ]),
    library(
      "WeftVerify",
      [
        "WeftTensors", "WeftFiles", "WeftFormats", "WeftKernels", "WeftRecipes", "WeftTransform",
        "WeftNetworks", "WeftInference",
      ]),
    library(
      "WeftPipelines",
      [
        "WeftTensors", "WeftFiles", "WeftFormats", "WeftKernels", "WeftRecipes", "WeftTransform",
        "WeftNetworks", "WeftVerify",
      ]),
    .executableTarget(
      name: "weft",
      dependencies: [
        "WeftTensors", "WeftFiles", "WeftFormats", "WeftKernels", "WeftTransform", "WeftRecipes",
        "WeftNetworks", "WeftInference", "WeftVerify", "WeftPipelines",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    testSupport,
    tests(of: "WeftTensors"),
    tests(of: "WeftFiles", ["WeftTensors"]),
    tests(of: "WeftFormats", ["WeftTensors"]),
    tests(of: "WeftKernels", ["CKernels", "WeftFiles", "WeftTensors"]),
    tests(
      of: "WeftTransform",
      ["WeftFiles", "WeftFormats", "WeftKernels", "WeftRecipes", "WeftTensors"]),
    tests(of: "WeftRecipes", ["WeftFiles", "WeftFormats", "WeftTensors"]),
    tests(
      of: "WeftNetworks",
      [
        "WeftFiles", "WeftFormats", "WeftKernels", "WeftTensors", "WeftTestSupport",
        "WeftTransform",
      ]),
    tests(
      of: "WeftInference",
      [
        "WeftFiles", "WeftFormats", "WeftKernels", "WeftTensors", "WeftTestSupport",
        "WeftTransform", "WeftNetworks",
      ]),
    tests(
      of: "WeftVerify",
      [
        "WeftFiles", "WeftFormats", "WeftKernels", "WeftTensors", "WeftTransform", "WeftNetworks",
        "WeftInference",
      ]),
    tests(
      of: "WeftPipelines",
      ["WeftFiles", "WeftFormats", "WeftRecipes", "WeftTensors", "WeftTransform", "WeftVerify"]),
    tests(of: "weft", ["WeftFiles", "WeftFormats", "WeftKernels", "WeftTensors"]),
  ] + fuzzing,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu2x
)
