import Foundation
import Testing
import WeftFormats
import WeftRecipes
import WeftTensors

@Suite("Recipes of Tests/Fixtures/recipes, which the JSON schema is held to as well")
struct RecipeExamplesTests {
  @Test("there are examples of every kind")
  func examplesExist() {
    #expect(RecipeFixture.all("good").count >= 15)
    #expect(RecipeFixture.all("bad").count >= 50)
    #expect(RecipeFixture.all("text").count >= 25)
    #expect(RecipeFixture.all("misfit").count >= 20)
  }

  @Test(
    "a good recipe reads, and what is written of it reads back as the same recipe",
    arguments: RecipeFixture.all("good"))
  func good(fixture: RecipeFixture) throws {
    let library = try library.get()
    let read = try MergeRecipe(yaml: fixture.bytes(), path: fixture.name, library: library)
    let text = read.yamlText(heading: ["a heading"], comments: ["a": "a comment: with a colon"])
    #expect(try recipe(text) == read, "\(text)")
    #expect(try recipe(read.textValue.prettyText) == read, "JSON is YAML")
  }

  @Test(
    "a good recipe goes through a model's metadata, without its paths",
    arguments: RecipeFixture.all("good"))
  func metadata(fixture: RecipeFixture) throws {
    let library = try library.get()
    let read = try MergeRecipe(yaml: fixture.bytes(), path: fixture.name, library: library)
    let value = read.withFiles.metadataValue
    #expect(value == value.canonical)
    #expect(!value.compactText.contains("safetensors") && !value.compactText.contains("ckpt"))
    let back = try MergeRecipe(metadata: value, path: "model", library: library)
    #expect(back.metadataValue == value)
    #expect(Set(back.models.map(\.name)) == Set(read.models.map(\.name)))
    #expect(back.models.allSatisfy { $0.path == nil && !$0.files.isEmpty })
    for step in read.steps { #expect(back.merge(step.name) == read.merge(step.name)) }
  }

  @Test(
    "a text that is no recipe gives exactly the error that stands in its first line, and exit code 65",
    arguments: RecipeFixture.all("text"))
  func malformed(fixture: RecipeFixture) throws {
    try fixture.expect { try problem($0, path: $1) }
  }

  @Test(
    "what the schema refuses gives exactly the error that stands in its first line",
    arguments: RecipeFixture.all("bad"))
  func bad(fixture: RecipeFixture) throws {
    try fixture.expect { try problem($0, path: $1) }
  }

  @Test(
    "parts that do not fit together give the error that stands in the first line, and exit code 65",
    arguments: RecipeFixture.all("misfit"))
  func misfit(fixture: RecipeFixture) throws {
    try fixture.expect { try problem($0, path: $1) }
  }
}
