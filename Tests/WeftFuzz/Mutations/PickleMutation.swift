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
    var instructions = PickleInstruction.split(bytes)
    let rest = bytes.dropFirst(instructions.reduce(0) { $0 + $1.count })
    guard !instructions.isEmpty else { return ByteMutation.mutate(&bytes, &random) }
    let index = random.below(instructions.count)
    switch random.below(10) {
    case 0: instructions.remove(at: index)
    case 1: instructions.removeSubrange(random.range(in: instructions.count, atMost: 12))
    case 2: instructions.insert(instructions[index], at: random.below(instructions.count))
    case 3:
      let part = instructions[random.range(in: instructions.count, atMost: 12)]
      instructions.insert(contentsOf: part, at: index)
    case 4: instructions.swapAt(index, random.below(instructions.count))
    case 5: instructions.insert(instruction(&random), at: index)
    case 6: instructions[index] = instruction(&random)
    case 7: changeArgument(&instructions[index], &random)
    default: changeInteger(&instructions, &random)
    }
    bytes = instructions.flatMap(\.self) + rest
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

  private static func changeArgument(_ instruction: inout [UInt8], _ random: inout FuzzRandom) {
    guard instruction.count > 1 else { return instruction = self.instruction(&random) }
    var argument = Array(instruction.dropFirst())
    if random.isOne(in: 2) {
      Numbers.change(&argument, at: 0, width: min(argument.count, 1 << random.below(4)), &random)
    } else {
      ByteMutation.mutate(&argument, &random)
    }
    instruction.replaceSubrange(1..., with: argument)
  }

  /// Puts another number where a size, a step or an offset may be.
  private static func changeInteger(_ instructions: inout [[UInt8]], _ random: inout FuzzRandom) {
    let places = instructions.indices.filter {
      instructions[$0].first.map(PickleInstruction.integers.contains) ?? false
    }
    guard let place = random.element(of: places) else { return }
    let old = instructions[place].dropFirst().prefix(8).reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    let value = Numbers.other(than: old, fileByteCount: 64, &random)
    // LONG1 with eight bytes.
    instructions[place] = [0x8A, 8] + Numbers.littleEndian(value, width: 8)
  }
}
