import ArgumentParser
import WeftFiles
import WeftTensors
import WeftTransform

/// Prints the hashes by which models are known.
struct HashCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hash",
    abstract: "Print the hashes by which models are known, all in one read.",
    discussion: """
      sha256 is that of the file; autov1, autov2 and autov3 are the short ones of model sites; data_sha256 is that of \
      a safetensors file without its header. content is that of the tensors alone: it stays the same when the \
      tensors are reordered, put into another container or given other metadata. A folder and the index of shards \
      have a content hash only. A damaged model still gets the hashes of its bytes, with exit code 65.
      """)

  @Argument(help: "Files, shard indexes and folders.")
  var paths: [String]

  @Flag(help: "Read every file again, and remember nothing.")
  var noCache = false

  @OptionGroup(title: "Work") var threadOptions: ThreadOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    // What is missing is said before minutes of work.
    for path in paths where !Paths.isDirectory(path) { _ = try InputFile.open(path) }
    var results: [JSONValue] = []
    var isDamaged = false
    let cached = CachedHashes(
      talk: talk, threads: threadOptions.count, usesCache: !noCache)
    for path in paths {
      let (hashes, damage) = try cached.hashes(path)
      if let damage {
        Console.complain(damage.description)
        isDamaged = true
      }
      if !talk.json { Console.printResult(HashText.text(hashes, path: path)) }
      results.append(hashes.json(path: path))
    }
    if talk.json { Console.printResult(JSONValue.object(["files": .array(results)]).compactText) }
    if isDamaged { throw ExitCode(ExitStatus.badData.rawValue) }
  }
}

/// Hashes as people read them.
enum HashText {
  static func text(_ hashes: ModelHashes, path: String) -> String {
    let width = 13
    let lines = hashes.members.compactMap { name, value in
      value.map { "  " + name + String(repeating: " ", count: width - name.count) + $0 }
    }
    return ([printable(path)] + lines).joined(separator: "\n")
  }
}
