import WeftFiles
import WeftKernels
import WeftTensors
import WeftTransform

/// What tells the weights of one network from those of another.
package struct ModelFingerprint: Sendable, Hashable {
  /// The SHA-256 of a line `NAME [SHAPE]` for each tensor, in the order of the names' bytes, in hexadecimal digits.
  package let shapes: String
  /// The SHA-256 of samples of the files' bytes; a file in another type or layout has another.
  package let samples: String

  /// Takes digests of 64 hexadecimal digits.
  package init(shapes: String, samples: String) {
    (self.shapes, self.samples) = (shapes, samples)
  }
}

extension ComponentModel {
  /// The fingerprint; little of the file is read for it.
  package func fingerprint() throws -> ModelFingerprint {
    let lines = tensorShapes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      .map { "\($0.name) \($0.shape)\n" }.joined()
    let files = try checkpoint.sampleHashes().joined(separator: "\n")
    return ModelFingerprint(shapes: Self.digest(lines), samples: Self.digest(files))
  }

  private static func digest(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let buffer = ByteBuffer(byteCount: bytes.count, isZeroed: false)
    buffer.all.copy(from: bytes)
    let stream = SHA256Stream()
    stream.update(buffer.all)
    return stream.finish().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
