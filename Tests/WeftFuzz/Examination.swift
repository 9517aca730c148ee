import WeftFiles
import WeftFormats
import WeftTensors

/// Feeds files to the readers, and watches what they do.
package final class Examination {
  /// What a reader said of a file.
  package struct Outcome: Equatable {
    /// The kind of answer, without its names and numbers; files with a new one are worth changing further.
    package let signature: String
    /// Whether the file was opened and all was read.
    package let isAccepted: Bool
    /// A hash of all that was said and read.
    let digest: Int
  }

  /// The time that one file may take, in seconds of the processor.
  private static let maximumSeconds = 1.0
  /// The memory that the process may come to hold beyond what it held before, in bytes.
  private static let maximumByteCount = 256 << 20
  /// One file in so many is read twice, to see whether the answer is the same.
  private static let repeatInterval = 16
  /// One file in so many is looked at for what model it is.
  private static let recognitionInterval = 64

  /// The file that holds the present input.
  package let input: ScratchInput
  private let target: any FuzzTarget
  private let library: FormatLibrary
  private let reading = TensorReading()
  private let startPeakByteCount = Usage.now.peakByteCount

  /// Prepares to feed a target's files.
  package init(_ target: any FuzzTarget, input: ScratchInput) throws {
    self.target = target
    self.input = input
    library = try FormatLibrary.embedded()
  }

  /// Reads a file as far as its reader lets it.
  ///
  /// - Throws: `Finding` when the reader does what it must not.
  package func examine(_ bytes: [UInt8]) throws -> Outcome {
    try input.write(bytes)
    let before = Usage.now
    let sum = bytes.reduce(into: UInt32(1)) { $0 = $0 &* 31 &+ UInt32($1) }
    let outcome = try outcome(bytes, isRecognized: Int(sum) % Self.recognitionInterval == 0)
    try check(before)
    if Int(sum / 64) % Self.repeatInterval == 0 {
      let again = try self.outcome(bytes, isRecognized: false)
      guard again == outcome else {
        throw Finding("two readings differ: \(outcome.signature) and \(again.signature)")
      }
    }
    return outcome
  }

  private func check(_ before: Usage) throws {
    let after = Usage.now
    guard after.seconds - before.seconds <= Self.maximumSeconds else {
      throw Finding("it took \(after.seconds - before.seconds) s")
    }
    guard after.peakByteCount - startPeakByteCount <= Self.maximumByteCount else {
      throw Finding("the process came to hold \(after.peakByteCount >> 20) MiB")
    }
  }

  private func outcome(_ bytes: [UInt8], isRecognized: Bool) throws -> Outcome {
    var hasher = Hasher()
    do {
      if let signature = try target.read(input.path, into: &hasher) {
        return Outcome(signature: signature, isAccepted: true, digest: hasher.finalize())
      }
      let result = Result { try Checkpoint.open(input.path) }
      try target.check(bytes, result)
      let checkpoint = try result.get()
      try reading.read(checkpoint, into: &hasher)
      try checkpoint.checkIntegrity()
      if isRecognized {
        _ = try library.recognize(checkpoint.tensors.map(\.info), metadata: checkpoint.metadata)
      }
      let signature = "\(checkpoint.format) \(checkpoint.tensors.count) \(checkpoint.notes.count)"
      return Outcome(signature: signature, isAccepted: true, digest: hasher.finalize())
    } catch let finding as Finding {
      throw finding
    } catch {
      return try outcome(of: error, hasher)
    }
  }

  /// An error must be one for people, in one line, that blames the file.
  private func outcome(of error: any Error, _ hasher: Hasher) throws -> Outcome {
    guard let error = error as? any ActionableError else {
      throw Finding("an error that is none for people: \(type(of: error)): \(error)")
    }
    guard error.status == .badData else {
      throw Finding("an error that does not blame the file: \(error)")
    }
    let text = error.description
    guard text.utf8.count <= 16 << 10, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Finding("an error that is no line for people: \(error)")
    }
    var hasher = hasher
    hasher.combine(text)
    let signature = "\(type(of: error)) \(Self.shape(of: error.what))"
    return Outcome(signature: signature, isAccepted: false, digest: hasher.finalize())
  }

  /// A text without its numbers and without what is in quotes.
  private static func shape(of text: String) -> String {
    var isQuoted = false
    let kept = text.utf8.filter { byte in
      if byte == 0x22 || byte == 0x27 { isQuoted.toggle() }
      return !isQuoted && !(0x30...0x39 ~= byte)
    }
    return String(decoding: kept, as: UTF8.self)
  }
}
