/// A small file of a diffusers folder: a configuration or a part of a tokenizer.
package struct FolderFile: Sendable, Hashable {
  /// The path below the folder, such as `unet/config.json`.
  package let path: String
  /// What the file holds.
  package let bytes: [UInt8]

  /// Makes a file.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}
