import WeftFiles

/// The names of a sweep's outputs.
package enum VariantName {
  /// Where a variant goes: `out.safetensors` becomes `out-scale-0.25.safetensors`, `out/` becomes `out-scale-0.25/`.
  package static func path(_ output: String, label: String) -> String {
    let name = Paths.name(of: output)
    let end = output.hasSuffix("/") ? output.index(before: output.endIndex) : output.endIndex
    let start = output.index(end, offsetBy: -name.count, limitedBy: output.startIndex)
    let dot = output[..<end].lastIndex(of: ".").flatMap { $0 > (start ?? end) ? $0 : nil }
    let cut = output.hasSuffix("/") ? end : dot ?? end
    return output[..<cut] + "-\(label)" + output[cut...]
  }
}
