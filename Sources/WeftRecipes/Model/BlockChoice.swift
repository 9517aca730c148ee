/// Values for the blocks of a UNet, by the names that block-weighted merges give them: `BASE` is everything outside
/// the UNet, then come `IN00`..., `M00` and `OUT00`....
///
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/0b1c491/scripts/mergers/mergers.py
package enum BlockChoice: Sendable, Equatable {
  /// A named curve over the 26 blocks, such as `GRAD_V`.
  case preset(String)
  /// A number for each block in order: 26 for SD1.x and SD2.x, 20 for SDXL.
  case numbers([Double])
  /// Numbers by patterns of block names, in order; the first that fits decides, and a block that none fits keeps the
  /// step's own value.
  case patterns([Entry])

  /// A pattern of block names and its number.
  package struct Entry: Sendable, Equatable {
    /// The pattern, such as `OUT*`.
    package let pattern: String
    /// The value.
    package let value: Double

    /// Makes an entry.
    package init(_ pattern: String, _ value: Double) {
      self.pattern = pattern
      self.value = value
    }
  }

  /// The names of the blocks by the number of blocks: 26 or 20.
  package static func names(count: Int) -> [String]? {
    guard let half = [26: 12, 20: 9][count] else { return nil }
    let numbers = (0..<half).map { $0 < 10 ? "0\($0)" : "\($0)" }
    return ["BASE"] + numbers.map { "IN\($0)" } + ["M00"] + numbers.map { "OUT\($0)" }
  }
}
