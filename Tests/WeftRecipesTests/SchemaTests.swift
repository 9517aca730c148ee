import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("The JSON schema of recipes")
struct SchemaTests {
  private static let schema = Result {
    try JSONValue(parsing: Array(library.get().recipeSchema.utf8))
  }

  private static func merge() throws -> JSONValue {
    try #require(try schema.get()["$defs"]?["merge"])
  }

  @Test("it knows the methods of formats/merges, and no other")
  func methods() throws {
    let words = try Self.merge()["properties"]?["merge"]?["enum"]?.elements?.compactMap(\.text)
    #expect(words == (try library.get().mergeMethods.map(\.id)))
  }

  @Test(
    "it gives every option of every method the type, the range and the default that weft gives it")
  func options() throws {
    let conditions = try #require(try Self.merge()["allOf"]?.elements)
    for method in try library.get().mergeMethods {
      let condition = try #require(
        conditions.first { $0["if"]?["properties"]?["merge"]?["const"]?.text == method.id })
      let properties = try #require(condition["then"]?["properties"])
      let options = try #require(properties["options"]?["properties"]?.members)
      #expect(options.map(\.key) == method.options.map(\.name))
      for (member, option) in zip(options, method.options) { try check(member.value, option) }
      let model = try #require(properties["models"]?["items"]?["then"]?["properties"])
      for option in method.modelOptions { try check(try #require(model[option.name]), option) }
      #expect(properties["models"]?["minItems"]?.integer == method.leastModelCount)
      #expect(properties["models"]?["maxItems"]?.integer == method.mostModelCount)
    }
  }

  private func check(_ schema: JSONValue, _ option: MergeOption) throws {
    #expect(schema["description"]?.text == option.title)
    #expect(schema["minimum"]?.double == option.least)
    #expect(schema["maximum"]?.double == option.most)
    #expect((schema["enum"]?.elements?.compactMap(\.text) ?? []) == option.choices)
    #expect(schema["default"].flatMap(option.value) == option.standard)
  }

  @Test("the formats library refuses a method that says nonsense")
  func badMethods() throws {
    let cases = [
      (#""options": [{"name": "a", "title": "t", "type": "word"}]"#, "'type' must be"),
      (
        #""options": [{"name": "a", "title": "t", "type": "number", "most": 1, "default": 2}]"#,
        "'default'"
      ),
      (#""blocks": "alpha""#, "'options' has no 'alpha'"),
      (#""weights": ["beta"]"#, "'options' has no 'beta'"),
      (#""mergekit": {"method": "x", "defaults": {"density": 1}}"#, "'defaults'"),
      (#""colour": "red""#, "unknown key 'colour'"),
    ]
    for (text, message) in cases {
      let json =
        #"{"source": "s", "id": "x", "title": "t", "formula": "f", "models": {}, \#(text)}"#
      let error = #expect(throws: FormatError.self) {
        try FormatLibrary(overlay: [("merges/x.json", Array(json.utf8))])
      }
      #expect(try #require(error).description.contains(message))
    }
  }
}
