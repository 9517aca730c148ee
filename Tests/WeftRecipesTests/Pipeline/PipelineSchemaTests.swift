import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("The JSON schema of pipelines")
struct PipelineSchemaTests {
  private static let schema = Result {
    try JSONValue(parsing: Array(library.get().pipelineSchema.utf8))
  }

  private static func keys(_ definition: String) throws -> [String] {
    let value = try #require(try schema.get()["$defs"]?[definition])
    #expect(value["additionalProperties"] == .bool(false))
    return try #require(value["properties"]?.members).map(\.key)
  }

  @Test(
    "it knows the keys of every kind of step, and no other", arguments: PipelineStepKind.allCases)
  func steps(kind: PipelineStepKind) throws {
    #expect(try Self.keys(kind.rawValue).sorted() == kind.keys.sorted())
    let change = try Self.keys("change")
    #expect(kind.keys.allSatisfy(change.contains))
  }

  @Test("it knows the keys of the document and of overrides, and no other")
  func document() throws {
    let schema = try Self.schema.get()
    #expect(schema["properties"]?.members?.map(\.key) == PipelineKeys.document)
    #expect(schema["additionalProperties"] == .bool(false))
    #expect(try Self.keys("override") == PipelineKeys.override)
    let kinds = schema["$defs"]?["step"]?["anyOf"]?.elements?.compactMap {
      $0["required"]?.elements?.first?.text
    }
    #expect(kinds == PipelineStepKind.allCases.map(\.rawValue))
    let input = schema["properties"]?["inputs"]?["items"]?["anyOf"]?.elements?.last
    #expect(input?["properties"]?.members?.map(\.key) == PipelineKeys.input)
  }

  @Test(
    "it has the words that the reader takes",
    arguments: [
      ("convert", "to", PipelineForm.containers),
      ("convert", "layout", ["keep"] + RecipeOutput.layouts),
      ("convert", "dtype", ["keep"] + RecipeOutput.dtypes.map(\.word)),
      ("convert", "ema", RecipeAverages.allCases.map(\.rawValue)),
      ("fuse", "norm", FuseStep.normModes), ("fuse", "alpha_zero", FuseStep.alphaZeroMeanings),
      ("quantize", "encoder", RecipeQuantization.encoders),
      ("verify", "level", PipelineVerification.levels),
    ])
  func words(kind: String, key: String, words: [String]) throws {
    let value = try #require(try Self.schema.get()["$defs"]?[kind]?["properties"]?[key])
    #expect(value["anyOf"]?.elements?.first?["enum"]?.elements?.compactMap(\.text) == words)
  }
}
