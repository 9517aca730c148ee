extension PickleMachine {
  /// Runs an instruction that works on the stack.
  mutating func runStructure(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .mark: try setMark()
    case .pop: try dropTop()
    case .popMark: drop(from: try popMark())
    case .dup: try push(top())
    case .emptyTuple: try push(heap.add(.tuple, of: []))
    case .tuple: try pushContainer(.tuple, from: popMark())
    case .tuple1: try pushContainer(.tuple, from: start(ofLast: 1))
    case .tuple2: try pushContainer(.tuple, from: start(ofLast: 2))
    case .tuple3: try pushContainer(.tuple, from: start(ofLast: 3))
    case .emptyList: try push(heap.add(.list, of: []))
    case .list: try pushContainer(.list, from: popMark())
    case .emptyDict: try push(heap.add(.dictionary, of: []))
    case .dict: try pushDictionary(popMark())
    case .emptySet: try push(heap.add(.set, of: []))
    case .frozenSet: try pushContainer(.set, from: popMark())
    case .append: try addItems(start(ofLast: 1), isMapping: false)
    case .appends, .addItems: try addItems(popMark(), isMapping: false)
    case .setItem: try addItems(start(ofLast: 2), isMapping: true)
    case .setItems: try addItems(popMark(), isMapping: true)
    case .put: try memoize(decimal())
    case .binPut: try memoize(input.number(1))
    case .longBinPut: try memoize(input.number(4))
    case .memoize: try memoize(memo.count)
    case .get: try recall(decimal())
    case .binGet: try recall(input.number(1))
    case .longBinGet: try recall(input.number(4))
    case .proto: try checkProtocol()
    // The length of a frame is a hint for reading ahead; it is not trusted.
    case .frame: _ = try input.take(8)
    case .nextBuffer, .readonlyBuffer: throw PickleError.Problem.outsideBuffer
    default: try runCall(opcode)
    }
  }

  private mutating func setMark() throws {
    guard marks.count < PickleLimits.stackCount else {
      throw PickleError.Problem.overLimit("\(PickleLimits.stackCount) marks")
    }
    marks.append(stack.count)
  }

  /// Drops the last value, or the last mark when nothing is above it.
  private mutating func dropTop() throws {
    if stack.count == marks.last {
      marks.removeLast()
    } else {
      _ = try pop()
    }
  }

  private mutating func pushDictionary(_ start: Int) throws {
    guard (stack.count - start).isMultiple(of: 2) else { throw PickleError.Problem.emptyStack }
    try pushContainer(.dictionary, from: start)
  }

  /// Adds values to the container that is then on top, or to what a call would give.
  private mutating func addItems(_ start: Int, isMapping: Bool) throws {
    guard !isMapping || (stack.count - start).isMultiple(of: 2), start > marks.last ?? 0 else {
      throw PickleError.Problem.emptyStack
    }
    let target = stack[start - 1]
    switch heap.nodes[Int(target)].kind {
    case .object: try heap.append(stack[start...], to: target)
    case .dictionary where isMapping: try heap.append(stack[start...], to: target)
    case .list where !isMapping: try heap.append(stack[start...], to: target)
    case .set where !isMapping: try heap.append(stack[start...], to: target)
    case .global, .persistent: break
    default: throw PickleError.Problem.wrongKind
    }
    drop(from: start)
  }

  private mutating func memoize(_ index: Int) throws { try memo.set(index, to: top()) }

  private mutating func recall(_ index: Int) throws {
    guard let id = memo[index] else { throw PickleError.Problem.missingMemo(index: index) }
    try push(id)
  }

  private mutating func decimal() throws -> Int {
    let range = try input.line()
    guard range.count <= 20, let value = Int(String(decoding: input.bytes[range], as: UTF8.self))
    else { throw PickleError.Problem.malformedValue }
    return value
  }

  private mutating func checkProtocol() throws {
    let version = try input.byte()
    guard version <= 5 else { throw PickleError.Problem.unknownProtocol(version) }
  }
}
