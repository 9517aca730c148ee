import WeftFiles
import WeftTensors

/// The memory that a network takes, which is compared with what there is before anything is loaded.
package struct MemoryNeed: Sendable {
  /// The weights as float32, in bytes.
  package let weightByteCount: Int
  /// The activations at the worst moment, about, in bytes.
  package let activationByteCount: Int

  /// How much more all modules of a network give than is held at its worst moment: measured on the UNet of SD1.5.
  package static let traceFactor = 8

  /// States a need.
  package init(weightByteCount: Int, activationByteCount: Int) {
    self.weightByteCount = weightByteCount
    self.activationByteCount = activationByteCount
  }

  /// Throws when less is available; nothing is known where the system tells nothing.
  package func check(
    available: Int? = SystemMemory.availableByteCount, path: String
  ) throws(NetworkError) {
    let need = weightByteCount + activationByteCount
    guard let available, need > available else { return }
    throw NetworkError(
      status: .inputOutput,
      what:
        "this takes about \(Self.text(need)) of memory (\(Self.text(weightByteCount)) of weights "
        + "in float32, \(Self.text(activationByteCount)) of activations), but "
        + "\(Self.text(available)) are available",
      place: path, advice: "give smaller inputs, or use a machine with more memory")
  }

  private static func text(_ byteCount: Int) -> String {
    "\((byteCount + (1 << 20) - 1) >> 20) MiB"
  }
}
