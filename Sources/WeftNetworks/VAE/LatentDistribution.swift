package import WeftKernels
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// What an encoder says of a latent: a normal distribution for each of its values.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/autoencoders/vae.py
package struct LatentDistribution: Sendable {
  /// The means, then the logarithms of the variances: `[N, 2L, h, w]`.
  package let moments: Tensor

  /// Makes a distribution of an encoder's output.
  package init(moments: Tensor) { self.moments = moments }

  /// The means, `[N, L, h, w]`.
  package func mean(_ backend: any Backend) throws -> Tensor {
    try backend.slice(moments, 0..<moments[1] / 2)  // [N, L, h, w]
  }

  /// The standard deviations, `[N, L, h, w]`; logarithms outside of -30...20 count as these.
  package func standardDeviation(_ backend: any Backend) throws -> Tensor {
    let logarithms = try backend.slice(moments, moments[1] / 2..<moments[1])  // [N, L, h, w]
    return Tensor(
      logarithms.shape,
      try backend.plain(logarithms).floats.map { Float(exp(Double(0.5 * min(max($0, -30), 20)))) })
  }
}
