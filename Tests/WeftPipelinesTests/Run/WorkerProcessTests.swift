import Foundation
import Testing
import WeftPipelines
import WeftTensors

@Suite("A worker process")
struct WorkerProcessTests {
  /// A worker that a shell plays.
  private func worker(_ script: String) throws -> WorkerProcess {
    try WorkerProcess(program: "/bin/sh", arguments: ["-c", script])
  }

  @Test("takes numbers of tasks and says how they ended")
  func tasks() throws {
    let worker = try worker(
      #"""
      read a; echo '{"progress":5}'; echo noise; echo "{\"status\":0,\"made\":$a,\"kept\":0,\"seconds\":1}"
      read b; echo '{"held":true}'
      read c; echo '{"status":65,"message":"bad","made":0,"kept":0,"seconds":1}'
      """#)
    var progress: [Int] = []
    let first = try worker.perform(7) { progress.append($0) }
    #expect(first?.madeCount == 7)
    #expect(progress == [5])
    #expect(try worker.perform(8) { _ in } == nil)
    #expect(try worker.perform(9) { _ in }?.status == .badData)
    worker.finish()
  }

  @Test(
    "that is gone says why",
    arguments: [
      ("kill -9 $$", WeftTensors.ExitStatus.temporary, "signal 9"),
      ("kill -4 $$", .bug, "signal 4"), ("exit 66", .noInput, "exit code 66"),
      ("exit 3", .bug, "exit code 3"),
    ])
  func losses(script: String, status: WeftTensors.ExitStatus, what: String) throws {
    let worker = try worker("read a; \(script)")
    let problem = try #require(problem { try worker.perform(0) { _ in } } as? WorkerLoss)
    #expect(problem.status == status)
    #expect(problem.what.contains(what))
  }

  @Test("that was killed while it waited for a task is a loss, and no end of this process")
  func lostBefore() throws {
    let worker = try worker("exec <&-; kill -9 $$")
    Thread.sleep(forTimeInterval: 0.3)
    #expect(problem { try worker.perform(0) { _ in } }?.status == .temporary)
  }

  @Test("that cannot be started is an error")
  func noProgram() {
    #expect(
      problem { try WorkerProcess(program: "/none/weft", arguments: []) }?.status == .temporary)
  }
}
