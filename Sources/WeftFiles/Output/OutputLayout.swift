import WeftTensors

/// The files of an output, what they hold besides tensors, and where each tensor's bytes go.
///
/// Every offset is known before any data is read, so that threads can write anywhere at once.
package struct OutputLayout: Sendable {
  /// How the files belong together.
  package enum Arrangement: Sendable {
    /// One file at the output's path.
    case single
    /// Several files beside each other, in the folder of the output's path.
    case siblings
    /// A folder at the output's path.
    case folder
  }

  /// A file of the output.
  package struct File: Sendable {
    /// The name, from the folder; empty for the one file of a single output.
    package let name: String
    /// The size, in bytes.
    package let byteCount: Int
  }

  /// Bytes that are known from the start, such as a header.
  package struct Literal: Sendable {
    /// The index of the file.
    package let file: Int
    /// Where the bytes start in the file.
    package let offset: Int
    /// The bytes.
    package let bytes: [UInt8]
  }

  /// Where a tensor's bytes start.
  package struct Place: Sendable {
    /// The index of the file.
    package let file: Int
    /// The offset in the file.
    package let offset: Int
  }

  /// How the files belong together.
  package let arrangement: Arrangement
  /// The container that the files are.
  package let format: ContainerFormat
  /// The files.
  package let files: [File]
  /// What is written besides tensors.
  package let literals: [Literal]
  /// Where each tensor's bytes go, in the order in which the tensors were given.
  package let places: [Place]
  /// The tensors in the same order, under the names of their files; empty where the container does not ask for them.
  let tensors: [TensorInfo]
  /// The directory that ends a torch archive; nil for the other containers.
  let directory: ZipLayout?

  init(
    arrangement: Arrangement, format: ContainerFormat, files: [File], literals: [Literal],
    places: [Place], tensors: [TensorInfo] = [], directory: ZipLayout? = nil
  ) {
    self.arrangement = arrangement
    self.format = format
    self.files = files
    self.literals = literals
    self.places = places
    self.tensors = tensors
    self.directory = directory
  }

  /// Tensors that stay where they are in a plain file of so many bytes; the offsets count from its start.
  package static func existing(offsets: [Int], byteCount: Int) -> OutputLayout {
    OutputLayout(
      arrangement: .single, format: .safetensors, files: [File(name: "", byteCount: byteCount)],
      literals: [], places: offsets.map { Place(file: 0, offset: $0) })
  }

  /// The size of all files, in bytes.
  package var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }

  /// The tensors by their places: file by file, in the order of their bytes.
  package var tensorOrder: [Int] {
    places.indices.sorted {
      (places[$0].file, places[$0].offset, $0) < (places[$1].file, places[$1].offset, $1)
    }
  }
}
