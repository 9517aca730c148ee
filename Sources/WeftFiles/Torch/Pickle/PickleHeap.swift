/// The values of a pickle, in flat arrays: no value owns another, so that nothing is copied or freed in depth.
struct PickleHeap: Sendable {
  /// The value `None`.
  static let none: PickleID = 0
  /// The value `False`; `True` follows.
  static let no: PickleID = 1
  static let yes: PickleID = 2

  private(set) var nodes: [PickleNode] = [
    PickleNode(kind: .none), PickleNode(kind: .boolean), PickleNode(kind: .boolean, first: 1),
  ]
  private(set) var cells: [PickleCell] = []
  private(set) var objects: [PickleObject] = []
  /// Text that is spelled with escapes in the file, without them.
  var unescaped: [UInt8] = []

  /// Adds a value.
  mutating func add(_ node: PickleNode) throws(PickleError.Problem) -> PickleID {
    guard nodes.count < PickleLimits.nodeCount else {
      throw .overLimit("\(PickleLimits.nodeCount) values")
    }
    nodes.append(node)
    return PickleID(nodes.count - 1)
  }

  /// Adds an integer.
  mutating func add(_ value: Int) throws(PickleError.Problem) -> PickleID {
    let bits = UInt64(bitPattern: Int64(value))
    return try add(
      PickleNode(
        kind: .integer, first: UInt32(truncatingIfNeeded: bits),
        second: UInt32(truncatingIfNeeded: bits >> 32)))
  }

  /// Adds text or bytes that lie in the file, or among the unescaped ones.
  mutating func add(
    _ kind: PickleNode.Kind, _ range: Range<Int>, isUnescaped: Bool = false
  ) throws(PickleError.Problem) -> PickleID {
    try add(
      PickleNode(
        kind: kind, first: UInt32(range.lowerBound), second: UInt32(range.count),
        third: isUnescaped ? 1 : 0))
  }

  /// Adds a call that is not made.
  mutating func add(_ object: PickleObject) throws(PickleError.Problem) -> PickleID {
    guard objects.count < PickleLimits.objectCount else {
      throw .overLimit("\(PickleLimits.objectCount) objects")
    }
    objects.append(object)
    return try add(PickleNode(kind: .object, first: UInt32(objects.count - 1)))
  }

  /// Adds a tuple, list, set or dictionary of values.
  mutating func add(
    _ kind: PickleNode.Kind, of values: ArraySlice<PickleID>
  ) throws(PickleError.Problem) -> PickleID {
    let id = try add(
      PickleNode(kind: kind, first: PickleCell.end, second: PickleCell.end))
    try append(values, to: id)
    return id
  }

  /// Adds values to the end of a container or of what was added to an object.
  mutating func append(
    _ values: ArraySlice<PickleID>, to id: PickleID
  ) throws(PickleError.Problem) {
    guard values.count <= PickleLimits.cellCount - cells.count else {
      throw .overLimit("\(PickleLimits.cellCount) places in lists")
    }
    guard !values.isEmpty else { return }
    let head = UInt32(cells.count)
    for value in values { cells.append(PickleCell(value: value, next: UInt32(cells.count + 1))) }
    let tail = UInt32(cells.count - 1)
    cells[Int(tail)].next = PickleCell.end
    let node = nodes[Int(id)]
    let old: UInt32
    if node.kind == .object {
      old = objects[Int(node.first)].tail
      if old == PickleCell.end { objects[Int(node.first)].head = head }
      objects[Int(node.first)].tail = tail
      objects[Int(node.first)].count += UInt32(values.count)
    } else {
      old = node.second
      if old == PickleCell.end { nodes[Int(id)].first = head }
      nodes[Int(id)].second = tail
      nodes[Int(id)].third += UInt32(values.count)
    }
    if old != PickleCell.end { cells[Int(old)].next = head }
  }

  /// Keeps the value that `BUILD` gives an object.
  mutating func setState(_ state: PickleID, of id: PickleID) {
    let node = nodes[Int(id)]
    if node.kind == .object { objects[Int(node.first)].state = state }
  }
}
