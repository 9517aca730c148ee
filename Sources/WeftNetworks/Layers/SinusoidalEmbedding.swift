package import WeftKernels
import WeftTensors
#if canImport(Glibc)
  import Glibc
#endif

/// Numbers as cosines and sines of descending frequencies.
/// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/models/embeddings.py
package enum SinusoidalEmbedding {
  /// The embeddings of numbers: `[count, width]`, the cosines first.
  ///
  /// Frequencies and their products with the numbers are rounded to float32 where torch does: at 1000 a last bit of the
  /// product is 6e-5 of an angle.
  package static func tensor(_ numbers: [Float], width: Int) -> Tensor {
    let half = width / 2
    let frequencies = (0..<half).map { index in
      Float(exp(Double(-Float(log(10_000.0)) * Float(index) / Float(half))))
    }
    var values = [Float](repeating: 0, count: numbers.count * width)
    for (row, number) in numbers.enumerated() {
      for (index, frequency) in frequencies.enumerated() {
        let angle = Double(number * frequency)
        values[row * width + index] = Float(cos(angle))
        values[row * width + half + index] = Float(sin(angle))
      }
    }
    return Tensor([numbers.count, width], values)
  }
}
