import Foundation
import Testing
import WeftFiles
import WeftRecipes
import WeftTensors

@Suite("Finding models by their files")
struct ModelFinderTests {
  /// A folder that is removed with everything in it.
  private final class Folder {
    let path = NSTemporaryDirectory() + "weft-find-\(UUID().uuidString)"

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a safetensors file of bytes.
    func write(_ name: String, _ tensors: [String: UInt8], note: String = "") throws {
      let infos = tensors.keys.compactMap { TensorInfo(name: $0, dtype: .u8, shape: [1]) }
      let layout = try SafetensorsLayout(tensors: infos, metadata: ["note": note], path: "")
      let bytes = layout.headerBytes + layout.entries.map { tensors[$0.info.name] ?? 0 }
      try write(name, bytes)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws {
      let target = path + "/" + name
      try FileManager.default.createDirectory(
        atPath: Paths.directory(of: target), withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: target))
    }

    func identities(_ name: String) throws -> [FileIdentity] {
      let checkpoint = try Checkpoint.open(path + "/" + name)
      return try FileIdentity.identities(of: checkpoint)
    }
  }

  @Test("a file is found by size and header, not by name or by either alone")
  func file() throws {
    let folder = Folder()
    try folder.write("x/wanted.safetensors", ["a": 1], note: "1")
    try folder.write("a/same-size.safetensors", ["a": 1], note: "2")
    try folder.write("a/other.safetensors", ["a": 1], note: "123")
    let wanted = try folder.identities("x/wanted.safetensors")
    #expect(try folder.identities("a/same-size.safetensors")[0].byteCount == wanted[0].byteCount)
    let finder = try ModelFinder([folder.path])
    #expect(finder.path(of: wanted) == folder.path + "/x/wanted.safetensors")
    let longer = FileIdentity(
      sampleSHA256: wanted[0].sampleSHA256, byteCount: wanted[0].byteCount + 1)
    #expect(finder.path(of: [longer]) == nil)
    #expect(finder.path(of: []) == nil)
  }

  @Test("a file that is no model and has the size is passed over")
  func junk() throws {
    let folder = Folder()
    try folder.write("z.safetensors", ["a": 1])
    let wanted = try folder.identities("z.safetensors")
    try folder.write("a.bin", Array(repeating: 0, count: wanted[0].byteCount))
    #expect(try ModelFinder([folder.path]).path(of: wanted) == folder.path + "/z.safetensors")
  }

  @Test("both halves of an adapter are found as their folder, and only when both are there")
  func adapter() throws {
    let folder = Folder()
    try folder.write("res/pytorch_lora_weights.safetensors", ["a": 1])
    try folder.write("res/diffusion_pytorch_model.safetensors", ["b": 1])
    let wanted = try folder.identities("res")
    #expect(wanted.count == 2)
    #expect(try ModelFinder([folder.path]).path(of: wanted) == folder.path + "/res")
    try FileManager.default.removeItem(
      atPath: folder.path + "/res/diffusion_pytorch_model.safetensors")
    #expect(try ModelFinder([folder.path]).path(of: wanted) == nil)
  }

  @Test("shards are found as their index")
  func shards() throws {
    let folder = Folder()
    try folder.write("m/model-00001-of-00002.safetensors", ["a": 1])
    try folder.write("m/model-00002-of-00002.safetensors", ["b": 1])
    let index = """
      {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
      """
    try folder.write("m/model.safetensors.index.json", Array(index.utf8))
    let wanted = try folder.identities("m/model.safetensors.index.json")
    #expect(wanted.count == 2)
    let found = try ModelFinder([folder.path]).path(of: wanted)
    #expect(found == folder.path + "/m/model.safetensors.index.json")
  }

  @Test("a recipe gets the paths of what is found, and says what is missing")
  func recipePaths() throws {
    let folder = Folder()
    try folder.write("base.safetensors", ["a": 1])
    let base = try folder.identities("base.safetensors")[0]
    var recipe = try Metadata.recipe(Metadata.fuse(base: 1, adapter: 2))
    recipe.models[0].files = [base]
    #expect(recipe.missingFiles == ["the model 'base'", "adapter 1 of the step 'fused'"])
    recipe.findFiles(try ModelFinder([folder.path]))
    #expect(recipe.models[0].path == folder.path + "/base.safetensors")
    #expect(recipe.missingFiles == ["adapter 1 of the step 'fused'"])
  }

  @Test("a model or adapter that is not the one of the recipe is refused, with both numbers")
  func otherFiles() throws {
    let folder = Folder()
    try folder.write("a.safetensors", ["a": 1])
    let checkpoint = try Checkpoint.open(folder.path + "/a.safetensors")
    let right = try FileIdentity.identities(of: checkpoint)
    var model = RecipeModel(name: "base", path: checkpoint.path)
    try model.check(checkpoint)
    model.files = right
    try model.check(checkpoint)
    var messages: [String] = []
    for files in [
      [FileIdentity(sampleSHA256: right[0].sampleSHA256, byteCount: 7)],
      [FileIdentity(sampleSHA256: hash(1), byteCount: right[0].byteCount)], right + right,
    ] {
      model.files = files
      let error = #expect(throws: RecipeProblem.self) { try model.check(checkpoint) }
      #expect(error?.status == .refused)
      messages.append(error?.what ?? "")
      let adapter = RecipeAdapter(path: checkpoint.path, files: files)
      #expect(throws: RecipeProblem.self) { try adapter.check([checkpoint]) }
    }
    #expect(messages[0].hasSuffix("it has \(right[0].byteCount) bytes, not 7"))
    #expect(messages[1].hasSuffix("not 000000000000"))
    #expect(messages[2].hasSuffix("it has 1 files, not 2"))
  }

  @Test("a recipe that still lacks files is an error that says what is missing, with exit code 66")
  func lacking() throws {
    let recipe = try Metadata.recipe(Metadata.fuse(base: 1, adapter: 2))
    let error = #expect(throws: RecipeProblem.self) { try recipe.requirePaths(path: "r.yaml") }
    #expect(error?.status == .noInput)
    #expect(error?.what == "the model 'base' was not found, nor 1 more")
  }

  @Test("a folder that is not there is an error")
  func missingFolder() {
    #expect(throws: FileError.self) { try ModelFinder(["/nowhere/at/all"]) }
  }
}
