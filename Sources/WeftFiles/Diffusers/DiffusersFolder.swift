import WeftTensors

/// A folder as `from_pretrained` of diffusers reads it: one component a sub-folder, or one component alone.
package enum DiffusersFolder {
  static let indexName = "model_index.json"
  static let configName = "config.json"
  /// The largest index that is read, in bytes; real ones have a thousandth of it.
  static let maximumIndexByteCount = 1 << 20
  private static let weightStems = ["diffusion_pytorch_model", "model"]
  private static let pickledStems = ["diffusion_pytorch_model", "pytorch_model"]

  /// Opens the safetensors of every component that the folder's index lists.
  package static func open(_ path: String) throws -> Checkpoint {
    guard Paths.exists(Paths.join(path, indexName)) else {
      guard let component = try openComponent(path, prefix: "") else {
        throw DiffusersError(path: path, problem: .notAModel)
      }
      return Checkpoint.joined([component], path: path, format: .diffusers)
    }
    var parts = try componentNames(path).compactMap { name in
      try openComponent(Paths.join(path, name), prefix: name + "/")
    }
    guard !parts.isEmpty else { throw DiffusersError(path: path, problem: .noWeights) }
    if Paths.exists(Paths.join(path, extrasName)) {
      let file = try InputFile.open(Paths.join(path, extrasName))
      parts.append(try Checkpoint.open(file, prefix: extrasComponent + "/"))
    }
    return Checkpoint.joined(parts, path: path, format: .diffusers)
  }

  /// The components whose class is given; `[null, null]` and plain settings are not components.
  private static func componentNames(_ path: String) throws -> [String] {
    let index = try readJSON(
      Paths.join(path, indexName), maximumByteCount: maximumIndexByteCount)
    guard let members = index.members else {
      throw DiffusersError(path: path, problem: .notAModel)
    }
    return try members.compactMap { member in
      guard let entry = member.value.elements, entry.count == 2, entry[0].text != nil else {
        return nil
      }
      guard Paths.isPlainName(member.key) else {
        throw DiffusersError(path: path, problem: .componentOutside(member.key))
      }
      guard Paths.isDirectory(Paths.join(path, member.key)) else {
        throw DiffusersError(path: path, problem: .missingComponent(member.key))
      }
      return member.key
    }
  }

  /// The weights of one folder, or nil when it holds none, as a tokenizer's does.
  private static func openComponent(_ folder: String, prefix: String) throws -> Checkpoint? {
    let names = Paths.names(in: folder)
    guard let choice = try chooseWeights(names, folder: folder) else { return nil }
    let path = Paths.join(folder, choice.file)
    let part =
      choice.file.contains(".index.")
      ? try Checkpoint.openShards(path, prefix: prefix)
      : try Checkpoint.open(InputFile.open(path), prefix: prefix)
    return Checkpoint.joined(
      [part], path: folder, format: .diffusers, notes: choice.note.map { [$0] } ?? [])
  }

  private struct Choice {
    let file: String
    let note: String?
  }

  /// Picks the plain weights, or else the only variant such as `fp16`.
  private static func chooseWeights(_ names: [String], folder: String) throws -> Choice? {
    for stem in weightStems {
      if names.contains(stem + ShardIndex.suffix) {
        return Choice(file: stem + ShardIndex.suffix, note: nil)
      }
      if names.contains(stem + ".safetensors") {
        return Choice(file: stem + ".safetensors", note: nil)
      }
      let variants = names.compactMap { variant(of: $0, stem: stem) }
      if variants.count == 1, let only = variants.first {
        return Choice(file: only.file, note: "\(Paths.name(of: folder)): variant \(only.variant)")
      }
      if variants.count > 1 {
        let titles = variants.map(\.variant).joined(separator: ", ")
        throw DiffusersError(path: folder, problem: .severalVariants(titles))
      }
    }
    return try choosePickled(names, folder: folder)
  }

  /// Picks the plain weights that torch saved, for a folder without safetensors.
  private static func choosePickled(_ names: [String], folder: String) throws -> Choice? {
    for stem in pickledStems {
      for file in [stem + ".bin.index.json", stem + ".bin"] where names.contains(file) {
        let title = Paths.name(of: folder)
        return Choice(
          file: file, note: "\(title): \(file) is a Python pickle; it was decoded, not executed")
      }
    }
    if let pickled = names.first(where: { $0.hasSuffix(".bin") }) {
      throw DiffusersError(path: folder, problem: .onlyPickled(pickled))
    }
    return nil
  }

  private struct Variant {
    let file: String
    let variant: String
  }

  /// The variant that a file name spells, as in `model.fp16.safetensors` or `model.safetensors.index.fp16.json`.
  private static func variant(of name: String, stem: String) -> Variant? {
    let indexStart = stem + ".safetensors.index."
    let isIndex = name.hasPrefix(indexStart) && name.hasSuffix(".json")
    let start = isIndex ? indexStart : stem + "."
    let end = isIndex ? ".json" : ".safetensors"
    guard name.hasPrefix(start), name.hasSuffix(end), name.count > start.count + end.count
    else { return nil }
    let variant = name.dropFirst(start.count).dropLast(end.count)
    return variant.contains("-of-") ? nil : Variant(file: name, variant: String(variant))
  }
}
