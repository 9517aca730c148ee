import WeftFiles

/// Checkpoints that torch wrote.
enum TorchSeeds {
  /// A file of `Tests/Fixtures/torch`.
  static func file(_ name: String) throws -> [UInt8] {
    let tests = Paths.directory(
      of: Paths.directory(of: Paths.directory(of: "\(#filePath)")))
    let file = try InputFile.open(Paths.join(tests, "Fixtures/torch/\(name)"))
    return try file.bytes(0..<file.byteCount)
  }

  /// An archive whose pickle is spelled in lines of text, as the oldest protocol is.
  static func protocolZero() throws -> [UInt8] {
    guard var archive = ZipImage(try file("tied.pt")) else { throw Finding("a seed is no archive") }
    let text = """
      (dp0
      S'a'
      p1
      ctorch._utils
      _rebuild_tensor_v2
      p2
      ((S'storage'
      ctorch
      FloatStorage
      V0
      S'c\\x70u'
      I1
      tQI0
      (L1L
      t(I1
      tI00
      (dtRsVb\\u0061
      F1.5
      s.
      """
    for index in archive.members.indices {
      if archive.members[index].name.ends(with: "/data.pkl") {
        archive.members[index].change { $0 = Array(text.utf8) }
      } else if archive.members[index].name.ends(with: "/data/0") {
        archive.members[index].change { $0 = [0, 0, 0x80, 0x3F] }
      }
    }
    return archive.bytes
  }
}
