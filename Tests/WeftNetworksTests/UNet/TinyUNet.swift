import Testing
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors

/// The small UNets of the goldens, with their configurations.
struct TinyUNet: Sendable, CustomTestStringConvertible {
  let name: String
  let architecture: String
  let heads: [Int]
  var dimensions: Dimensions

  var testDescription: String { name }

  static let sd15 = TinyUNet(
    name: "sd15_unet", architecture: "sd15", heads: [8, 8, 8, 8],
    dimensions: ["channels": .list([32, 64, 96, 96]), "context": .integer(64)])
  static let sd2 = TinyUNet(
    name: "sd2_unet", architecture: "sd2", heads: [2, 4, 6, 6],
    dimensions: ["channels": .list([32, 64, 96, 96]), "context": .integer(96)])
  static let sdxl = TinyUNet(
    name: "sdxl_unet", architecture: "sdxl", heads: [2, 4, 6],
    dimensions: [
      "channels": .list([32, 64, 96]), "context": .integer(160), "added": .integer(192),
      "depth": .list([0, 2, 3]), "mid_depth": .integer(3), "up_depth": .list([3, 2, 0]),
    ])
  static let inpaint = TinyUNet(
    name: "sd15_inpaint_unet", architecture: "sd15-inpaint", heads: [8, 8, 8, 8],
    dimensions: ["channels": .list([32, 64, 96, 96]), "context": .integer(64)])
  static let all = [sd15, sd2, sdxl, inpaint]

  /// The weights.
  func source() throws -> HashSource {
    try HashSource(tag: name, architecture: architecture, component: "unet", dimensions)
  }

  /// The configuration.
  var configuration: NetworkConfiguration {
    NetworkConfiguration(
      .object([.init("attention_head_dim", .array(heads.map { .integer($0) }))]),
      path: "config.json")
  }

  /// The network.
  func network(_ backend: any Backend) throws -> UNet {
    try UNet(try source(), configuration, backend)
  }
}
