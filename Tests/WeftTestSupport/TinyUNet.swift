package import WeftFormats
package import WeftKernels
package import WeftNetworks
import WeftTensors

/// The small UNets of the goldens, with their configurations.
package struct TinyUNet: Sendable {
  /// The tag of the weights, and the golden.
  package let name: String
  /// The architecture, such as `sd2`.
  package let architecture: String
  /// The heads of each level.
  package let heads: [Int]
  /// The numbers that differ from the architecture's own.
  package var dimensions: Dimensions

  package static let sd15 = TinyUNet(
    name: "sd15_unet", architecture: "sd15", heads: [8, 8, 8, 8],
    dimensions: ["channels": .list([32, 64, 96, 96]), "context": .integer(64)])
  package static let sd2 = TinyUNet(
    name: "sd2_unet", architecture: "sd2", heads: [2, 4, 6, 6],
    dimensions: ["channels": .list([32, 64, 96, 96]), "context": .integer(96)])
  package static let sdxl = TinyUNet(
    name: "sdxl_unet", architecture: "sdxl", heads: [2, 4, 6],
    dimensions: [
      "channels": .list([32, 64, 96]), "context": .integer(160), "added": .integer(192),
      "depth": .list([0, 2, 3]), "mid_depth": .integer(3), "up_depth": .list([3, 2, 0]),
    ])
  package static let inpaint = TinyUNet(
    name: "sd15_inpaint_unet", architecture: "sd15-inpaint", heads: [8, 8, 8, 8],
    dimensions: ["channels": .list([32, 64, 96, 96]), "context": .integer(64)])
  package static let all = [sd15, sd2, sdxl, inpaint]

  /// The weights.
  package func source() throws -> HashSource {
    try HashSource(tag: name, architecture: architecture, component: "unet", dimensions)
  }

  /// The configuration.
  package var configuration: NetworkConfiguration {
    NetworkConfiguration(
      .object([.init("attention_head_dim", .array(heads.map { .integer($0) }))]),
      path: "config.json")
  }

  /// The network.
  package func network(_ backend: any Backend) throws -> UNet {
    try UNet(try source(), configuration, backend)
  }
}
