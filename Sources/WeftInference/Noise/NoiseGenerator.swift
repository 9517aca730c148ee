/// A stream of unit normal numbers that follows from a seed, one call after another.
///
/// How many numbers a call asks for matters: `draw(8)` twice is not `draw(16)`.
package protocol NoiseGenerator {
  /// The next so many numbers.
  mutating func draw(_ count: Int) -> [Float]
}

/// Whose random numbers pictures are made of.
package enum NoiseSource: String, Sendable, CaseIterable {
  /// What `torch.randn` gives on x86 processors, bit for bit.
  case torch
  /// What torch gives on NVIDIA graphics cards, as A1111's source "NV" and sd-cli's `--rng cuda` have it.
  case philox

  /// A generator with a seed, of numbers of a type; those of `philox` are float32 always.
  package func generator(seed: UInt64, type: NoiseType = .f32) -> any NoiseGenerator {
    switch self {
    case .torch: TorchGenerator(seed: seed, type: type)
    case .philox: PhiloxGenerator(seed: seed)
    }
  }
}

/// The type in which torch draws numbers: each gives others, not the same ones rounded.
package enum NoiseType: String, Sendable, CaseIterable {
  /// float32.
  case f32
  /// float16, as pipelines in half precision draw their latents.
  case f16
  /// bfloat16.
  case bf16
  /// float64.
  case f64
}
