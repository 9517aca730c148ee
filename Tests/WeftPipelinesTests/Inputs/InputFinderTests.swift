import Foundation
import Testing
import WeftFiles
import WeftPipelines
import WeftTensors
import WeftRecipes

@Suite("The inputs of a pipeline")
struct InputFinderTests {
  let folder: PipelineFolder

  init() throws {
    folder = try PipelineFolder()
    for name in [
      "models/a.safetensors", "models/b.ckpt", "models/.hidden.safetensors",
      "models/sub/c.safetensors", "models/sub/deep/d.safetensors", "models/.cache/e.safetensors",
      "other/a.safetensors", "out/made.safetensors", "out/.weft/x.safetensors",
    ] { try folder.write("", to: name) }
    for (link, target) in [("link", "models"), ("models/sub/loop", "..")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder[link], withDestinationPath: target)
    }
  }

  private func found(
    _ sources: [PipelineInput.Source], excluding excluded: [String] = []
  ) throws -> [InputFinder.Found] {
    var pipeline = Pipeline(outputFolder: "./out/")
    pipeline.inputs = sources.map { PipelineInput($0) }
    pipeline.excluded = excluded.map { PipelinePattern($0) }
    let place = PipelinePlace(folder: folder.path, outputFolder: "./out/")
    return try InputFinder(pipeline, at: place, pipelinePath: "p.yaml").inputs()
  }

  static let models = [
    "models/a.safetensors", "models/sub/c.safetensors", "models/sub/deep/d.safetensors",
  ]

  @Test(
    "are what a glob fits, in order",
    arguments: [
      ("models/*.safetensors", ["models/a.safetensors"]),
      ("./models//*.safetensors", ["models/a.safetensors"]),
      ("models/[ab].*", ["models/a.safetensors", "models/b.ckpt"]),
      ("models/.*.safetensors", ["models/.hidden.safetensors"]),
      ("models/s?b/*.safetensors", ["models/sub/c.safetensors"]),
      ("models/**/*.safetensors", models), ("models/**/**/*.safetensors", models),
      ("models/**/deep/*", ["models/sub/deep/d.safetensors"]),
      (
        "models/**",
        [
          "models/a.safetensors", "models/b.ckpt", "models/sub/c.safetensors",
          "models/sub/deep/d.safetensors",
        ]
      ),
      ("**/*.safetensors", models + ["other/a.safetensors"]),
      // A link is followed where the glob leads through it, and not below `**`.
      ("*/a.safetensors", ["link/a.safetensors", "models/a.safetensors", "other/a.safetensors"]),
      ("link/**/d.*", ["link/sub/deep/d.safetensors"]),
      ("models/sub/l*/a.*", ["models/sub/loop/a.safetensors"]),
      // A path without wildcards stands for itself, there or not.
      ("./models//missing.ckpt", ["models/missing.ckpt"]),
    ])
  func globs(glob: String, paths: [String]) throws {
    #expect(try found([.glob(glob)]).map(\.path) == paths)
  }

  @Test("know their folder below the part of the glob that has no wildcards")
  func folders() throws {
    #expect(
      try found([.glob("models/**/*.safetensors")]).map(\.folder) == [".", "sub", "sub/deep"])
    #expect(try found([.glob("models/sub/*.safetensors")]).map(\.folder) == ["."])
    #expect(try found([.glob("*/sub/*.safetensors")]).map(\.folder) == ["link/sub", "models/sub"])
  }

  @Test("are absolute where the glob is")
  func absolute() throws {
    let found = try found([.glob(folder["models/*.safetensors"])])
    #expect(found.map(\.path) == [folder["models/a.safetensors"]])
    #expect(found.map(\.folder) == ["."])
  }

  @Test("are not what the pipeline made, unless a glob names that folder")
  func outputs() throws {
    #expect(problem { try found([.glob("*/made.safetensors")]) }?.status == .noInput)
    #expect(try found([.glob("out/*.safetensors")]).map(\.path) == ["out/made.safetensors"])
  }

  @Test(
    "are not what is excluded",
    arguments: [
      (["a.*"], ["models/b.ckpt", "models/sub/c.safetensors", "models/sub/deep/d.safetensors"]),
      (["models/*"], ["models/sub/c.safetensors", "models/sub/deep/d.safetensors"]),
      (["./models/sub/**"], ["models/a.safetensors", "models/b.ckpt"]),
      (["*.ckpt", "**/deep/*"], ["models/a.safetensors", "models/sub/c.safetensors"]),
      (["sub"], ["models/a.safetensors", "models/b.ckpt"] + models.dropFirst()),
    ])
  func exclusion(excluded: [String], paths: [String]) throws {
    #expect(try found([.glob("models/**")], excluding: excluded).map(\.path) == paths)
  }

  @Test("of a list are its lines, without comments, in any editor's form")
  func lists() throws {
    try folder.write(
      "\u{FEFF}models/a.safetensors\r\n\r\n# a comment\r\nx y.ckpt\r\n./models//a.safetensors\n/abs/#b",
      to: "list.txt")
    #expect(
      try found([.list("list.txt")]).map(\.path) == ["models/a.safetensors", "x y.ckpt", "/abs/#b"])
  }

  @Test("are each there once, where they come first")
  func duplicates() throws {
    try folder.write("other/a.safetensors\nmodels/a.safetensors\n", to: "list.txt")
    let found = try found([.list("list.txt"), .glob("models/*"), .glob("./models/a.safetensors")])
    #expect(
      found.map(\.path) == [
        "other/a.safetensors", "models/a.safetensors", "models/b.ckpt", "models/sub",
      ])
  }

  @Test("of a list that is no text are refused with the line")
  func listOfBytes() throws {
    try folder.write(Array("# one\n\na.ckpt\nb".utf8) + [0xFF, 0x0A], to: "list.txt")
    let problem = try #require(problem { try found([.list("list.txt")]) })
    #expect(problem.status == .badData)
    #expect(problem.place == "list.txt, line 4")
  }

  @Test("must be there: an empty or missing list and an exclusion of all say so")
  func nothing() throws {
    try folder.write("# nothing\n\n", to: "list.txt")
    #expect(problem { try found([.list("list.txt")]) }?.status == .noInput)
    #expect(problem { try found([.list("none.txt")]) }?.status == .noInput)
    let excluded = problem { try found([.glob("models/*")], excluding: ["*"]) }
    #expect(excluded?.status == .noInput)
    #expect(excluded?.what == "every input is excluded")
  }

  @Test("of a glob that fits nothing are an error with line and column")
  func emptyGlob() throws {
    try folder.writePipeline("safe: {scan: input}", inputs: "[models/a*, nothing/*.ckpt]")
    let problem = try #require(problem { try folder.made() })
    #expect(problem.status == .noInput)
    #expect(problem.description.contains("'nothing/*.ckpt' fits nothing"))
    #expect(problem.description.contains("p.yaml, line 2, column 21"))
  }
}
