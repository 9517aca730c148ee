import Foundation
import Testing
import WeftFiles
import WeftPipelines
import WeftTensors

@Suite("The journals of tasks")
struct JournalTests {
  let folder: PipelineFolder
  let state: StateFolder
  static let task = "0123456789abcdef"

  init() throws {
    folder = try PipelineFolder()
    state = StateFolder(folder["state"], syncs: false)
  }

  private func record(_ attempt: Int, task: String = task) -> TaskRecord {
    var record = TaskRecord(task: task, event: .end, attempt: attempt)
    record.products = [Product(name: "a\n\"b\"", key: "k", status: .badData, message: "line\nline")]
    record.products[0].byteCount = 7
    record.products[0].modified = -5
    record.content = "c"
    record.stamp = "s"
    record.state = "s"
    record.status = .badData
    record.message = "wrong\nin two lines \u{2028} ünd"
    record.seconds = 1.25
    record.peakMemoryByteCount = 1 << 33
    return record
  }

  private func append(_ text: String, to name: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: folder[name]))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test("give back every field of a record, in one line")
  func roundTrip() throws {
    var record = record(3)
    record.worker = "host:1"
    #expect(!record.line.contains("\n"))
    let bytes = Array(record.line.utf8)
    #expect(TaskRecord(line: bytes[...]) == record)
    for event in [TaskRecord.Event.begin, .part, .end] {
      record.event = event
      #expect(TaskRecord(line: Array(record.line.utf8)[...])?.event == event)
    }
  }

  @Test("hold no record in a damaged line")
  func damaged() throws {
    let bytes = Array(record(3).line.utf8)
    for count in 0..<bytes.count { #expect(TaskRecord(line: bytes[..<count]) == nil) }
    let line = String(decoding: bytes, as: UTF8.self)
    for (from, to) in [
      ("\"end\"", "\"END\""), ("\"attempt\":3", "\"attempt\":3.5"),
      ("\"status\":65", "\"status\":66000000000000"),
      ("\"status\":65", "\"status\":3"), ("\"products\":[", "\"x\":["),
    ] {
      let text = line.replacingOccurrences(of: from, with: to)
      try #require(text != line)
      #expect(TaskRecord(line: Array(text.utf8)[...]) == nil, "\(text)")
    }
  }

  @Test("are read on where the last look ended, whole lines only")
  func refresh() throws {
    try state.prepare()
    var index = state.index
    try index.refresh()
    #expect(try index.history(of: Self.task).attemptCount == 0)
    try state.add(record(1))
    #expect(try index.history(of: Self.task).attemptCount == 0)
    try index.refresh()
    #expect(try index.history(of: Self.task).attemptCount == 1)
    #expect(try index.history(of: "fedcba9876543210").attemptCount == 0)
    #expect(try index.history(of: "no number").attemptCount == 0)
    // Another machine's journal; the second line is still being written.
    let other = "state/journal/other.jsonl"
    let line = record(5).line
    try folder.write(record(4).line + "\n" + line.prefix(100), to: other)
    try index.refresh()
    #expect(try index.history(of: Self.task).attemptCount == 4)
    try append(line.dropFirst(100) + "\nnonsense\n", to: other)
    try index.refresh()
    #expect(try index.history(of: Self.task).attemptCount == 5)
    try append(record(6).line + "\n", to: other)
    try state.add(record(7, task: "fedcba9876543210"))
    try index.refresh()
    #expect(try index.history(of: Self.task).attemptCount == 6)
    #expect(try index.history(of: "fedcba9876543210").attemptCount == 7)
  }

  @Test("are the files that end in .jsonl, and need no folder to be none")
  func files() throws {
    #expect(try StateFolder(folder["none"], syncs: false).journals().isEmpty)
    #expect(!folder.exists("none"))
    try state.prepare()
    try state.add(record(1))
    try folder.write("one\n", to: "state/journal/other.jsonl")
    try folder.write("no journal\n", to: "state/journal/other.txt")
    #expect(try state.journals().count == 2)
  }

  @Test("name the machine and the process of each record")
  func worker() throws {
    try state.prepare()
    try state.add(record(1))
    let name = try #require(Paths.names(in: folder["state/journal"]).first)
    let line = try #require(try state.journals().first?.lines().first?.line)
    let worker = TaskRecord(line: line)?.worker ?? ""
    #expect(name == worker.prefix { $0 != ":" } + ".jsonl")
    #expect(worker.hasSuffix(":\(ProcessInfo.processInfo.processIdentifier)"))
  }

  @Test("stand beside claims on tasks")
  func claims() throws {
    try state.prepare()
    let claim = try #require(try state.claim(Self.task))
    #expect(state.isClaimed(Self.task))
    #expect(try state.claim(Self.task) == nil)
    #expect(!state.isClaimed("fedcba9876543210"))
    withExtendedLifetime(claim) {}
  }
}
