import WeftFiles
import WeftKernels
import WeftTensors

extension HashSource {
  /// The SHA-256 of all names and float32 values, in the order of the names: the goldens state it.
  package func digest() throws -> String {
    let hash = SHA256()
    for (name, shape) in shapes.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      hash.update(Array(name.utf8))
      let values = ByteBuffer(byteCount: (shape.checkedElementCount ?? 0) * 4)
      try read(name, into: values.all)
      hash.update(values.all)
    }
    return hash.finish()
  }
}

extension Golden {
  /// The digest of the weights with which the golden was made.
  package var weightsDigest: String? { checkpoint.metadata["weights_sha256_sorted_name_f32le"] }
}
