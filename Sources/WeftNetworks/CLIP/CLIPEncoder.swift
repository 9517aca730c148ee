import WeftKernels

/// The layers of an encoder of texts or pictures.
struct CLIPEncoder: Sendable {
  private let layers: [CLIPLayer]

  /// Loads the layers that the configuration counts, or all that are there.
  init(_ loader: ModuleLoader, _ configuration: CLIPConfiguration, isCausal: Bool) throws {
    let stored = loader.count("layers", leaf: "layer_norm1.weight")
    let count = configuration.layerCount ?? stored
    guard count > 0, count <= stored else {
      throw NetworkError.weight(
        "'\(loader.path)' has \(stored) layers"
          + (configuration.layerCount.map { ", but its configuration counts \($0)" } ?? ""),
        at: loader.source.path)
    }
    layers = try (0..<count).map {
      try CLIPLayer(loader["layers.\($0)"], configuration, isCausal: isCausal)
    }
  }

  /// The number of layers that are run.
  var layerCount: Int { layers.count }

  /// Runs the layers: what goes into the first one and what comes out of each, `[N, T, C]` every one.
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> [Tensor] {
    var states = [x]
    var x = x
    for layer in layers {
      x = try layer(x, pass)  // [N, T, C]
      states.append(x)
    }
    return states
  }
}
