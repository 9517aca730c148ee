import WeftNetworks
import WeftInference
import WeftTensors

/// Shows what happens while pictures are made, and remembers how long it took.
final class PictureProgress {
  private let talk: TalkOptions
  /// Where it is counted what is loaded.
  var meter: LoadMeter
  /// What the steps are those of.
  var title = "denoise"
  private let start = ContinuousClock.now
  private var steps: ProgressDisplay?
  private var lastStep = ContinuousClock.now
  private var loadStart = ContinuousClock.now
  /// The seconds of each step.
  private(set) var stepSeconds: [Double] = []
  /// The seconds that went into loading networks.
  private(set) var loadSeconds = 0.0
  /// The seconds until the first step began.
  private(set) var secondsToFirstStep: Double?
  /// The seconds that went into decoding.
  private(set) var decodeSeconds = 0.0
  private var decodeStart: ContinuousClock.Instant?

  init(_ talk: TalkOptions, _ meter: LoadMeter) { (self.talk, self.meter) = (talk, meter) }

  /// Takes an event.
  func hear(_ event: PictureEvent) {
    switch event {
    case .loading(let kind, let byteCount):
      loadStart = .now
      meter.begin(talk.display(label: "load \(kind.name)", totalByteCount: byteCount))
    case .loaded:
      meter.begin(nil)
      loadSeconds += (ContinuousClock.now - loadStart).inSeconds
      // A network that is loaded between steps is no part of the next one.
      lastStep = .now
    case .denoising(let count):
      steps?.finish()
      steps = talk.display(label: title, total: count, of: "step")
      lastStep = .now
      secondsToFirstStep = secondsToFirstStep ?? (lastStep - start).inSeconds
    case .predicted: break
    case .stepped:
      let now = ContinuousClock.now
      stepSeconds.append((now - lastStep).inSeconds)
      lastStep = now
      steps?.add(1)
    case .decoding:
      steps?.finish()
      steps = nil
      decodeStart = .now
    case .note(let text):
      if !talk.quiet { Console.warn(text) }
    }
  }

  /// Ends the display.
  func finish() {
    steps?.finish()
    steps = nil
    meter.begin(nil)
    if let decodeStart { decodeSeconds += (ContinuousClock.now - decodeStart).inSeconds }
    decodeStart = nil
  }

  /// All seconds so far.
  var seconds: Double { (ContinuousClock.now - start).inSeconds }
}
