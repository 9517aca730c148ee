import ArgumentParser
import WeftFiles
import WeftTensors
import WeftTransform

/// Gives a model that was changed in place its original bytes back.
struct UndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo",
    abstract: "Give a model that was fused in place its original bytes back.",
    discussion: """
      Takes the undo file of weft fuse --in-place, also after a crash in the middle of it. The model is looked for where \
      it was, from the undo file's folder. A model that was replaced or changed by something else since is refused \
      (exit 2). The undo file is kept; remove it when it is not needed any more.
      """)

  @Argument(help: "The undo file.")
  var file: String

  @Option(help: ArgumentHelp("The model, when it is not where it was.", valueName: "file"))
  var model: String?

  @Flag(help: "Put the saved bytes back although something else changed the model since.")
  var force = false

  @Flag(help: "Leave it to the system when the bytes reach the disk.")
  var noSync = false

  @OptionGroup(title: "Work") var threadOptions: ThreadOptions
  @OptionGroup(title: "Talk") var talk: TalkOptions

  func run() throws {
    let start = ContinuousClock.now
    let undo = try UndoFile.open(file)
    let target = try PatchedFile.open(model ?? undo.modelPath)
    let state = try undo.state(of: target, threads: threadOptions.count)
    let report = UndoReport(
      undo: file, model: target.path, state: state,
      byteCount: try restore(target, undo: undo, state: state),
      seconds: (ContinuousClock.now - start).inSeconds)
    if talk.json { return Console.printResult(report.json.compactText) }
    if !talk.quiet { Console.printResult(report.text) }
  }

  /// Restores what is not original and gives the number of bytes written.
  private func restore(
    _ target: PatchedFile, undo: UndoFile, state: UndoFile.State
  ) throws -> Int {
    if state == .original { return 0 }
    if case .foreign(let reason) = state {
      try refuse(target, reason: reason, hasRightSize: undo.fits(target))
    }
    let restoration = Restoration(
      undo, of: target, threads: threadOptions.count, syncs: !noSync)
    let request = Interruption.leaveRequests(undoPath: file)
    let display = talk.display(label: "undo", totalByteCount: restoration.byteCount)
    defer { display.finish() }
    try restoration.run { byteCount in
      try request.check("only a part of the model is restored; run weft undo again")
      display.add(byteCount)
    }
    return restoration.byteCount
  }

  private func refuse(_ target: PatchedFile, reason: String, hasRightSize: Bool) throws {
    if force, hasRightSize { return }
    throw UndoRefusal(
      what: "this is not the model of the undo file: \(reason)", place: target.path,
      advice: hasRightSize
        ? "give the model with --model, or write the saved bytes anyway with --force"
        : "give the model with --model")
  }
}

/// A model that is not touched because it is not the undo file's.
struct UndoRefusal: ActionableError {
  let what: String
  let place: String?
  let advice: String
  var status: ExitStatus { .refused }
}

/// What an undo did.
struct UndoReport {
  let undo: String
  let model: String
  let state: UndoFile.State
  let byteCount: Int
  let seconds: Double

  var json: JSONValue {
    .object([
      "undo": .string(undo), "model": .string(model), "was": .string(word),
      "bytes_written": .integer(byteCount), "verified": .bool(true),
      "seconds": .number((seconds * 1000).rounded() / 1000),
    ])
  }

  var text: String {
    if state == .original { return printable("\(model): has its original bytes already") }
    return printable(
      "\(model): \(HumanText.bytes(byteCount)) put back and checked in "
        + "\(HumanText.seconds(seconds)); it was \(word); \(undo) is kept")
  }

  private var word: String {
    switch state {
    case .original: "original"
    case .changed: "changed"
    case .partlyChanged: "partly changed"
    case .foreign: "changed by something else"
    }
  }
}
