/// Changes to a pickle, or to several in a row, by their instructions.
enum PickleMutation {
  private static let words = [
    "storage", "torch", "torch._utils", "_rebuild_tensor_v2", "_rebuild_parameter", "FloatStorage",
    "HalfStorage", "collections", "OrderedDict", "cpu", "0", "1", "state_dict", "a", "torch.Size",
    "_rebuild_tensor_v3", "UntypedStorage", "float32", "Parameter", "torch.nn.parameter", "\\x",
    "conj", "_metadata", "_parameters", "string_to_param", "\\ud800", "os", "system", "'a'", "",
  ]

  /// Makes one change; what follows the last instruction stays.
  static func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    var instructions = Pieces(bytes, cuts: PickleInstruction.cuts(of: bytes))
    guard instructions.count > 0 else { return ByteMutation.mutate(&bytes, &random) }
    let index = random.below(instructions.count)
    switch random.below(10) {
    case 0...3: instructions.rearrange(&random)
    case 4: instructions.insert(instruction(&random), before: index)
    case 5: instructions.replace(index, with: instruction(&random))
    case 6, 7: changeArgument(&instructions, index, &random)
    default: changeInteger(&instructions, &random)
    }
    bytes = instructions.bytes
  }

  /// An instruction with an argument of its kind.
  private static func instruction(_ random: inout FuzzRandom) -> [UInt8] {
    guard let (opcode, kind) = random.element(of: PickleInstruction.all) else { return [] }
    switch kind {
    case .fixed(let width):
      let value =
        random.isOne(in: 2) ? UInt64(random.below(8)) : random.element(of: Numbers.limits) ?? 0
      return [opcode] + Numbers.littleEndian(value, width: width)
    case .lines(let count):
      return [opcode] + (0..<count).flatMap { _ in line(&random) }
    case .counted(let width):
      let text = word(&random)
      return [opcode] + Numbers.littleEndian(UInt64(text.count), width: width) + text
    }
  }

  private static func word(_ random: inout FuzzRandom) -> [UInt8] {
    Array((random.element(of: words) ?? "").utf8)
  }

  private static func line(_ random: inout FuzzRandom) -> [UInt8] {
    let number = random.element(of: Numbers.limits) ?? 0
    return (random.isOne(in: 2) ? word(&random) : Array(String(number).utf8)) + [0x0A]
  }

  private static func changeArgument(
    _ instructions: inout Pieces, _ index: Int, _ random: inout FuzzRandom
  ) {
    var argument = Array(instructions[index].dropFirst())
    if argument.isEmpty { return instructions.replace(index, with: instruction(&random)) }
    if random.isOne(in: 2) {
      let width = min(argument.count, 1 << random.below(4))
      Numbers.change(&argument, at: 0, width: width, &random)
    } else {
      ByteMutation.mutate(&argument, &random)
    }
    instructions.replace(index, with: instructions[index].prefix(1) + argument)
  }

  /// Puts another number where a size, a step or an offset may be.
  private static func changeInteger(_ instructions: inout Pieces, _ random: inout FuzzRandom) {
    let places = (0..<instructions.count).filter {
      PickleInstruction.integers.contains(instructions[$0].first ?? 0)
    }
    guard let place = random.element(of: places) else { return }
    let old = instructions[place].dropFirst().prefix(8).reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    let value = Numbers.other(than: old, fileByteCount: 64, &random)
    // LONG1 with eight bytes.
    instructions.replace(place, with: [0x8A, 8] + Numbers.littleEndian(value, width: 8))
  }
}
