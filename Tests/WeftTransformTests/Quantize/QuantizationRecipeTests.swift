import Foundation
import Testing
import WeftFiles
import WeftFormats
import WeftRecipes
import WeftTensors
import WeftTransform

@Suite("A quantisation in a model's metadata")
struct QuantizationRecipeTests {
  let workshop: Workshop

  init() throws { workshop = try Workshop() }

  private func full() throws -> QuantizationRecipe {
    var recipe = QuantizationRecipe(type: "q4_k")
    recipe.encoder = .sdcpp
    recipe.policy = "generic"
    recipe.rules = [
      QuantizationRecipe.Rule(pattern: "*a=b*", type: "q8_0"),
      QuantizationRecipe.Rule(pattern: "*.bias", type: "keep"),
    ]
    recipe.saturates = true
    recipe.requantizes = true
    recipe.chosen = ["out.2.weight": "f16", "a name": "q6_k", "b": "keep"]
    return recipe
  }

  /// The quantisation as the metadata of a converted model would give it back.
  private func readBack(_ recipe: QuantizationRecipe) throws -> QuantizationRecipe? {
    let file = JSONValue.object([
      "sample_sha256": .string(String(repeating: "a", count: 64)), "bytes": .integer(1),
    ])
    let value = JSONValue.object([
      "version": .integer(1), "operation": .string("convert"), "base": .array([file]),
      "layout": .string("ldm"), "quantization": try recipe.value,
    ])
    return try MergeRecipe(metadata: value, path: "m", library: workshop.library)
      .output.quantization.map(QuantizationRecipe.init)
  }

  @Test("it reads back as what was written")
  func roundTrip() throws {
    for recipe in [try full(), QuantizationRecipe(type: "fp8_scaled")] {
      let back = try #require(try readBack(recipe))
      #expect(try back.value == recipe.value)
      #expect(back.type == recipe.type && back.encoder == recipe.encoder)
      #expect(back.policy == recipe.policy && back.rules == recipe.rules)
      #expect(back.saturates == recipe.saturates && back.requantizes == recipe.requantizes)
      #expect(back.chosen == recipe.chosen && back.importancePath == nil)
    }
  }

  @Test("the words for the encoders are the encoders, the usual one first")
  func encoders() {
    #expect(RecipeQuantization.encoders == QuantizationRecipe.Encoder.allCases.map(\.rawValue))
    #expect(QuantizationRecipe(type: "q8_0").encoder.rawValue == RecipeQuantization.encoders[0])
  }

  @Test("an importance matrix is named by its hash: the same file is taken again, and no other")
  func importance() throws {
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/gguf")
    var recipe = QuantizationRecipe(type: "q4_k")
    recipe.importancePath = fixtures.appendingPathComponent("imatrix.gguf").path
    var back = try #require(try readBack(recipe))
    #expect(back.importancePath == nil && back.importanceSHA256?.utf8.count == 64)
    #expect(throws: TransformError.self) { try back.importance() }
    back.importancePath = recipe.importancePath
    #expect(try back.importance()?.weights.isEmpty == false)
    back.importancePath = fixtures.appendingPathComponent("imatrix.dat").path
    let error = #expect(throws: TransformError.self) { try back.importance() }
    #expect(error?.status == .refused)
  }
}
