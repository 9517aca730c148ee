import WeftTensors

/// How much the columns of weights matter: the mean square of what a model multiplied each of them by.
///
/// llama.cpp and stable-diffusion.cpp measure it while a model runs, and their quantisers take it into account.
/// Source: https://github.com/ggml-org/llama.cpp/blob/006e7ef9/tools/imatrix/imatrix.cpp
package struct ImportanceMatrix: Sendable {
  /// The most tensors of a file.
  package static let maximumTensorCount = GGUFHeader.maximumTensorCount
  /// The most values of all tensors together: 64 MiB of them, where a text encoder of 13 billion weights has two.
  package static let maximumValueCount = 1 << 24

  /// The file.
  package let path: String
  /// The importance of each column, by the tensor's name; never negative and always finite.
  ///
  /// A tensor of several matrices, one behind the other, has a value for each column of each.
  package let weights: [String: [Float]]

  /// Reads a file of either kind, told by its content.
  ///
  /// - Throws: `ImportanceMatrixError` for what breaks a rule, `GGUFError` for a GGUF file that does.
  package static func read(_ path: String) throws -> ImportanceMatrix {
    ImportanceMatrix(
      path: path, weights: try ImportanceRecord.read(path).entries.mapValues(\.means))
  }

  /// Throws unless a number can be a sum of squares or of calls.
  static func check(_ value: Float, of tensor: String) throws(ImportanceMatrixError.Problem) {
    guard value.isFinite, value >= 0 else { throw .invalidValue(tensor: tensor, value: value) }
  }
}
