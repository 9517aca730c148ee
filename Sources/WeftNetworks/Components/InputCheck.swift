import WeftTensors

/// Compares inputs with what a network takes, before anything is loaded.
struct InputCheck {
  let requirements: [InputRequirement]
  let inputs: NetworkInputs

  /// Throws one error that names everything of the first kind that is wrong: what is missing, what is unknown, what has
  /// the wrong type or shape, batches that differ, values that are not finite.
  func check(allowsNonFinite: Bool) throws {
    try refuse(missing.map(\.description), "missing", advice: "add them to the file")
    try refuse(
      unknown, "unknown",
      advice: "the network takes " + requirements.map(\.description).joined(separator: ", "))
    let named = requirements.flatMap(tensors)
    try refuse(
      named.filter { $0.requirement.isInteger && $0.tensor.integers == nil }.map(\.name),
      "of floats, but ids are integers", advice: "store them as I64 or I32")
    try refuse(
      named.filter { !$0.requirement.accepts($0.tensor.shape) }.map {
        "\($0.name) \($0.tensor.shape)"
      }, "of the wrong shape", advice: wanted(named))
    try checkBatch(named)
    guard !allowsNonFinite else { return }
    try refuse(
      named.filter { !$0.tensor.isFinite }.map(\.name), "NaN, infinite or too large for float32",
      advice: "give finite values, or let them through with --allow-non-finite")
  }

  private typealias Named = (name: String, tensor: InputTensor, requirement: InputRequirement)

  /// What must be there and is not; of a series what lies before its last.
  private var missing: [InputRequirement] {
    requirements.flatMap { requirement -> [InputRequirement] in
      switch requirement.presence {
      case .optional: []
      case .required: inputs[requirement.name] == nil ? [requirement] : []
      case .series:
        (0..<(numbers(requirement).max() ?? 0)).filter {
          inputs["\(requirement.name).\($0)"] == nil
        }.map { InputRequirement("\(requirement.name).\($0)", requirement.axes) }
      }
    }
  }

  private var unknown: [String] {
    let known = Set(requirements.flatMap { tensors($0).map(\.name) })
    return inputs.names.filter { !known.contains($0) }.map { "'\($0)'" }
  }

  /// The tensors that a requirement is about.
  private func tensors(_ requirement: InputRequirement) -> [Named] {
    let names =
      requirement.presence == .series
      ? numbers(requirement).map { "\(requirement.name).\($0)" } : [requirement.name]
    return names.compactMap { name in inputs[name].map { (name, $0, requirement) } }
  }

  /// The numbers of a series that are there, sorted.
  private func numbers(_ requirement: InputRequirement) -> [Int] {
    let start = requirement.name + "."
    return inputs.names.compactMap { name in
      guard name.hasPrefix(start), let number = Int(name.dropFirst(start.count)),
        Self.seriesRange.contains(number), name == "\(start)\(number)"
      else { return nil }
      return number
    }.sorted()
  }

  /// Numbers beyond are no part of a series, so that a stranger's file cannot make a list of all that lies before.
  private static let seriesRange = 0..<1000

  private func wanted(_ named: [Named]) -> String {
    let wrong = named.filter { !$0.requirement.accepts($0.tensor.shape) }.map(\.requirement)
    let names = wrong.reduce(into: [String]()) { names, requirement in
      if !names.contains(requirement.description) { names.append(requirement.description) }
    }
    return "give " + names.joined(separator: ", ")
  }

  /// Refuses inputs for different numbers of pictures.
  private func checkBatch(_ named: [Named]) throws {
    let counts = named.compactMap { input -> (name: String, count: Int, mayBeOne: Bool)? in
      switch input.requirement.axes.first {
      case .batch: (input.name, input.tensor.shape.rowCount, false)
      case .batchOrOne: (input.name, input.tensor.shape.rowCount, true)
      default: nil
      }
    }
    guard let batch = counts.first(where: { !$0.mayBeOne })?.count else { return }
    let others = counts.filter { $0.count != batch && !($0.mayBeOne && $0.count == 1) }
    guard !others.isEmpty else { return }
    throw NetworkError(
      status: .badData,
      what: "the inputs are for different numbers of items: "
        + counts.map { "\($0.name) \($0.count)" }.joined(separator: ", "),
      place: inputs.path, advice: "give as many of each")
  }

  private func refuse(_ names: [String], _ what: String, advice: String) throws {
    guard !names.isEmpty else { return }
    throw NetworkError(
      status: .badData,
      what: "\(names.count == 1 ? "an input is" : "\(names.count) inputs are") \(what): "
        + names.prefix(Self.namedLimit).joined(separator: ", ")
        + (names.count > Self.namedLimit ? " and \(names.count - Self.namedLimit) more" : ""),
      place: inputs.path, advice: advice)
  }

  /// How many inputs a message names before it counts the rest.
  private static let namedLimit = 16
}
