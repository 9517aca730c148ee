import WeftKernels
import WeftTensors

/// The layers of one half of a tiny autoencoder, as `layers` numbers them.
struct TinyLayers: Sendable {
  /// What the weights tell of a layer.
  enum Kind: Sendable {
    case convolution
    case block
    /// An activation or a change of the size.
    case weightless
  }

  /// One layer.
  enum Layer: Sendable {
    case convolution(ConvolutionLayer)
    case block(TinyBlock)
    case relu
    /// Every pixel becomes four.
    case upsampling
  }

  private let path: String
  private let layers: [Layer]

  init(_ half: ModuleLoader, _ layers: [Layer]) {
    (path, self.layers) = (half.path, layers)
  }

  /// The kinds of all layers that a half has; no two without weights follow each other.
  static func kinds(_ half: ModuleLoader) -> [Kind] {
    func weighted(_ index: Int) -> Kind? {
      let layer = half["layers.\(index)"]
      if layer.shape("conv.0.weight") != nil { return .block }
      return layer.shape("weight") == nil ? nil : .convolution
    }
    var kinds: [Kind] = []
    while true {
      if let kind = weighted(kinds.count) {
        kinds.append(kind)
      } else if weighted(kinds.count + 1) != nil {
        kinds.append(.weightless)
      } else {
        return kinds
      }
    }
  }

  /// Runs all layers.
  func callAsFunction(_ x: consuming Tensor, _ pass: Pass) throws -> Tensor {
    var h = consume x
    for (index, layer) in layers.enumerated() {
      let path = "\(path).layers.\(index)"
      switch layer {
      case .convolution(let layer): h = try layer(consume h, pass)
      case .block(let block): h = try block(consume h, pass)
      case .relu: h = try pass.emit(path, try pass.backend.activate(consume h, .relu))
      case .upsampling:
        let (height, width) = (2 * h[2], 2 * h[3])
        h = try pass.backend.resize(
          consume h, height: height, width: width, .nearest)  // [N, C, 2H, 2W]
        try pass.emit(path, h)
      }
    }
    return h
  }
}
