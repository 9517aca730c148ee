import WeftFormats

/// Where the chances of one model's tensor start: they depend on the user's seed, the canonical name and the model's place
/// among the models, and on nothing else.
enum TensorSeed {
  /// A seed of 64 bits.
  static func seed(_ seed: UInt64, _ name: CanonicalName, model: Int) -> UInt64 {
    let hash = name.description.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return mixed(mixed(mixed(seed) ^ hash) &+ UInt64(model))
  }

  /// The output function of splitmix64.
  ///
  /// Source: https://prng.di.unimi.it/splitmix64.c
  private static func mixed(_ state: UInt64) -> UInt64 {
    var z = state &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
