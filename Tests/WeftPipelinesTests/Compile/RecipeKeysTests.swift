import Testing
import WeftPipelines

@Suite("The keys of recipes")
struct RecipeKeysTests {
  static let steps = """
    small: {convert: input, dtype: f16, save: "${name}-small.safetensors"}
    tuned: {fuse: small, adapters: ["a.safetensors:0.5"], save: "${name}-tuned.safetensors"}
    phone: {quantize: tuned, type: q8_0, imatrix: i.dat, save: "${name}.gguf"}
    back: {convert: phone, dtype: f16, save: "${name}-back.safetensors"}
    looked: {verify: small}
    proof: {verify: phone, tolerance: 0.01}
    """
  static let files = ["a.safetensors": "hash of a", "i.dat": "hash of i"]
  static let all: Set<String> = ["small", "tuned", "phone", "back", "looked", "proof"]

  /// The keys of all outputs and proofs, by place in the text.
  private func keys(_ steps: String, files: [String: String] = files) throws -> [String: String] {
    let recipe = try recipe(steps)
    let keys = RecipeKeys(sideFiles: files)
    let outputs = keys.keys(of: recipe)
    let names = ["small", "tuned", "phone", "back"]
    var result = Dictionary(uniqueKeysWithValues: zip(names, outputs.map { $0.joined() }))
    for (name, proof) in zip(["looked", "proof"], recipe.proofs) {
      result[name] = keys.key(of: proof, output: outputs[proof.pass][0])
    }
    return result
  }

  /// A change of the text, and what gets another key by it.
  static let changes: [(from: String, to: String, changed: Set<String>)] = [
    ("type: q8_0", "type: q4_0", ["phone", "back", "proof"]),
    ("type: q8_0,", "type: q8_0, requantize: true,", ["phone", "back", "proof"]),
    ("type: q8_0,", "type: q8_0, rules: ['*.bias=keep'],", ["phone", "back", "proof"]),
    ("type: q8_0,", "type: q8_0, encoder: sdcpp,", ["phone", "back", "proof"]),
    ("imatrix: i.dat, ", "", ["phone", "back", "proof"]),
    ("dtype: f16, save: \"${name}-small", "dtype: bf16, save: \"${name}-small", all),
    ("dtype: f16, save: \"${name}-small", "dtype: f16, ema: drop, save: \"${name}-small", all),
    ("dtype: f16, save: \"${name}-back", "dtype: f32, save: \"${name}-back", ["back"]),
    ("safetensors:0.5", "safetensors:0.6", ["tuned", "phone", "back", "proof"]),
    ("0.5\"]", "0.5\"], alpha_zero: rank", ["tuned", "phone", "back", "proof"]),
    ("tolerance: 0.01", "tolerance: 0.02", ["proof"]),
    (", tolerance: 0.01", "", ["proof"]),
    ("verify: small", "verify: small, level: structure", ["looked"]),
    // Names of steps and outputs mean nothing for bytes.
    ("${name}.gguf", "${step}/x.gguf", []), ("tuned", "other", []), ("looked:", "l:", []),
    ("-small.safetensors", "-small.ckpt", ["small", "looked"]),
  ]

  @Test("change with what changes bytes, and with nothing else", arguments: changes)
  func textChange(change: (from: String, to: String, changed: Set<String>)) throws {
    let before = try keys(Self.steps)
    let text = replaced(change.from, by: change.to)
    try #require(text != Self.steps)
    let after = try keys(text)
    #expect(Set(before.keys) == Self.all)
    #expect(Set(before.keys.filter { before[$0] != after[$0] }) == change.changed)
  }

  private func replaced(_ old: String, by new: String) -> String {
    Self.steps.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
  }

  @Test(
    "change with the content of the files that the step reads",
    arguments: [
      ("a.safetensors", ["tuned", "phone", "back", "proof"]),
      ("i.dat", ["phone", "back", "proof"]),
      ("other", []),
    ])
  func sideFiles(name: String, changed: [String]) throws {
    let before = try keys(Self.steps)
    var files = Self.files
    files[name] = "another hash"
    let after = try keys(Self.steps, files: files)
    #expect(Set(before.keys.filter { before[$0] != after[$0] }) == Set(changed))
  }

  @Test("do not change with the path of a file whose content is known")
  func movedFile() throws {
    let moved = try keys(
      replaced("a.safetensors", by: "b/c.safetensors"),
      files: ["b/c.safetensors": "hash of a", "i.dat": "hash of i"])
    #expect(try keys(Self.steps) == moved)
  }

  @Test("are different for every variant of a sweep")
  func variants() throws {
    let recipe = try recipe("a: {fuse: input, adapters: [x, y], sweep: '2.scale=0:1:0.25'}")
    let keys = RecipeKeys(sideFiles: [:]).keys(of: recipe).joined()
    #expect(keys.count == 5)
    #expect(Set(keys).count == 5)
    let other = try #require(
      try TestRecipes.keys("a: {fuse: input, adapters: [x, y], sweep: '1.scale=0:1:0.25'}"))
    #expect(Set(keys).isDisjoint(with: other))
  }

  /// Machines of a cluster share these keys: a change of them makes everything be made again.
  @Test("are the same on every machine, for this numeric revision")
  func golden() throws {
    let keys = try keys(Self.steps)
    #expect(keys["small"] == "d8b6c12cf0f7ddb7fec1b5c6")
    #expect(keys["phone"] == "b7493be5fbb2954fed0b3773")
    #expect(keys["proof"] == "bdbe1fad2b772312247b9fcf")
    #expect(RecipeKeys(sideFiles: [:]).scanKey == "e400534fd55b23ff9a3687d4")
  }
}

private enum TestRecipes {
  static func keys(_ steps: String) throws -> [String]? {
    RecipeKeys(sideFiles: [:]).keys(of: try recipe(steps)).first
  }
}
