import Foundation
import Testing

@Suite("weft quantize with a goal")
struct GoalTests {
  let folder = try? Folder()

  private func path(_ name: String) throws -> String { try #require(folder).path(name) }

  private func quantize(_ options: String...) throws -> Tool.Result {
    try Tool.run(["quantize", try DemoFiles.base, "--for", "comfyui"] + options)
  }

  private func byteCount(_ path: String) throws -> Int {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
  }

  @Test("the output keeps to the size, and the report has the frontier with its place")
  func size() throws {
    let output = try path("small.gguf")
    let plan = try quantize("-o", output, "--max-error", "0", "--plan", "--json").json()
    let points = try #require((plan["frontier"] as? [String: Any])?["points"] as? [[String: Any]])
    let sizes = points.compactMap { $0["bytes"] as? Int }
    let target = (try #require(sizes.first) + (try #require(sizes.last))) / 2
    let report = try path("report.json")
    let result = try quantize("-o", output, "--target-size", "\(target)", "--report", report)
    #expect(result.status == 0, "\(result.errors)")
    let size = try byteCount(output)
    #expect(size <= target && size > target * 9 / 10)
    let written = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: report)))
    let frontier = try #require((written as? [String: Any])?["frontier"] as? [String: Any])
    let chosen = try #require(frontier["chosen"] as? [String: Any])
    #expect(chosen["bytes"] as? Int == size)
    let bound = try #require((frontier["lower_bound"] as? [String: Any])?["error"] as? Double)
    #expect(bound <= chosen["error"] as? Double ?? -1)
    #expect(result.output.contains("> "))
  }

  @Test("an impossible size is refused with the smallest possible one before anything is measured")
  func impossible() throws {
    let output = try path("tiny.gguf")
    let result = try quantize("-o", output, "--target-size", "1kB")
    #expect(result.status == 2)
    let words = result.errorLines.first?.split(separator: " ") ?? []
    let place = try #require(words.firstIndex(of: "has"))
    let least = try #require(words.dropFirst(place + 1).first.flatMap { Int($0) })
    #expect(try quantize("-o", output, "--target-size", "\(least)").status == 0)
    #expect(try byteCount(output) == least)
  }

  @Test(
    "what makes no sense is refused with its exit code, and nothing is written",
    arguments: [
      ([], 64), (["--target-size", "1MB", "--max-error", "0.1"], 64),
      (["--max-error", "-1"], 64), (["--max-error", "nan"], 64), (["--target-size", "0"], 64),
      (["--max-error", "0.1", "--dtype", "f16"], 64), (["--max-error", "0.1", "--type", "q9"], 64),
      (["--max-error", "0.1", "--to", "safetensors.zst"], 2),
      (["--max-error", "0.1", "--rule", "*=keep"], 2),
    ])
  func refusals(options: [String], status: Int) throws {
    let output = try path("out.gguf")
    let result = try Tool.run(["quantize", try DemoFiles.base, "-o", output] + options)
    #expect(Int(result.status) == status, "\(result.errors)")
    #expect(result.errorLines.count == 1)
    #expect(try #require(folder).names.isEmpty)
  }

  @Test("an output that exists is kept unless --force")
  func existing() throws {
    let output = try path("model.gguf")
    #expect(try quantize("-o", output, "--max-error", "0.1").status == 0)
    #expect(try quantize("-o", output, "--max-error", "0.1").status == 73)
    #expect(try quantize("-o", output, "--max-error", "0.1", "--force").status == 0)
  }
}
