package import WeftFiles
import WeftTensors

/// The parents whose SHA-256 goes into the output's header.
///
/// Hashing takes longer than fusing, so it is done beside it: the header first holds texts of the same length, which
/// are replaced when the hashes are known.
package struct PendingHashes: Sendable {
  /// The files, without doubles.
  package let files: [InputFile]

  /// No file at all.
  package static let none = PendingHashes([])

  init(_ files: [InputFile]) {
    var seen: Set<InputFile.Identity> = []
    self.files = files.filter { seen.insert($0.identity).inserted }
  }

  /// A text that stands for a file's hash and occurs nowhere else.
  func placeholder(for file: InputFile) -> String {
    Self.placeholder(files.firstIndex { $0.identity == file.identity } ?? 0)
  }

  private static func placeholder(_ index: Int) -> String {
    let digits = String(index)
    let mark = "weft.pending.sha256."
    let fill = String(repeating: ".", count: 2 * SHA256.byteCount - mark.count - digits.count)
    return mark + fill + digits
  }

  /// A header with the hashes, in the order of `files`, in the place of the texts that stand for them.
  func filled(_ header: [UInt8], with hashes: [String]) -> [UInt8] {
    var filled = header
    for (index, hash) in hashes.enumerated() {
      let text = Array(Self.placeholder(index).utf8)
      var start = 0
      while let found = Self.first(text, in: filled, from: start) {
        filled.replaceSubrange(found..<found + text.count, with: Array(hash.utf8))
        start = found + text.count
      }
    }
    return filled
  }

  private static func first(_ text: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= text.count, start <= bytes.count - text.count else { return nil }
    return (start...bytes.count - text.count).first { offset in
      bytes[offset] == text[0] && bytes[offset..<offset + text.count].elementsEqual(text)
    }
  }
}
