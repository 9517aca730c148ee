package import WeftTensors

/// The safetensors file that a file of `.safetensors.wz` holds, readable at any offset from any thread.
package struct WzFile: ByteSource {
  private let source: FramedSource<WzUnpacker>

  /// Reads and checks the index of an open file; no chunk is unpacked yet.
  ///
  /// - Throws: `WzError` when the index is missing or wrong.
  package init(_ file: InputFile) throws {
    source = FramedSource(file, frames: try WzIndex.read(file))
  }

  /// The file's path.
  package var path: String { source.path }
  /// The size of the safetensors file, in bytes.
  package var byteCount: Int { source.byteCount }

  /// Fills a slice with bytes of the safetensors file at an offset.
  package func read(at offset: Int, into slice: ByteSlice) throws {
    try source.read(at: offset, into: slice)
  }
}
