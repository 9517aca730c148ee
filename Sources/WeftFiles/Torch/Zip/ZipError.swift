package import WeftTensors

/// A zip archive that is damaged, or one that two readers could understand in two ways.
package struct ZipError: ActionableError, Equatable {
  /// What is wrong with the archive.
  package enum Problem: Error, Sendable, Equatable {
    /// There is no end of a central directory.
    case noDirectory
    /// The archive is a part of one that is spread over several files.
    case severalDisks
    /// The central directory does not say what it must.
    case malformedDirectory(offsetInFile: Int)
    /// The directory is larger than any model's.
    case tooManyEntries(count: Int)
    /// A member's data is encrypted, or says that it is.
    case encrypted(member: String)
    /// A member is a patch of another file.
    case patchData(member: String)
    /// The members unpack to far more than any weights would.
    case expands(byteCount: Int, archiveByteCount: Int)
    /// A member is compressed in a way that models never are.
    case unsupportedMethod(member: String, method: Int)
    /// Two members have one name.
    case duplicateName(member: String)
    /// Two members share bytes of the file.
    case overlapping(member: String)
    /// A member does not lie before the directory.
    case outOfBounds(member: String)
    /// A member's own header contradicts the directory.
    case headersDiffer(member: String, field: String)
    /// The bytes of a member are not those that were packed.
    case wrongChecksum(member: String)
    /// The compressed data of a member cannot be unpacked to the size that the directory says.
    case damagedData(member: String)
    /// A member that has to be held in memory is too large for that.
    case tooLarge(member: String, byteCount: Int, limit: Int)
  }

  /// The archive.
  package let path: String
  /// What is wrong with it.
  package let problem: Problem

  /// Malformed input.
  package var status: ExitStatus { .badData }

  /// What is wrong, with the names and numbers that matter.
  package var what: String {
    switch problem {
    case .noDirectory: "the zip archive has no central directory"
    case .severalDisks: "this is one part of a zip archive in several files"
    case .malformedDirectory: "the central directory of the zip archive is malformed"
    case .tooManyEntries(let count):
      "the zip archive lists \(count) members, which is over the limit of \(ZipDirectory.maximumEntryCount)"
    case .encrypted(let member): "the member \"\(member)\" is encrypted"
    case .patchData(let member):
      "the member \"\(member)\" is patch data, which only changes another file"
    case .expands(let byteCount, let archiveByteCount):
      "the zip archive of \(archiveByteCount) bytes unpacks to \(byteCount), which weights never do"
    case .unsupportedMethod(let member, let method):
      "the member \"\(member)\" is packed by method \(method), not stored or deflated"
    case .duplicateName(let member): "two members of the zip archive are named \"\(member)\""
    case .overlapping(let member): "the member \"\(member)\" shares its bytes with another"
    case .outOfBounds(let member): "the member \"\(member)\" does not lie within the archive"
    case .headersDiffer(let member, let field):
      "the header of the member \"\(member)\" has another \(field) than the central directory"
    case .wrongChecksum(let member): "the member \"\(member)\" does not have its CRC-32"
    case .damagedData(let member): "the member \"\(member)\" cannot be unpacked"
    case .tooLarge(let member, let byteCount, let limit):
      "the member \"\(member)\" has \(byteCount) bytes, which is over the limit of \(limit)"
    }
  }

  /// The archive, and the byte where it is known.
  package var place: String? {
    if case .malformedDirectory(let offset) = problem { return "\(path), byte \(offset)" }
    return path
  }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .noDirectory: "the download is incomplete; download it again"
    case .severalDisks: "join the parts with a zip program"
    case .encrypted: "unpack it with its password and give the file inside"
    case .patchData: "apply the patch where it belongs, or get the whole file from its source"
    case .expands: "it is made to fill memory and disks; get the model from another source"
    case .wrongChecksum, .damagedData: "the file is damaged; get it again from its source"
    default: "the archive is damaged or made to deceive; get it again from its source"
    }
  }
}
