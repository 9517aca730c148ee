import CFormats

extension FormatLibrary {
  /// The files of `formats/` as they were when the program was built.
  package static func embeddedFiles() -> [File] {
    var count = 0
    let files = weft_format_files(&count)
    // The C array has `count` entries, and each entry's bytes are a constant array of its own count.
    return UnsafeBufferPointer(start: files, count: count).map { file in
      (
        String(cString: file.path),
        Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
      )
    }
  }
}
