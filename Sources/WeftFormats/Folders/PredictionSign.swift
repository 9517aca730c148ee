import WeftTensors

/// A marker tensor or an entry of the metadata that tells what a model predicts.
struct PredictionSign: Sendable {
  /// What is looked for.
  enum Mark: Sendable {
    case tensor(String)
    case metadata(key: String, values: [Glob])
  }

  let mark: Mark
  /// What the sign tells about the target, or nil.
  let prediction: Prediction?
  /// Whether the sign tells that the last noise level has no signal.
  let tellsZeroTerminalSNR: Bool

  /// Reads a sign from its file.
  init(_ object: FormatObject) throws(FormatError) {
    if let key = try object.optionalText("metadata") {
      mark = .metadata(key: key, values: try object.texts("is").map(Glob.init))
    } else {
      mark = .tensor(try object.text("tensor"))
    }
    prediction = try object.optionalPrediction("prediction")
    tellsZeroTerminalSNR = try object.optionalFlag("zero_snr") ?? false
  }

  /// The words for what was found, or nil when the sign is not there.
  func evidence(_ tensors: [String], _ metadata: [String: String]) -> String? {
    switch mark {
    case .tensor(let name): tensors.contains(name) ? "the tensor '\(name)'" : nil
    case .metadata(let key, let values):
      metadata[key].flatMap { value in
        values.contains { $0.matches(value) } ? "\(key) = \(value)" : nil
      }
    }
  }
}

extension FormatObject {
  /// The prediction of a key, or nil when the key is absent.
  func optionalPrediction(_ key: String) throws(FormatError) -> Prediction? {
    guard let name = try optionalText(key) else { return nil }
    guard let prediction = Prediction(named: name) else {
      throw failure(key, "must be epsilon, velocity, edm-epsilon or edm-velocity")
    }
    return prediction
  }
}

extension FormatLibrary {
  /// What a model predicts, with the evidence in words.
  ///
  /// Takes the names of all tensors, markers included, and the metadata of the file. Where nothing tells, the answer is
  /// what most models of the architecture predict, and the evidence says so.
  package func prediction(
    of architecture: Architecture, tensors: [String], metadata: [String: String]
  ) throws(FormatError) -> (prediction: Prediction, evidence: String) {
    let pipeline = try pipeline(for: architecture)
    var prediction: Prediction?
    var isZeroTerminal = false
    var evidence: [String] = []
    for sign in pipeline.signs {
      let isNews =
        prediction == nil && sign.prediction != nil || !isZeroTerminal && sign.tellsZeroTerminalSNR
      guard isNews, let words = sign.evidence(tensors, metadata) else { continue }
      prediction = prediction ?? sign.prediction
      isZeroTerminal = isZeroTerminal || sign.tellsZeroTerminalSNR
      evidence.append(words)
    }
    if prediction == nil { evidence.append(pipeline.usual.says) }
    var result = prediction ?? pipeline.usual.prediction
    result.hasZeroTerminalSNR = isZeroTerminal
    return (result, evidence.joined(separator: "; "))
  }
}
