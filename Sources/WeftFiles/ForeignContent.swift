import WeftTensors

/// Content that is known by its first bytes and is not safetensors.
enum ForeignContent: Sendable {
  case zip, emptyZip, prefixedZip, gguf, pickle, textPickle, html, gitPointer, png, sevenZip, gzip,
    bzip2, xz, rar, tar

  private static let magics: [(ForeignContent, [UInt8])] = [
    (.zip, Array("PK\u{03}\u{04}".utf8)),
    (.emptyZip, Array("PK\u{05}\u{06}".utf8)),
    (.gguf, Array("GGUF".utf8)),
    (.pickle, [0x80, 0x02]), (.pickle, [0x80, 0x03]), (.pickle, [0x80, 0x04]),
    (.pickle, [0x80, 0x05]),
    (.html, Array("<!DOCTYPE".utf8)),
    (.html, Array("<!doctype".utf8)),
    (.html, Array("<html".utf8)),
    (.gitPointer, Array("version https://git-lfs".utf8)),
    (.sevenZip, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    (.gzip, [0x1F, 0x8B, 0x08]),
    (.bzip2, Array("BZh".utf8)),
    (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    (.rar, Array("Rar!".utf8)),
    (.png, [0x89, 0x50, 0x4E, 0x47]),
  ]

  /// How much of a file its content is told by.
  private static let startByteCount = 512
  /// Where a tar archive has its sign.
  /// Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html (ustar)
  private static let tarSignOffset = 257

  /// The content of a file, or nil when its start is none of the known ones.
  static func detect(_ file: any ByteSource) -> ForeignContent? {
    guard let start = try? file.bytes(0..<min(file.byteCount, startByteCount)) else { return nil }
    return detect(start)
  }

  /// The content of a file by its first bytes, or nil when they are none of the known ones.
  static func detect(_ start: [UInt8]) -> ForeignContent? {
    // A safetensors file may start with any length: one whose header follows is not foreign.
    if start.count > 8, [0x7B, 0x20, 0x09, 0x0A, 0x0D].contains(start[8]),
      start[4..<8].allSatisfy({ $0 == 0 })
    {
      return nil
    }
    if start.count > tarSignOffset, start[tarSignOffset...].starts(with: "ustar".utf8) {
      return .tar
    }
    return magics.first { start.starts(with: $0.1) }?.0
  }

  var title: String {
    switch self {
    case .zip: "a torch checkpoint (zip)"
    case .emptyZip: "a zip archive without members"
    case .prefixedZip: "a zip archive with other bytes before it"
    case .gguf: "a GGUF file"
    case .pickle: "a Python pickle"
    case .textPickle: "a Python pickle of protocol 0"
    case .html: "a web page"
    case .gitPointer: "a git-lfs pointer"
    case .png: "a picture"
    case .sevenZip: "a 7z archive"
    case .gzip: "a gzip-compressed file"
    case .bzip2: "a bzip2-compressed file"
    case .xz: "an xz-compressed file"
    case .rar: "a RAR archive"
    case .tar: "a tar archive, perhaps a checkpoint of torch 0.1"
    }
  }

  var advice: String {
    switch self {
    case .textPickle: "see with weft scan what it names; give a checkpoint that torch saved"
    case .emptyZip, .prefixedZip: "get the checkpoint again from its source"
    case .html: "the download was refused; log in and download the model itself"
    case .gitPointer: "fetch the model itself with 'git lfs pull'"
    case .sevenZip, .gzip, .bzip2, .xz, .rar: "unpack it and give the file inside"
    case .tar: "give the model inside; a checkpoint of torch 0.1 must be saved again with torch 1.0"
    default: "give a safetensors or GGUF file, a torch checkpoint or a diffusers folder"
    }
  }
}

/// A file of a kind that cannot be read.
struct UnsupportedContent: ActionableError {
  let path: String
  let content: ForeignContent
  /// What the content's pickle names.
  var named: [String] = []

  var status: ExitStatus { .badData }
  var what: String {
    let title =
      named.isEmpty
      ? content.title : "\(content.title) that names \(named.joined(separator: ", "))"
    return "this is \(title), not a model that weft reads"
  }
  var place: String? { path }
  var advice: String { content.advice }
}
