import WeftFiles
import WeftFormats
import WeftKernels
import WeftNetworks
import WeftTensors
import WeftTransform

/// The run of a calibration with its progress shown.
struct CalibrationJob {
  /// What came of it.
  struct Outcome {
    let result: CalibrationResult
    let component: ComponentModel
    let loadSeconds: Double
    let runSeconds: Double
  }

  private let calibrator: Calibrator
  private let command: CalibrateCommand
  private let meter: LoadMeter
  /// What was read; it must not be replaced.
  let files: [InputFile]
  /// What the network runs on, in words.
  let dataset: String

  /// Opens everything and checks inputs that are given.
  init(_ command: CalibrateCommand, _ kind: ComponentKind) throws {
    let library = try FormatLibrary.embedded()
    let meter = LoadMeter()
    let threads = command.work.threadOptions.count
    func opened(_ path: String) throws -> AdaptedModel {
      AdaptedModel(try BaseModel.openAnything(path, library: library))
    }
    let model = try opened(command.model)
    let encoders = try command.calibration.encoders.map(opened)
    var options = try command.calibration.calibrator(
      allowsNonFinite: command.work.allowNonFinite)
    options.keepsWeights = command.computing.weights == .keep
    calibrator = try Calibrator(
      kind, of: model, encoders: encoders ?? model, library: library,
      backend: try command.computing.backend(threads: threads),
      reader: ValueReader(
        threads: threads, allowsNonFinite: command.work.allowNonFinite, progress: meter.add),
      options: options)
    self.command = command
    self.meter = meter
    files =
      model.base.checkpoint.files + (encoders?.base.checkpoint.files ?? [])
      + options.inputs.flatMap(\.files)
      + (try command.add.map { try InputFile.open($0) })
    dataset =
      options.inputs.isEmpty
      ? "weft's prompts"
      : command.calibration.inputs.map { Paths.name(of: $0) }.joined(separator: ", ")
  }

  /// Runs; an interrupt ends the program without an output.
  func run() throws -> Outcome {
    let component = calibrator.component
    if component.guessesHeads, !command.talk.quiet {
      Console.warn(
        "the number of heads is a guess, since no published model has these sizes: give --config")
    }
    Interruption.endProgramCleanly()
    let start = ContinuousClock.now
    let (result, since) = try shown("calibrate") {
      try calibrator.run(threads: command.work.threadOptions.count, progress: $0)
    }
    let loaded = since ?? start
    return Outcome(
      result: result, component: component, loadSeconds: (loaded - start).inSeconds,
      runSeconds: (ContinuousClock.now - loaded).inSeconds)
  }

  /// What `--precision int8` needs, with the layers chosen by measurement where weft can compute with integers.
  func int8(_ outcome: Outcome) throws -> Int8Calibration {
    let calibration = try outcome.result.int8()
    guard OneDNN.isBuilt else { return calibration }
    guard FastInstructionSet.best.computesIntegers else {
      Console.warn(
        "no layers are chosen, since this processor has no products of 8-bit integers: all will be computed with them "
          + "where there are some")
      return calibration
    }
    let trial = Int8Trial(
      outcome.component, inputs: outcome.result.samples,
      limit: command.int8Error ?? Self.usualError,
      threads: command.work.threadOptions.count)
    let (chosen, _) = try shown("try integers") { try trial.run(calibration, progress: $0) }
    tell(chosen)
    return chosen
  }

  /// With bfloat16's own, about twice as much as Q8_0 and bfloat16 take a UNet of Stable Diffusion 1 apart.
  private static let usualError = 0.02

  private func tell(_ chosen: Int8Calibration) {
    guard !command.talk.quiet, let share = chosen.chosenShare, let error = chosen.error else {
      return
    }
    let count = chosen.layers.values.count { $0.choice == .int8 }
    Console.say(
      "\(count) of \(chosen.layers.count) layers, \(Int((share * 100).rounded())) % of the products, are computed with "
        + "integers: \(HumanText.scientific(error)) from bf16")
  }

  /// Shows the progress of what `body` does; gives when it began to run.
  private func shown<Result>(
    _ label: String, _ body: ((Calibrator.Progress) throws -> Void) throws -> Result
  ) throws -> (Result, since: ContinuousClock.Instant?) {
    var running: (display: ProgressDisplay, since: ContinuousClock.Instant)?
    defer {
      meter.begin(nil)
      running?.display.finish()
    }
    let result = try body { progress in
      switch progress {
      case .loading(let kind, let byteCount):
        meter.begin(
          command.talk.display(label: "load \(kind.name)", totalByteCount: byteCount))
      case .running(let count):
        meter.begin(nil)
        running = (command.talk.display(label: label, total: count, of: "run"), .now)
      case .ran: running?.display.add(1)
      }
    }
    return (result, running?.since)
  }
}

extension CalibrationJob.Outcome {
  /// The summary of `--json`.
  func json(command: CalibrateCommand) -> JSONValue {
    .object([
      "output": .string(command.output),
      "int8": command.int8.map { .string($0) },
      "component": .string(command.component),
      "architecture": .string(component.architecture ?? "unknown"),
      "backend": .string(command.computing.backend.rawValue),
      "precision": .string(command.computing.precision.rawValue),
      "runs": .integer(result.runCount),
      "layers": .integer(result.layers.count),
      "load_seconds": .number(Self.rounded(loadSeconds)),
      "run_seconds": .number(Self.rounded(runSeconds)),
      "peak_memory_bytes": .integer(Environment.peakMemoryByteCount),
    ])
  }

  private static func rounded(_ seconds: Double) -> Double {
    (seconds * 10000).rounded() / 10000
  }
}
