import WeftKernels
package import WeftNetworks
package import WeftTensors

/// Weights with everything that adapters change computed into them when they are read, so that no step pays for it.
package struct FusedWeights: WeightSource {
  private let source: any WeightSource

  /// Wraps a source that computes some of it beside the weights.
  package init(_ source: any WeightSource) { self.source = source }

  package var path: String { source.path }
  package func shape(_ name: String) -> Shape? { source.shape(name) }
  package func read(_ name: String, into target: ByteSlice) throws {
    try source.read(name, into: target)
  }
}
