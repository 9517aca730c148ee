import CKernels

/// The library of the reference backend's products and of all factoring.
package enum OpenBLAS {
  /// The version, such as `0.3.21`; nil when it cannot be loaded.
  package static var version: String? {
    guard let text = weft_openblas_config() else { return nil }
    let words = String(cString: text).split(separator: " ")
    return words.dropFirst().first.map(String.init) ?? "unknown"
  }
}
