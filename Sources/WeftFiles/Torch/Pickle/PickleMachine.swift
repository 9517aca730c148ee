/// Decodes a pickle to inert values: names are never looked up, calls are never made.
///
/// Source: https://github.com/python/cpython/blob/v3.13.0/Lib/pickle.py (class `_Unpickler`)
package struct PickleMachine {
  var input: PickleInput
  var heap = PickleHeap()
  var stack: [PickleID] = []
  var marks: [Int] = []
  var memo = PickleMemo()
  /// The functions and classes that were named so far, also when decoding fails later.
  package internal(set) var globals: [PickleGlobal] = []
  /// Whether an instruction that would call something has been decoded.
  package internal(set) var hasCalled = false
  /// Where a call of something that is no plain function or class is, or nil.
  package internal(set) var computedCallOffset: Int?

  private(set) var opcodeOffset = 0
  private var opcodeCount = 0
  var globalUseCount = 0
  var globalIndex: [String: Int] = [:]

  /// Prepares to decode the pickle at an offset of a source.
  package init(_ source: any ByteSource, at offset: Int) {
    input = PickleInput(source, start: offset)
  }

  /// Where the last instruction is, counted from the start of the source.
  package var offset: Int { input.start + opcodeOffset }

  /// Decodes up to the end of the pickle.
  package mutating func run() throws -> Pickle {
    while true {
      opcodeOffset = input.offset
      opcodeCount += 1
      guard opcodeCount <= PickleLimits.opcodeCount else {
        throw PickleError.Problem.overLimit("\(PickleLimits.opcodeCount) instructions")
      }
      let byte = try input.byte()
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw PickleError.Problem.unknownOpcode(byte)
      }
      if opcode == .stop { break }
      if try !runValue(opcode) { try runStructure(opcode) }
    }
    let root = try pop()
    return Pickle(
      root: root, globals: globals, byteCount: input.offset, heap: heap, bytes: input.bytes)
  }

  /// Decodes a whole pickle, with errors that name the file.
  package static func decode(
    _ source: any ByteSource, at offset: Int = 0, member: String? = nil
  ) throws -> Pickle {
    var machine = PickleMachine(source, at: offset)
    do {
      return try machine.run()
    } catch let problem as PickleError.Problem {
      throw PickleError(
        path: source.path, member: member, offset: machine.offset, problem: problem)
    }
  }
}

extension PickleMachine {
  /// Puts a value on the stack.
  mutating func push(_ id: PickleID) throws(PickleError.Problem) {
    guard stack.count < PickleLimits.stackCount else {
      throw .overLimit("\(PickleLimits.stackCount) values on the stack")
    }
    stack.append(id)
  }

  /// Takes the last value, which must be above the last mark.
  mutating func pop() throws(PickleError.Problem) -> PickleID {
    guard stack.count > marks.last ?? 0, let id = stack.popLast() else { throw .emptyStack }
    return id
  }

  /// The last value, which must be above the last mark.
  func top() throws(PickleError.Problem) -> PickleID {
    guard stack.count > marks.last ?? 0, let id = stack.last else { throw .emptyStack }
    return id
  }

  /// Where the last values start, which must be above the last mark; they stay on the stack.
  func start(ofLast count: Int) throws(PickleError.Problem) -> Int {
    guard stack.count - (marks.last ?? 0) >= count else { throw .emptyStack }
    return stack.count - count
  }

  /// Takes the last mark and gives where the values above it start; they stay on the stack.
  mutating func popMark() throws(PickleError.Problem) -> Int {
    guard let mark = marks.popLast() else { throw .noMark }
    return mark
  }

  /// Takes the values from a place on.
  mutating func drop(from start: Int) { stack.removeLast(stack.count - start) }

  /// Takes the values from a place on and makes a container of them.
  mutating func pushContainer(
    _ kind: PickleNode.Kind, from start: Int
  ) throws(PickleError.Problem) {
    // A slice that outlived this line would make the stack copy itself.
    let id = try heap.add(kind, of: stack[start...])
    drop(from: start)
    try push(id)
  }
}
