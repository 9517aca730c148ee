package import WeftFiles
import WeftTensors

#if canImport(Glibc)
  import Glibc
#endif

/// Where workers keep what they have done: journals, one a machine, and the claims on tasks.
package struct StateFolder: Sendable {
  private let folder: String
  private let journal: LineJournal
  private let syncs: Bool

  /// Opens the folder of a pipeline, which is made when there is something to keep.
  package init(_ folder: String, syncs: Bool) {
    self.folder = folder
    self.syncs = syncs
    journal = LineJournal(path: Paths.join(folder, "journal/\(Worker.machine).jsonl"))
  }

  /// Makes the folders.
  package func prepare() throws(FileError) {
    try Paths.makeDirectory(Paths.join(folder, "journal"))
    try Paths.makeDirectory(Paths.join(folder, "claims"))
    try Paths.makeDirectory(Paths.join(folder, "reports"))
  }

  /// Adds a record to this machine's journal.
  package func add(_ record: TaskRecord) throws(FileError) {
    var record = record
    record.worker = Worker.name
    try journal.append(record.line, sync: syncs)
  }

  /// Takes a task, or gives nil when another worker has it.
  package func claim(_ task: String) throws(FileError) -> FileClaim? {
    try FileClaim.take(claimPath(task))
  }

  /// Whether a worker has a task.
  package func isClaimed(_ task: String) -> Bool { FileClaim.isHeld(claimPath(task)) }

  /// The path of what was told of an output when it was made or proved.
  func reportPath(_ key: String, of output: String) -> String {
    let name = SHA256.digest(Array(output.utf8)).prefix(16)
    return Paths.join(folder, "reports/\(name)-\(key).json")
  }

  private func claimPath(_ task: String) -> String { Paths.join(folder, "claims/\(task)") }

  /// Where the records of all machines are found.
  package var index: JournalIndex { JournalIndex(folder: Paths.join(folder, "journal")) }

  /// The journals of all machines.
  package func journals() throws(FileError) -> [InputFile] {
    let folder = Paths.join(folder, "journal")
    var files: [InputFile] = []
    for name in Paths.names(in: folder) where name.hasSuffix(".jsonl") {
      files.append(try InputFile.open(Paths.join(folder, name)))
    }
    return files
  }
}

/// Which machine and process this is.
enum Worker {
  /// The name of the machine, fit for a file name, with what tells its boot from that of another of the same name.
  static let machine: String = {
    let host = firstLine("/proc/sys/kernel/hostname") ?? "unknown"
    let boot = firstLine("/proc/sys/kernel/random/boot_id") ?? ""
    let text = host + "-" + boot.prefix(8)
    return String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" ? $0 : "_" })
  }()

  private static func firstLine(_ path: String) -> Substring? {
    systemText(path)?.split(separator: "\n").first
  }

  /// The machine and the process, for people.
  static var name: String { "\(machine):\(getpid())" }
}
