package import WeftTensors

/// A safetensors file among several, and the tensors that it holds.
package struct TensorFile: Sendable {
  /// The name, from the folder.
  package let name: String
  /// The tensors under their names in this file, each with its index among all tensors of the output.
  package let tensors: [(index: Int, info: TensorInfo)]

  /// Makes a description of a file.
  package init(name: String, tensors: [(index: Int, info: TensorInfo)]) {
    self.name = name
    self.tensors = tensors
  }
}

/// A small whole file that holds no tensors, such as a configuration.
package struct SmallOutputFile: Sendable {
  /// The name, from the folder.
  package let name: String
  /// The whole content.
  package let bytes: [UInt8]

  /// Makes a description of a file.
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

extension OutputLayout {
  /// One safetensors file, plain or in one of the containers that compress it.
  package static func safetensors(
    _ tensors: [TensorInfo], metadata: [String: String], path: String,
    in container: ContainerFormat = .safetensors
  ) throws -> OutputLayout {
    let file = TensorFile(name: "", tensors: tensors.enumerated().map { ($0, $1) })
    return try files(
      [file], small: [], metadata: metadata, arrangement: .single,
      format: container, path: path)
  }

  /// Several safetensors files with small ones beside them.
  package static func files(
    _ parts: [TensorFile], small: [SmallOutputFile], metadata: [String: String],
    arrangement: Arrangement, format: ContainerFormat, path: String
  ) throws -> OutputLayout {
    var files: [File] = []
    var literals: [Literal] = []
    var places = [Place](
      repeating: Place(file: 0, offset: 0), count: parts.reduce(0) { $0 + $1.tensors.count })
    let infos = parts.flatMap(\.tensors).sorted { $0.index < $1.index }.map(\.info)
    for part in parts {
      let layout = try SafetensorsLayout(
        tensors: part.tensors.map(\.info), metadata: metadata, path: path)
      literals.append(Literal(file: files.count, offset: 0, bytes: layout.headerBytes))
      let indices = Dictionary(part.tensors.map { ($0.info.name, $0.index) }) { first, _ in first }
      for entry in layout.entries {
        guard let index = indices[entry.info.name] else { continue }
        places[index] = Place(file: files.count, offset: entry.offsetInFile)
      }
      files.append(File(name: part.name, byteCount: layout.byteCount))
    }
    for file in small {
      literals.append(Literal(file: files.count, offset: 0, bytes: file.bytes))
      files.append(File(name: file.name, byteCount: file.bytes.count))
    }
    return OutputLayout(
      arrangement: arrangement, format: format, files: files, literals: literals, places: places,
      tensors: infos)
  }
}
