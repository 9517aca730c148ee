import Foundation
import Testing
import WeftTensors

@Suite("weft verify --level image")
struct ImageVerifyTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let quick = ["--level", "image", "--steps", "3", "--size", "64x96"]

  private func json(_ result: Tool.Result) throws -> JSONValue {
    try JSONValue(parsing: Array(result.output.utf8))
  }

  @Test func `a fuse makes the pictures of its base with the adapter beside the layers`() throws {
    let (page, suite) = (folder.path("proof.html"), folder.path("proof.xml"))
    let result = try Tool.run(
      ["verify", try DemoFiles.fused, "--base", try DemoFiles.base, "--adapter"]
        + [try DemoFiles.resAdapter, "--json", "--html", page, "--junit", suite] + Self.quick)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let proof = try json(result)
    #expect(proof["verdict"]?.text == "pass" && proof["level"]?.text == "image")
    let cases = try #require(proof["image"]?["cases"]?.elements)
    #expect(cases.count == 3)
    for made in cases {
      let steps = made["steps"]?.elements ?? []
      #expect(steps.count == 3)
      // Fused weights are rounded to 16 bits, those beside the layers are not.
      let errors = steps.compactMap { $0["prediction_relative_l2"]?.double }
      #expect(errors.count == 3 && errors.allSatisfy { $0 > 0 && $0 < 8e-3 }, "\(errors)")
      // Both models begin with the same latents.
      #expect(steps[0]["latents_relative_l2"]?.double ?? 1 < errors[0])
    }
    let text = try String(contentsOfFile: page, encoding: .utf8)
    #expect(text.components(separatedBy: "width=\"64\" height=\"96\"").count == 1 + 3 * 3)
    #expect(try String(contentsOfFile: suite, encoding: .utf8).contains("picture 3: an old"))
  }

  @Test func `a model makes its own pictures, value for value`() throws {
    let result = try Tool.run(
      ["verify", try DemoFiles.fused, "--reference", try DemoFiles.fused, "--json"]
        + ["--prompt", "a (boat:1.3", "--seed", "5"] + Self.quick)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    let made = try #require(try json(result)["image"]?["cases"]?.elements)
    #expect(made.count == 1 && made[0]["equal"] == .bool(true) && made[0]["seed"] == .integer(5))
    #expect(made[0]["prompt"]?.text == "a (boat:1.3")
  }

  @Test func `another model is told apart by its first step`() throws {
    let result = try Tool.run(
      ["verify", try DemoFiles.fused, "--reference", try DemoFiles.base, "--prompt", "a boat"]
        + Self.quick)
    #expect(result.status == 1)
    #expect(result.output.contains("FAIL pictures: every step predicts"))
    #expect(result.output.contains("picture 1: a boat"))
  }

  @Test(arguments: [
    ["--prompt", "a boat"], ["--level", "forward", "--steps", "3"],
    ["--level", "image", "--size", "60x64"], ["--level", "image", "--size", "64"],
    ["--level", "image", "--size", "0x0"], ["--level", "image", "--steps", "0"],
    ["--level", "image", "--seed", "-1"], ["--level", "image", "--component", "unet"],
    ["--level", "image", "--size", "99999999999999999999x8"],
  ])
  func `options that make no sense are refused`(_ options: [String]) throws {
    let result = try Tool.run(
      ["verify", try DemoFiles.fused, "--reference", try DemoFiles.base] + options)
    #expect(result.status == 64, "\(result.errors)")
  }
}
