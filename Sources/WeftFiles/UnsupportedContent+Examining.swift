extension UnsupportedContent {
  /// Looks for content that its first bytes alone do not give away; nil when it is none that is known.
  static func examine(_ file: InputFile) -> UnsupportedContent? {
    if (try? ArchiveSigns.isZip(file, [])) == true {
      return UnsupportedContent(path: file.path, content: .prefixedZip)
    }
    // Few texts are pickles by chance, and the decoder soon stops at one that is none.
    guard let pickle = try? PickleMachine.decode(file) else { return nil }
    return UnsupportedContent(
      path: file.path, content: .textPickle, named: TorchError.foreignNames(in: pickle.globals))
  }
}
