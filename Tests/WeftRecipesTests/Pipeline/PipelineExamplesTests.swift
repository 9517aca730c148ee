import Testing
import WeftRecipes
import WeftTensors

@Suite("Pipelines of Tests/Fixtures/pipelines, which the JSON schema is held to as well")
struct PipelineExamplesTests {
  @Test("there are examples of every kind")
  func examplesExist() {
    #expect(RecipeFixture.all("good", of: "pipelines").count >= 15)
    #expect(RecipeFixture.all("bad", of: "pipelines").count >= 80)
    #expect(RecipeFixture.all("misfit", of: "pipelines").count >= 45)
  }

  @Test("a good pipeline reads", arguments: RecipeFixture.all("good", of: "pipelines"))
  func good(fixture: RecipeFixture) throws {
    #expect(try pipelineProblem(fixture.bytes(), path: fixture.name)?.description == nil)
  }

  @Test(
    "what the schema refuses gives exactly the error that stands in its first line",
    arguments: RecipeFixture.all("bad", of: "pipelines"))
  func bad(fixture: RecipeFixture) throws {
    try fixture.expect { try pipelineProblem($0, path: $1) }
  }

  @Test(
    "parts that do not fit together give the error that stands in the first line",
    arguments: RecipeFixture.all("misfit", of: "pipelines"))
  func misfit(fixture: RecipeFixture) throws {
    try fixture.expect { try pipelineProblem($0, path: $1) }
  }
}
