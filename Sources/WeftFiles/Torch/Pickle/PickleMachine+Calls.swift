extension PickleMachine {
  /// Runs an instruction that would look up or call something: it is recorded instead.
  mutating func runCall(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .global: try pushGlobal(line(), line())
    case .stackGlobal: try pushStackGlobal()
    case .ext1: try pushExtension(input.number(1))
    case .ext2: try pushExtension(input.number(2))
    case .ext4: try pushExtension(input.number(4))
    case .reduce, .newObj: try call(ofLast: 2)
    case .newObjEx: try call(ofLast: 3)
    case .inst:
      try pushGlobal(line(), line())
      let callable = try pop()
      try pushContainer(.tuple, from: popMark())
      try pushCall(callable, pop())
    case .obj: try callMarked(popMark())
    case .build: try build()
    case .persid: try pushPersistent(heap.add(.text, input.line()))
    case .binPersid: try pushPersistent(pop())
    default: throw PickleError.Problem.unknownOpcode(opcode.rawValue)
    }
  }

  private mutating func line() throws -> String {
    let range = try input.line()
    guard range.count <= PickleLimits.nameByteCount else {
      throw PickleError.Problem.overLimit("\(PickleLimits.nameByteCount) bytes in a name")
    }
    return String(decoding: input.bytes[range], as: UTF8.self)
  }

  private mutating func pushGlobal(
    _ module: String, _ name: String, isComputed: Bool = false
  ) throws {
    globalUseCount += 1
    guard globalUseCount <= PickleLimits.globalUseCount else {
      throw PickleError.Problem.overLimit("\(PickleLimits.globalUseCount) names of classes")
    }
    let key = "\(module)\n\(name)\(isComputed ? "\n" : "")"
    let index = globalIndex[key] ?? globals.count
    if index == globals.count {
      guard index < PickleLimits.globalCount else {
        throw PickleError.Problem.overLimit("\(PickleLimits.globalCount) classes")
      }
      globalIndex[key] = index
      globals.append(
        PickleGlobal(
          module: PythonNames.current[module] ?? module, name: name, offset: offset,
          isComputed: isComputed))
    }
    try push(heap.add(PickleNode(kind: .global, first: UInt32(index))))
  }

  /// A name of two values on the stack; one that is no text would be computed by calls that are not made.
  private mutating func pushStackGlobal() throws {
    let start = try start(ofLast: 2)
    let parts = [stack[start], stack[start + 1]]
    drop(from: start)
    let names = parts.map { id -> String? in
      guard heap.nodes[Int(id)].kind == .text else { return nil }
      let content = heap.content(id, in: input.bytes)
      return content.count <= PickleLimits.nameByteCount
        ? String(decoding: content, as: UTF8.self) : nil
    }
    if let module = names[0], let name = names[1] { return try pushGlobal(module, name) }
    try pushGlobal(names[0] ?? "?", names[1] ?? "?", isComputed: true)
  }

  private mutating func pushExtension(_ code: Int) throws {
    try pushGlobal("copyreg", "extension \(code)", isComputed: true)
  }

  /// A call of the first of the last values with the second; keywords in the third change nothing that is read.
  private mutating func call(ofLast count: Int) throws {
    let start = try start(ofLast: count)
    let (callable, arguments) = (stack[start], stack[start + 1])
    drop(from: start)
    try pushCall(callable, arguments)
  }

  private mutating func callMarked(_ start: Int) throws {
    guard start < stack.count else { throw PickleError.Problem.emptyStack }
    let callable = stack[start]
    try pushContainer(.tuple, from: start + 1)
    let arguments = try pop()
    drop(from: start)
    try pushCall(callable, arguments)
  }

  private mutating func pushCall(_ callable: PickleID, _ arguments: PickleID) throws {
    noteCall(of: callable)
    try push(heap.add(PickleObject(callable: callable, arguments: arguments)))
  }

  private mutating func noteCall(of callable: PickleID) {
    hasCalled = true
    let node = heap.nodes[Int(callable)]
    if node.kind == .global {
      globals[Int(node.first)].isCalled = true
    } else if computedCallOffset == nil {
      computedCallOffset = offset
    }
  }

  /// Gives an object its state, which may run code of its class.
  private mutating func build() throws {
    let state = try pop()
    let target = try top()
    hasCalled = true
    let node = heap.nodes[Int(target)]
    if node.kind == .global { globals[Int(node.first)].isCalled = true }
    heap.setState(state, of: target)
  }

  private mutating func pushPersistent(_ id: PickleID) throws {
    try push(heap.add(PickleNode(kind: .persistent, first: id)))
  }
}
