import WeftFiles
import WeftInference
import WeftTensors

/// What is said of a run in the end.
struct PictureReport {
  let outputs: PictureOutputs
  let pictures: [Picture]
  let session: PictureSession
  let progress: PictureProgress

  /// Prints it.
  func show(_ talk: TalkOptions) {
    if talk.json { return Console.printResult(json.compactText) }
    if !talk.quiet { Console.printResult(lines.map(printable).joined(separator: "\n")) }
  }

  private var lines: [String] {
    let settings = session.settings
    let isVaried = (settings.variationStrength ?? 0) > 0
    let made = zip(outputs.paths, pictures).enumerated().map { index, pair in
      "\(pair.0): \(pair.1.width) × \(pair.1.height), seed \((settings.seed ?? 0) + (isVaried ? 0 : index))"
    }
    let steps = progress.stepSeconds
    let each = steps.isEmpty ? 0 : steps.reduce(0, +) / Double(steps.count)
    return made + [
      "\(HumanText.seconds(progress.seconds)) in all: first step after "
        + "\(HumanText.seconds(progress.secondsToFirstStep ?? 0)), "
        + "\(HumanText.count(steps.count, "step")) of \(HumanText.seconds(each)), decoded in "
        + HumanText.seconds(progress.decodeSeconds)
    ]
  }

  private var json: JSONValue {
    func rounded(_ seconds: Double) -> JSONValue { .number((seconds * 10000).rounded() / 10000) }
    return .object([
      "outputs": .array(outputs.paths.map { .string($0) }),
      "settings": session.settings.json,
      "seconds": rounded(progress.seconds),
      "seconds_to_first_step": rounded(progress.secondsToFirstStep ?? 0),
      "load_seconds": rounded(progress.loadSeconds),
      "step_seconds": .array(progress.stepSeconds.map(rounded)),
      "decode_seconds": rounded(progress.decodeSeconds),
      "peak_memory_bytes": .integer(Environment.peakMemoryByteCount),
    ])
  }
}
