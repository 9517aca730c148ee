import WeftFiles
import WeftTensors

/// Where the records of every task are in the journals, so that one task's are found without reading the others'.
///
/// One worker uses an index; what the workers of all machines add meanwhile is found by `refresh`.
package struct JournalIndex: Sendable {
  private struct Place: Sendable {
    let journal: Int
    let offsetInFile: Int
  }

  private let folder: String
  private var journals: [(name: String, readByteCount: Int)] = []
  private var places: [UInt64: [Place]] = [:]

  /// Prepares the index of the journals in a folder, which need not be there yet.
  package init(folder: String) { self.folder = folder }

  /// Reads what was added to the journals.
  package mutating func refresh() throws {
    for name in Paths.names(in: folder) where name.hasSuffix(".jsonl") {
      var number = journals.firstIndex { $0.name == name }
      if number == nil {
        number = journals.count
        journals.append((name, 0))
      }
      try read(number ?? 0)
    }
  }

  private mutating func read(_ number: Int) throws {
    let file = try InputFile.open(path(number))
    guard file.byteCount > journals[number].readByteCount else { return }
    var lines = LineReader(file, from: journals[number].readByteCount)
    var offset = lines.offsetInFile
    // A line that is still being written is read when it is whole.
    while let (line, isWhole) = try lines.next(), isWhole {
      if let start = TaskRecord.start(of: line) {
        places[start.task, default: []].append(Place(journal: number, offsetInFile: offset))
      }
      offset = lines.offsetInFile
      journals[number].readByteCount = offset
    }
  }

  /// What the records say of a task, as far as they were read.
  package func history(of task: String) throws -> TaskHistory {
    var history = TaskHistory()
    for place in UInt64(task, radix: 16).flatMap({ places[$0] }) ?? [] {
      let file = try InputFile.open(path(place.journal))
      let line = try LineReader.line(of: file, at: place.offsetInFile)
      if let record = TaskRecord(line: line) { history.add(record) }
    }
    return history
  }

  private func path(_ number: Int) -> String { Paths.join(folder, journals[number].name) }
}
