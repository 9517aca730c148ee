import Foundation
import Testing
import WeftFiles
import WeftInference
import WeftVerify

@Suite("The page of pictures")
struct ImagePageTests {
  private static func page(_ cases: [ImageReport.Case]) throws -> String {
    let proof = ImageSamples.proof(try ImageSamples.report(cases))
    return try ProofPage(proof, candidate: "a", reference: "b").html
  }

  @Test func `is well formed, and has every picture in itself`() throws {
    let hostile = ProofPageTests.hostile
    let page = try Self.page([
      try ImageSamples.made(prompt: hostile), try ImageSamples.made(errors: [], side: 8),
      try ImageSamples.made(errors: [.infinity, 0]),
    ])
    #expect(try Markup(page).unbalanced == nil)
    #expect(page.components(separatedBy: "<img src=\"data:image/png;base64,").count == 1 + 3 * 3)
    #expect(page.components(separatedBy: "src=\"").count == 1 + 3 * 3)
    #expect(!page.contains("<script") && !page.contains("href"))
    #expect(!page.contains("NaN") && !page.contains("inf\""))
  }

  @Test func `has the very pixels of the pictures`() throws {
    let made = try ImageSamples.made()
    let page = try Self.page([made])
    let files = page.components(separatedBy: "base64,").dropFirst().compactMap { rest in
      Data(base64Encoded: String(rest.prefix { $0 != "\"" }))
    }
    let pictures = try files.map { try PictureFile([UInt8]($0), path: "page").picture }
    #expect(
      pictures == [
        made.pictures.first, made.pictures.second, made.pictures.difference(amplified: 64),
      ])
  }

  @Test func `says of equal pictures that nothing differs, and draws no plot`() throws {
    let page = try Self.page([try ImageSamples.made(errors: [0, 0], distance: 0)])
    #expect(page.contains("Difference: none"))
    #expect(!page.contains("<svg"))
  }

  @Test func `shows the errors of every step`() throws {
    let page = try Self.page([try ImageSamples.made()])
    #expect(page.contains("predictions, step 1 at timestep 900: relative L2"))
    #expect(page.contains("latents, step 3 at timestep 300: relative L2"))
    #expect(page.components(separatedBy: "<circle class=\"dot").count == 1 + 6)
  }
}
