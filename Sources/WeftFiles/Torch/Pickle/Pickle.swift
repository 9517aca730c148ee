/// A decoded pickle: its values, and the functions and classes that it names.
package struct Pickle: Sendable {
  /// The value that loading would give.
  package let root: PickleID
  /// The functions and classes, each where it is first named.
  package let globals: [PickleGlobal]
  /// The size of the pickle, in bytes.
  package let byteCount: Int
  let heap: PickleHeap
  let bytes: [UInt8]

  /// The pickle itself.
  var ownBytes: ArraySlice<UInt8> { bytes.prefix(byteCount) }

  func node(_ id: PickleID) -> PickleNode { heap.nodes[Int(id)] }

  func kind(_ id: PickleID) -> PickleNode.Kind { node(id).kind }

  /// The bytes of text, bytes or a large integer; none for other kinds.
  func content(_ id: PickleID) -> ArraySlice<UInt8> {
    heap.content(id, in: bytes)
  }

  /// The text of a value, or nil for other kinds and for what is not UTF-8.
  func text(_ id: PickleID) -> String? {
    guard kind(id) == .text else { return nil }
    return String(validating: content(id), as: UTF8.self)
  }

  /// The value of an integer, or nil for other kinds.
  func integer(_ id: PickleID) -> Int? {
    let node = node(id)
    guard node.kind == .integer else { return nil }
    return Int(Int64(bitPattern: UInt64(node.first) | UInt64(node.second) << 32))
  }

  /// The truth value of a value, or nil for other kinds.
  func boolean(_ id: PickleID) -> Bool? {
    kind(id) == .boolean ? node(id).first != 0 : nil
  }

  /// The values of a tuple or list, or nil for other kinds and for one that is longer than asked for.
  func elements(_ id: PickleID, atMost limit: Int) -> [PickleID]? {
    let node = node(id)
    guard node.kind == .tuple || node.kind == .list, Int(node.third) <= limit else { return nil }
    return values(from: node.first)
  }

  /// The function or class of a value, or nil for other kinds.
  func global(_ id: PickleID) -> PickleGlobal? {
    kind(id) == .global ? globals[Int(node(id).first)] : nil
  }

  /// The call of a value, or nil for other kinds.
  func object(_ id: PickleID) -> PickleObject? {
    kind(id) == .object ? heap.objects[Int(node(id).first)] : nil
  }

  /// The values of a list of cells.
  func values(from cell: UInt32) -> [PickleID] {
    var values: [PickleID] = []
    var cursor = cell
    while cursor != PickleCell.end {
      let cell = heap.cells[Int(cursor)]
      values.append(cell.value)
      cursor = cell.next
    }
    return values
  }

  /// The number of values in a container, or added to an object; keys and values count each.
  func valueCount(_ id: PickleID) -> Int {
    switch kind(id) {
    case .tuple, .list, .set, .dictionary: Int(node(id).third)
    case .object: Int(object(id)?.count ?? 0)
    default: 0
    }
  }

  /// The dictionaries that are searched have few keys; a larger one, searched for every tensor, would take hours.
  private static let maximumSearchCount = 8192

  /// The value of a text key of a small dictionary; the last one, as in Python.
  func value(_ id: PickleID, key: String) -> PickleID? {
    guard let head = dictionaryHead(id), valueCount(id) <= Self.maximumSearchCount else {
      return nil
    }
    var found: PickleID?
    var cursor = head
    while cursor != PickleCell.end {
      let keyCell = heap.cells[Int(cursor)]
      guard keyCell.next != PickleCell.end else { break }
      let valueCell = heap.cells[Int(keyCell.next)]
      if kind(keyCell.value) == .text, content(keyCell.value).elementsEqual(key.utf8) {
        found = valueCell.value
      }
      cursor = valueCell.next
    }
    return found
  }

  /// The first cell of a dictionary, or of an object of a class that is one; nil for other kinds.
  func dictionaryHead(_ id: PickleID) -> UInt32? {
    if kind(id) == .dictionary { return node(id).first }
    guard let object = object(id), let global = global(object.callable),
      Self.dictionaryClasses.contains(global.title)
    else { return nil }
    return object.head
  }

  private static let dictionaryClasses: Set<String> = [
    "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict",
  ]
}

extension PickleHeap {
  /// The bytes of text, bytes or a large integer; none for other kinds.
  func content(_ id: PickleID, in bytes: [UInt8]) -> ArraySlice<UInt8> {
    let node = nodes[Int(id)]
    guard node.kind == .text || node.kind == .bytes || node.kind == .bigInteger else { return [] }
    let range = Int(node.first)..<Int(node.first) + Int(node.second)
    return node.third == 0 ? bytes[range] : unescaped[range]
  }
}
