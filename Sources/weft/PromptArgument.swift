import Foundation
import WeftInference
import WeftTensors

/// A prompt as it is given on the command line: the text itself, or `-` for standard input.
enum PromptArgument {
  private static let maximumByteCount = 16 << 20

  /// The prompt.
  ///
  /// - Throws: for text that is not UTF-8, and for more than 16 MiB of it.
  static func text(_ argument: String) throws -> String {
    if argument == "-" {
      return try text(FileHandle.standardInput, place: "standard input")
    }
    // What is not UTF-8 in an argument comes as this character.
    if argument.unicodeScalars.contains("\u{FFFD}"),
      let line = FileHandle(forReadingAtPath: "/proc/self/cmdline")
    {
      _ = try text(line, place: "the command line")
    }
    return argument
  }

  private static func text(_ file: FileHandle, place: String) throws -> String {
    var bytes: [UInt8] = []
    while let part = try file.read(upToCount: 1 << 20), !part.isEmpty {
      bytes += part
      guard bytes.count <= maximumByteCount else {
        throw PromptError(
          "a prompt of more than \(maximumByteCount >> 20) MiB", at: place,
          advice: "give a shorter one")
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PromptError(
        "the text is not UTF-8", at: place, advice: "save it as UTF-8, or check the terminal")
    }
    return text
  }
}
