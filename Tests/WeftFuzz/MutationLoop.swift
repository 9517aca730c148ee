/// Feeds changed files to a reader, one after the other; those with new answers are changed further.
package final class MutationLoop {
  /// What a run came to.
  package struct Report: Sendable {
    /// The files that were read.
    package var executionCount = 0
    /// Those that were opened and read to the end.
    package var acceptedCount = 0
    /// The different answers.
    package var signatureCount = 0
    /// What the reader must not do and did, with the bytes that made it.
    package var findings: [(finding: String, bytes: [UInt8])] = []
  }

  /// The largest file that is made, in bytes.
  package static let maximumByteCount = 8192
  /// The findings after which a run ends.
  package static let maximumFindingCount = 8
  private static let maximumPoolCount = 512

  /// What came of it so far.
  package private(set) var report = Report()
  private let mutator: Mutator
  private let examination: Examination
  private let seeds: [[UInt8]]
  private var pool: [[UInt8]] = []
  private var signatures: Set<String> = []
  private var random: FuzzRandom

  /// Prepares a run of a target; the same seed gives the same files.
  package init(_ target: any FuzzTarget, seed: UInt64, input: ScratchInput) throws {
    seeds = try target.seeds()
    mutator = Mutator(target: target, seeds: seeds)
    examination = try Examination(target, input: input)
    random = FuzzRandom(seed: seed)
    for bytes in seeds {
      guard try examination.examine(bytes).isAccepted else { throw Finding("a seed is refused") }
    }
  }

  /// Feeds a number of files, or fewer when there are too many findings.
  package func run(executionCount: Int) {
    for _ in 0..<executionCount {
      guard report.findings.count < Self.maximumFindingCount else { return }
      let parent = random.isOne(in: 2) ? random.element(of: pool) : nil
      var bytes = parent ?? random.element(of: seeds) ?? []
      mutator.mutate(&bytes, &random)
      bytes.removeLast(max(0, bytes.count - Self.maximumByteCount))
      feed(bytes)
    }
  }

  private func feed(_ bytes: [UInt8]) {
    report.executionCount += 1
    do {
      let outcome = try examination.examine(bytes)
      if outcome.isAccepted { report.acceptedCount += 1 }
      guard signatures.insert(outcome.signature).inserted else { return }
      report.signatureCount += 1
      if pool.count < Self.maximumPoolCount { pool.append(bytes) }
    } catch {
      report.findings.append(("\(error)", bytes))
    }
  }
}
