import Foundation
import Testing
import WeftFiles

@Suite("A journal of lines")
struct LineJournalTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func text() throws -> String { String(decoding: try scratch.bytes("j"), as: UTF8.self) }

  @Test("is made with its first line and grows by whole lines", arguments: [false, true])
  func appending(sync: Bool) throws {
    let journal = LineJournal(path: scratch["j"])
    #expect(!Paths.exists(journal.path))
    try journal.append("one", sync: sync)
    try journal.append("", sync: sync)
    try journal.append("two", sync: sync)
    #expect(try text() == "one\n\ntwo\n")
  }

  @Test("ends a line that a killed process left unfinished")
  func tornLine() throws {
    try scratch.write("one\n{\"half", to: "j")
    try LineJournal(path: scratch["j"]).append("two", sync: false)
    #expect(try text() == "one\n{\"half\ntwo\n")
  }

  @Test("in a folder that is not there is an error")
  func noFolder() {
    #expect(throws: FileError.self) {
      try LineJournal(path: scratch["none/j"]).append("one", sync: false)
    }
  }

  @Test("takes whole lines from many writers at once")
  func concurrent() throws {
    let (writers, count) = (8, 100)
    let path = scratch["j"]
    // Longer than a page and than what a pipe takes at once.
    @Sendable func line(_ writer: Int, _ number: Int) -> String {
      "\(writer) \(number) " + String(repeating: "\(writer)", count: number * 977 % 70_001)
    }
    DispatchQueue.concurrentPerform(iterations: writers) { writer in
      for number in 0..<count {
        // Each append is a writer of its own, as in another process.
        try? LineJournal(path: path).append(line(writer, number), sync: false)
      }
    }
    var reader = try LineReader(path)
    var next = Array(repeating: 0, count: writers)
    while let (bytes, isWhole) = try reader.next() {
      let text = String(decoding: bytes, as: UTF8.self)
      let writer = try #require(text.first?.wholeNumberValue)
      #expect(isWhole)
      #expect(text == line(writer, next[writer]))
      next[writer] += 1
    }
    #expect(next == Array(repeating: count, count: writers))
  }
}
