import Foundation
import Testing
import WeftFiles

@Suite("A claim on a name")
struct FileClaimTests {
  let scratch: Scratch
  let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch["claim"]
  }

  @Test("is had by one at a time, and is gone with its owner")
  func exclusive() throws {
    #expect(!FileClaim.isHeld(path))
    do {
      let claim = try #require(try FileClaim.take(path))
      #expect(try FileClaim.take(path) == nil)
      #expect(FileClaim.isHeld(path))
      #expect(try FileClaim.take(scratch["other"]) != nil)
      withExtendedLifetime(claim) {}
    }
    #expect(!FileClaim.isHeld(path))
    #expect(scratch.names.isEmpty)
    #expect(try FileClaim.take(path) != nil)
  }

  @Test("is not what a killed process left")
  func leftOver() throws {
    try scratch.write("", to: "claim")
    #expect(!FileClaim.isHeld(path))
    let claim = try #require(try FileClaim.take(path))
    withExtendedLifetime(claim) { #expect(FileClaim.isHeld(path)) }
  }

  @Test("of another process holds until that is killed")
  func killed() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // The program below the lock does not hold it, and ends with its input.
    process.arguments = ["flock", "--close", path, "cat"]
    let input = Pipe()
    process.standardInput = input
    try process.run()
    for _ in 0..<500 where !FileClaim.isHeld(path) { Thread.sleep(forTimeInterval: 0.01) }
    #expect(FileClaim.isHeld(path))
    #expect(try FileClaim.take(path) == nil)
    kill(process.processIdentifier, SIGKILL)
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(!FileClaim.isHeld(path))
    #expect(try FileClaim.take(path) != nil)
  }

  @Test("follows no link")
  func link() throws {
    try scratch.write("content", to: "file")
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "file")
    #expect(throws: FileError.self) { try FileClaim.take(path) }
    #expect(try scratch.bytes("file") == Array("content".utf8))
  }

  @Test("needs its folder")
  func noFolder() {
    #expect(throws: FileError.self) { try FileClaim.take(scratch["none/claim"]) }
    #expect(!FileClaim.isHeld(scratch["none/claim"]))
  }

  @Test("is never had by two, however many try")
  func contended() {
    let path = path
    let counter = Counter()
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<200 {
        guard let claim = try? FileClaim.take(path) else { continue }
        counter.enter()
        counter.leave()
        withExtendedLifetime(claim) {}
      }
    }
    #expect(counter.most == 1)
    #expect(counter.total > 0)
  }
}

/// Counts how many are in it at once.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var inside = 0
  private(set) var most = 0
  private(set) var total = 0

  func enter() {
    lock.withLock {
      inside += 1
      total += 1
      most = max(most, inside)
    }
  }

  func leave() { lock.withLock { inside -= 1 } }
}
