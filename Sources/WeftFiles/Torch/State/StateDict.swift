import WeftTensors

/// The tensors of a checkpoint by name, taken out of whatever a training program put around them.
struct StateDict {
  /// A tensor and its name, with the names of the dictionaries around it and dots between.
  struct Entry {
    let name: String
    let value: PickleID
  }

  /// The tensors in the order of the file.
  private(set) var entries: [Entry] = []
  /// What was left out, in sentences for people.
  private(set) var notes: [String] = []

  /// Where programs keep the tensors, the best first; all others of these are then left out.
  ///
  /// Sources: https://github.com/Lightning-AI/pytorch-lightning/blob/2.5.0/src/lightning/pytorch/trainer/connectors/checkpoint_connector.py,
  /// https://github.com/XPixelGroup/BasicSR/blob/v1.4.2/basicsr/models/base_model.py
  private static let places = ["state_dict", "model", "module", "params_ema", "params", "ema"]
  /// Where textual inversion keeps its vectors.
  ///
  /// Source: https://github.com/rinongal/textual_inversion/blob/main/ldm/modules/embedding_manager.py
  private static let embeddingPlace = "string_to_param"
  private static let maximumWrapperCount = 3
  private static let maximumDepth = 64
  private static let maximumValueCount = 400_000
  private static let shownNameCount = 6

  private let pickle: Pickle
  private let decoder: TensorDecoder
  private var skipped: [String] = []
  private var skippedCount = 0
  private var valueCount = 0

  /// Finds the tensors of a pickle.
  init(_ pickle: Pickle) throws(TorchError.Problem) {
    self.pickle = pickle
    decoder = TensorDecoder(pickle: pickle)
    let (root, prefix) = try unwrap(pickle.root)
    try flatten(root, prefix: prefix)
    guard !entries.isEmpty else { throw .noStateDict }
    if skippedCount > 0 { notes.append(note("values that are no tensors", skipped, skippedCount)) }
  }

  /// Goes into the part that holds the tensors, and notes what is beside it.
  private mutating func unwrap(
    _ root: PickleID
  ) throws(TorchError.Problem) -> (PickleID, prefix: String) {
    var root = root
    for _ in 0..<Self.maximumWrapperCount {
      let members = try members(of: root)
      // Tensors by name are the state itself, whatever else is there.
      guard !members.contains(where: { decoder.isTensor($0.value) }) else { break }
      if let vectors = members.first(where: { $0.name == Self.embeddingPlace }) {
        noteOthers(members, than: vectors.name)
        return (vectors.value, Self.embeddingPlace)
      }
      guard let place = try place(among: members) else { break }
      noteOthers(members, than: place.name)
      root = place.value
    }
    return (root, "")
  }

  private func place(among members: [Entry]) throws(TorchError.Problem) -> Entry? {
    for name in Self.places {
      guard let member = members.last(where: { $0.name == name }) else { continue }
      if try holdsTensors(member.value) { return member }
    }
    return nil
  }

  /// Whether a dictionary holds tensors, or dictionaries that do; only so many values are looked at.
  private func holdsTensors(_ id: PickleID) throws(TorchError.Problem) -> Bool {
    var left = Self.maximumValueCount
    for member in try members(of: id) {
      if decoder.isTensor(member.value) { return true }
      left -= 1 + pickle.valueCount(member.value)
      guard left > 0 else { return false }
      let inner = try members(of: member.value)
      if inner.contains(where: { decoder.isTensor($0.value) }) { return true }
      if inner.contains(where: { Self.places.contains($0.name) }) { return true }
    }
    return false
  }

  private mutating func noteOthers(_ members: [Entry], than name: String) {
    let others = members.map(\.name).filter { $0 != name }
    guard !others.isEmpty else { return }
    notes.append(
      "the tensors are those of '\(name)'; " + note("what is beside it", others, others.count))
  }

  private func note(_ what: String, _ names: [String], _ count: Int) -> String {
    let shown = names.prefix(Self.shownNameCount).map { String($0.prefix(60)) }
    let more = count > shown.count ? " and \(count - shown.count) more" : ""
    return "left out \(what): " + shown.joined(separator: ", ") + more
  }
}

extension StateDict {
  /// A container on the way down, with what is left of it.
  private struct Frame {
    let prefix: String
    var rest: ArraySlice<Entry>
  }

  /// Collects the tensors of nested dictionaries and lists, without recursion.
  private mutating func flatten(_ root: PickleID, prefix: String) throws(TorchError.Problem) {
    if decoder.isTensor(root) { return try take(Entry(name: "tensor", value: root)) }
    var frames = [Frame(prefix: prefix, rest: try members(of: root)[...])]
    while var frame = frames.popLast() {
      guard let member = frame.rest.popFirst() else { continue }
      frames.append(frame)
      let name = frame.prefix.isEmpty ? member.name : "\(frame.prefix).\(member.name)"
      try countValue(name)
      if decoder.isTensor(member.value) {
        try take(Entry(name: name, value: member.value))
        continue
      }
      let inner = try members(of: member.value)
      guard !inner.isEmpty else {
        skip(name, member.value)
        continue
      }
      guard frames.count < Self.maximumDepth else { throw .tooManyValues }
      frames.append(Frame(prefix: name, rest: inner[...]))
    }
  }

  private mutating func take(_ entry: Entry) throws(TorchError.Problem) {
    guard entries.count < SafetensorsHeader.maximumTensorCount else { throw .tooManyTensors }
    entries.append(entry)
  }

  /// Bounds the work for containers that hold one another many times over.
  private mutating func countValue(_ name: String) throws(TorchError.Problem) {
    valueCount += 1
    guard valueCount <= Self.maximumValueCount else { throw .tooManyValues }
    guard name.utf8.count <= SafetensorsHeader.maximumNameByteCount else {
      throw .longName(byteCount: name.utf8.count)
    }
  }

  private mutating func skip(_ name: String, _ value: PickleID) {
    // An empty container says nothing.
    guard pickle.dictionaryHead(value) == nil, pickle.elements(value, atMost: 0) == nil else {
      return
    }
    skippedCount += 1
    if skipped.count < Self.shownNameCount { skipped.append(name) }
  }

  /// The named parts of a dictionary, list or module; none for other values.
  private func members(of id: PickleID) throws(TorchError.Problem) -> [Entry] {
    if let head = pickle.dictionaryHead(id) { return try pairs(from: head) }
    if let elements = pickle.elements(id, atMost: SafetensorsHeader.maximumTensorCount) {
      return elements.enumerated().map { Entry(name: String($0), value: $1) }
    }
    return try moduleMembers(of: id)
  }

  /// The parameters, buffers and modules within a pickled module.
  ///
  /// Source: https://github.com/pytorch/pytorch/blob/v2.9.0/torch/nn/modules/module.py (`__init__`)
  private func moduleMembers(of id: PickleID) throws(TorchError.Problem) -> [Entry] {
    guard let state = pickle.object(id)?.state, pickle.kind(state) == .dictionary else {
      return []
    }
    var members: [Entry] = []
    for key in ["_parameters", "_buffers", "_modules"] {
      guard let part = pickle.value(state, key: key), let head = pickle.dictionaryHead(part) else {
        continue
      }
      members += try pairs(from: head)
    }
    return members
  }

  private func pairs(from head: UInt32) throws(TorchError.Problem) -> [Entry] {
    var entries: [Entry] = []
    let values = pickle.values(from: head)
    guard values.count <= 2 * Self.maximumValueCount else { throw .tooManyValues }
    for index in stride(from: 0, to: values.count - 1, by: 2) {
      guard let name = pickle.text(values[index]) ?? pickle.integer(values[index]).map(String.init)
      else { continue }
      entries.append(Entry(name: name, value: values[index + 1]))
    }
    return entries
  }
}
