package import WeftKernels
import Synchronization

/// What a UNet's transformers look at beside the picture.
package struct Conditioning: Sendable {
  /// The prompt's tokens, `[N, S, D]`.
  package let text: Tensor
  /// Pictures that guide beside the text.
  package var images: [ImagePrompt] = []
  /// What layers have made of the text.
  let keysAndValues = PromptMemory()

  /// Makes a conditioning of a prompt alone.
  package init(text: Tensor) { self.text = text }
}

/// The keys and values of one prompt, which are the same in every step: each attention computes them once.
final class PromptMemory: Sendable {
  /// What an attention looks at, `[N, S, C]` both.
  typealias Pair = (key: Tensor, value: Tensor)
  /// The weight is held, since that of another network could take its place in memory, and with it its identity.
  private let pairs = Mutex<[ObjectIdentifier: (weight: any PreparedWeight, pair: Pair)]>([:])

  /// What was kept for the attention with the given weight, or what `make` gives, which is kept.
  func pair(for weight: any PreparedWeight, _ make: () throws -> Pair) rethrows -> Pair {
    let owner = ObjectIdentifier(weight)
    if let known = pairs.withLock({ $0[owner]?.pair }) { return known }
    let new = try make()
    pairs.withLock { $0[owner] = (weight, new) }
    return new
  }
}
