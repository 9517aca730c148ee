import WeftFiles
package import WeftFormats
import WeftTensors

extension MergeRecipe {
  /// Reads a recipe file: weft's own YAML, or a configuration of mergekit.
  ///
  /// Relative paths count from the recipe's folder. Throws `RecipeProblem` with the line and the column, and
  /// `FileError` when there is no such file.
  package static func read(_ path: String, library: FormatLibrary) throws -> MergeRecipe {
    try MergeRecipe(
      yaml: YAMLText.bytes(RecipeOrigin(path: path)), path: path,
      folder: Paths.directory(of: path), library: library)
  }

  /// Reads the text of a recipe; `path` is for errors, and relative paths are joined to `folder` unless it is `.`.
  package init(
    yaml: [UInt8], path: String, folder: String = ".", library: FormatLibrary
  ) throws(RecipeProblem) {
    let origin = RecipeOrigin(path: path)
    let root = try YAMLText.parse(yaml, origin: origin)
    if root["merge_method"] != nil {
      self = try MergekitReader(origin: origin, library: library).recipe(root)
    } else {
      self = try RecipeReader(origin: origin, library: library).recipe(root)
    }
    if folder != "." { resolvePaths(in: folder) }
  }

  /// Joins every relative path to a folder.
  private mutating func resolvePaths(in folder: String) {
    func joined(_ path: String?) -> String? {
      path.map { $0.utf8.first == UInt8(ascii: "/") ? $0 : Paths.join(folder, $0) }
    }
    for index in models.indices { models[index].path = joined(models[index].path) }
    for index in steps.indices {
      guard case .fuse(var step) = steps[index].action else { continue }
      for adapter in step.adapters.indices {
        step.adapters[adapter].path = joined(step.adapters[adapter].path)
      }
      steps[index].action = .fuse(step)
    }
    let imatrix = joined(output.quantization?.imatrix)
    output.quantization?.imatrix = imatrix
  }
}

/// Reads weft's own form of recipes.
struct RecipeReader: Sendable {
  /// The only version that there is.
  static let version = 1
  /// The most models, steps, and models of a step: names are looked for one by one.
  static let maximumCount = 500

  let origin: RecipeOrigin
  let library: FormatLibrary
  /// Whether the recipe is that of a model's metadata, which says more of each model.
  var isMetadata = false

  /// The recipe of a document.
  func recipe(_ root: RecipeNode) throws(RecipeProblem) -> MergeRecipe {
    if case .scalar = root.kind, root.text == nil { throw YAMLText.emptyProblem(origin) }
    let keys =
      ["version", "models", "steps", "output"] + (isMetadata ? ["operation", "quantization"] : [])
    let object = try RecipeObject(root, "the recipe", keys: keys, origin: origin)
    try checkVersion(object)
    var linker = RecipeLinker(origin: origin)
    for entry in try named(object, "models") { linker.models.append(try model(entry)) }
    for entry in try named(object, "steps") { linker.steps.append(try step(entry)) }
    var output = try output(object["output"])
    // Metadata has it beside the recipe, where every operation has it.
    if let quantization = try quantization(object["quantization"]) {
      output.quantization = quantization
    }
    return try linker.recipe(output: output)
  }

  /// Refuses texts of other versions.
  func checkVersion(_ object: RecipeObject) throws(RecipeProblem) {
    guard let node = object["version"] else {
      throw object.missing("version", advice: "start with 'version: \(Self.version)'")
    }
    guard node.integer == Self.version else {
      throw object.wrongType("version", node, wanted: "\(Self.version), the only version there is")
    }
  }

  /// The entries of a mapping from names; none when the key is absent.
  func named(
    _ object: RecipeObject, _ key: String
  ) throws(RecipeProblem) -> [RecipeNode.Entry] {
    guard let node = object[key] else { return [] }
    let entries = try RecipeObject(node, "'\(key)'", origin: origin).entries
    guard entries.count <= Self.maximumCount else {
      throw origin.malformed(
        "there are \(entries.count) \(key)", at: node.position,
        advice: "give at most \(Self.maximumCount)")
    }
    for entry in entries where !RecipeName.isName(entry.key) {
      throw origin.malformed(
        "'\(entry.key)' is no name for one of '\(key)'", at: entry.position,
        advice: "use letters, digits, _ and - only, at most \(RecipeName.maximumLength)")
    }
    return entries
  }
}
