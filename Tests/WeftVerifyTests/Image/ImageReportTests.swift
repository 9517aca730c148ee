import Testing
import WeftFormats
import WeftInference
import WeftKernels
import WeftTensors
import WeftVerify

@Suite("Pictures that are compared")
struct ImageReportTests {
  private static func proof(
    _ cases: [ImageReport.Case], prediction: Double = 0.02
  ) throws -> Proof {
    ImageSamples.proof(try ImageSamples.report(cases, prediction: prediction))
  }

  @Test func `pass when everything is within what is accepted`() throws {
    let proof = try Self.proof([try ImageSamples.made()])
    #expect(proof.level == .image)
    #expect(proof.checks.count == 3)
    #expect(proof.passes)
  }

  @Test(arguments: [
    ("predict", [1e-3, 0.03, 1e-3], 1), ("predict", [.infinity, 1e-3, 1e-3], 1),
    ("latents", [1e-3, 1e-3, 0.018], 1), ("decoded", [1e-3, 1e-3, 1e-3], 120),
  ])
  func `fail by what is off alone`(
    _ word: String, _ errors: [Double], _ distance: Int
  ) throws {
    let proof = try Self.proof([
      try ImageSamples.made(), try ImageSamples.made(errors: errors, distance: distance),
    ])
    #expect(proof.checks.filter { !$0.passes }.count { $0.name.contains(word) } == 1)
    #expect(proof.checks.count { !$0.passes } == 1)
  }

  @Test func `that are equal have an infinite ratio, in words and as JSON`() throws {
    let proof = try Self.proof([try ImageSamples.made(errors: [0, 0], distance: 0)])
    #expect(proof.checks.last?.detail.hasPrefix("equal, SSIM 1.0000") == true)
    let made = try #require(proof.json["image"]?["cases"]?.elements?.first)
    #expect(made["equal"] == .bool(true))
    let written = try JSONValue(parsing: Array(proof.json.compactText.utf8))
    #expect(written["image"]?["cases"]?.elements?.first?["psnr_db"] == .null)
  }

  @Test func `are told as JSON step by step`() throws {
    let proof = try Self.proof([try ImageSamples.made()])
    let json = try JSONValue(parsing: Array(proof.json.compactText.utf8))
    #expect(json["level"] == .string("image") && json["verdict"] == .string("pass"))
    let made = try #require(json["image"]?["cases"]?.elements?.first)
    let steps = try #require(made["steps"]?.elements)
    #expect(steps.count == 3)
    let error = try #require(steps[2]["latents_relative_l2"]?.double)
    #expect((error / 12e-3 - 1).magnitude < 1e-9)
    #expect(made["prompt"] == .string("a lighthouse") && made["seed"] == .integer(7))
  }

  @Test func `that are too small for the window have no similarity`() throws {
    let proof = try Self.proof([try ImageSamples.made(side: 8)])
    #expect(proof.image?.cases[0].similarity == nil)
    #expect(proof.json["image"]?["cases"]?.elements?[0]["ssim"] == .null)
  }

  @Test func `are test cases of continuous integration`() throws {
    let proof = try Self.proof([
      try ImageSamples.made(), try ImageSamples.made(prompt: "<b>", errors: [0.5]),
    ])
    let suite = ProofSuite(proof, candidate: "model").xml
    #expect(suite.contains("classname=\"weft.verify.image\" name=\"picture 1: a lighthouse\""))
    #expect(suite.contains("name=\"picture 2: &lt;b&gt;\"><failure"))
    #expect(suite.contains("tests=\"5\" failures=\"3\""))
  }

  @Test func `accept more of coarser types, and ask for less`() throws {
    let table = try FormatLibrary.embedded().tolerances
    let limits = [0.0, 2e-3, 0.02, 0.3].map {
      ImageTolerance(network: max(table.floor, $0), reason: "", table)
    }
    #expect(limits[0].decibels == table.image.mostDecibels)
    for (fine, coarse) in zip(limits, limits.dropFirst()) {
      #expect(fine.prediction < coarse.prediction && fine.decibels > coarse.decibels)
      #expect(coarse.latents >= coarse.prediction && coarse.latents <= table.most)
    }
  }
}
