import Testing
import WeftFormats
import WeftPipelines
import WeftTensors

@Suite struct SubmissionTests {
  private func text(_ id: String, _ change: (inout Submission) -> Void) throws -> String {
    var submission = Submission.small
    change(&submission)
    return try submission.text(for: try #require(engines[id]))
  }

  @Test func `an element of an array is a task when there is one for each`() throws {
    let each = try text("slurm") { _ in }
    #expect(each.contains("#SBATCH --array=0-63%4\n"))
    #expect(each.contains("job run \"$manifest\" --threads"))
    let slices = try text("slurm") { $0.sliceCount = 8 }
    #expect(slices.contains("#SBATCH --array=0-7%4\n"))
    #expect(slices.contains("job run \"$manifest\" --slices 8 --threads"))
  }

  @Test func `time and memory are the predictions with their margins`() throws {
    let engine = try #require(engines["slurm"])
    let text = try text("slurm") {
      $0.seconds = 90
      $0.memoryByteCount = 600 << 20
    }
    let minutes = Int((engine.timeMargin.applied(to: 90) / 60).rounded(.up))
    let mebibytes = Int((engine.memoryMargin.applied(to: 600 * 1_048_576) / 1_048_576).rounded(.up))
    #expect(text.contains("#SBATCH --time=\(minutes)\n"))
    #expect(text.contains("#SBATCH --mem=\(mebibytes)M\n"))
  }

  @Test(arguments: [Double.infinity, -1, 1e30])
  func `a prediction without sense still gives a number`(seconds: Double) throws {
    let text = try text("kubernetes") { $0.seconds = seconds }
    let line = try #require(text.split(separator: "\n").first { $0.contains("activeDeadline") })
    let number = try #require(Int(line.split(separator: " ").last ?? ""))
    #expect((1...31_536_000).contains(number))
  }

  @Test func `Kubernetes gives up at once on the codes that a retry does not cure`() throws {
    let codes = WeftTensors.ExitStatus.permanent.map { String($0.rawValue) }.joined(separator: ", ")
    #expect(try text("kubernetes") { _ in }.contains("values: [\(codes)]\n"))
    #expect(!WeftTensors.ExitStatus.permanent.contains(.temporary))
    #expect(!WeftTensors.ExitStatus.permanent.contains(.success))
  }

  @Test func `Kubernetes needs an image, a claim and a mount`() throws {
    #expect(throws: SubmissionError.self) { try text("kubernetes") { $0.image = nil } }
    #expect(throws: SubmissionError.self) { try text("kubernetes") { $0.volumeClaim = nil } }
    #expect(throws: SubmissionError.self) { try text("kubernetes") { $0.mountPath = nil } }
    #expect(throws: Never.self) { try text("slurm") { $0.image = nil } }
  }

  @Test(arguments: ["/dat", "/data/models/all.jsonl", "/other"])
  func `a manifest beside the mount is refused`(mount: String) throws {
    let error = SubmissionError.outsideMount(manifest: "/data/models/all.jsonl", mountPath: mount)
    #expect(throws: error) { try text("kubernetes") { $0.mountPath = mount } }
  }

  @Test(arguments: ["/", "/data", "/data/", "/data/models"])
  func `a manifest below the mount is taken`(mount: String) throws {
    #expect(throws: Never.self) { try text("kubernetes") { $0.mountPath = mount } }
  }

  @Test func `braces in the manifest's path are refused where they are wildcards`() throws {
    let path = "/data/{1}/all.jsonl"
    let error = SubmissionError.forbiddenCharacter("{", engine: "Snakemake", manifest: path)
    #expect(throws: error) { try text("snakemake") { $0.manifestPath = path } }
    #expect(throws: Never.self) { try text("parallel") { $0.manifestPath = path } }
  }

  @Test func `numbers out of range are refused`() throws {
    let changes: [(inout Submission) -> Void] = [
      { $0.taskCount = 0 }, { $0.sliceCount = 0 }, { $0.sliceCount = 65 }, { $0.throttle = 0 },
      { $0.cpuCount = 0 }, { $0.retries = -1 },
    ]
    for change in changes {
      let error = #expect(throws: SubmissionError.self) { try text("slurm", change) }
      #expect(error?.status == .usage)
    }
  }

  @Test(
    arguments: [
      ("all", "all", "all"), ("Big Models", "Big-Models", "big-models"), ("", "weft", "weft"),
      ("$$$", "weft", "weft"), ("2024_q8.0", "2024_q8.0", "weft-2024-q8-0"), ("-x-", "x", "x"),
      ("all.jsonl", "all", "all"),
      ("Größe", "Gr----e", "gr-e"),
      (
        String(repeating: "ab-", count: 60), String(repeating: "ab-", count: 33) + "a",
        String(repeating: "ab-", count: 16) + "ab"
      ),
    ])
  func `names are what engines take`(name: String, plain: String, label: String) {
    #expect(SubmissionName.plain(name) == plain)
    #expect(SubmissionName.label(name) == label)
  }
}
