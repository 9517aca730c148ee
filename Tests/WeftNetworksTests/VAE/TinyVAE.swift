import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTestSupport
import WeftTensors

/// The small autoencoder of the goldens, and others like it.
struct TinyVAE {
  var source: HashSource
  var configuration = NetworkConfiguration(.object([]), path: "config.json")

  init(tag: String = "vae", channels: [Int] = [32, 64, 96, 96], layers: Int = 2) throws {
    source = try HashSource(
      tag: tag, architecture: "sd15", component: "vae",
      ["channels": .list(channels), "layers": .integer(layers)])
  }

  func encoder(_ backend: any Backend) throws -> VAEEncoder {
    try VAEEncoder(source, configuration, backend)
  }

  func decoder(_ backend: any Backend) throws -> VAEDecoder {
    try VAEDecoder(source, configuration, backend)
  }
}

extension Tensor {
  /// Values that are not the same anywhere.
  static func pattern(_ shape: Shape) -> Tensor {
    Tensor(shape, (0..<(shape.checkedElementCount ?? 0)).map { Float($0 % 31) / 16 - 1 })
  }
}
