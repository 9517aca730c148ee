import WeftFiles
import WeftTensors

/// The memory that a network takes, which is compared with what there is before anything is loaded.
package struct MemoryNeed: Sendable {
  /// The weights as they lie in memory, in bytes.
  package let weightByteCount: Int
  /// The activations at the worst moment, about, in bytes.
  package let activationByteCount: Int
  /// Where weights that are kept as they are stored become values, in bytes.
  package let expansionByteCount: Int

  /// How much more all modules of a network give than is held at its worst moment: measured on the UNet of SD1.5.
  package static let traceFactor = 8

  /// States a need.
  package init(weightByteCount: Int, activationByteCount: Int, expansionByteCount: Int = 0) {
    self.weightByteCount = weightByteCount
    self.activationByteCount = activationByteCount
    self.expansionByteCount = expansionByteCount
  }

  /// All of it.
  package var byteCount: Int { weightByteCount + activationByteCount + expansionByteCount }

  /// Throws when less is available; nothing is known where the system tells nothing.
  package func check(
    available: Int? = SystemMemory.availableByteCount, path: String
  ) throws(NetworkError) {
    guard let available, byteCount > available else { return }
    let expansion =
      expansionByteCount > 0
      ? ", \(Self.text(expansionByteCount)) to expand the largest of them" : ""
    throw NetworkError(
      status: .inputOutput,
      what:
        "this takes about \(Self.text(byteCount)) of memory (\(Self.text(weightByteCount)) of "
        + "weights\(expansion), \(Self.text(activationByteCount)) of activations), but "
        + "\(Self.text(available)) are available",
      place: path, advice: "give smaller inputs, \(remedy), or use a machine with more memory")
  }

  /// What makes weights smaller.
  private var remedy: String {
    expansionByteCount > 0
      ? "quantise the model to a smaller type"
      : "keep weights as they are stored (--weights keep), a quantised model's above all"
  }

  private static func text(_ byteCount: Int) -> String {
    "\((byteCount + (1 << 20) - 1) >> 20) MiB"
  }
}
