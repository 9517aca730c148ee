/// Finds the parts of a prompt that change with the steps, in one pass.
struct ScheduleParser {
  /// A bracket that is open.
  private struct Frame {
    let bracket: Unicode.Scalar
    var segments: [[ScheduleNode]] = [[]]
    /// The colons and bars between the segments.
    var separators: [Unicode.Scalar] = []

    /// What is in the bracket as it is written, from the bracket on.
    var nodes: [ScheduleNode] {
      var nodes = [ScheduleNode.text(String(bracket))] + segments[0]
      for (separator, segment) in zip(separators, segments.dropFirst()) {
        nodes += [.text(String(separator))] + segment
      }
      return nodes
    }
  }

  private let text: [Unicode.Scalar]
  private var place = 0
  private var frames: [Frame] = []
  private var finished: [ScheduleNode] = []
  private var isPlain = false

  init(_ prompt: String) { text = Array(prompt.unicodeScalars) }

  /// The parts, or nil for a prompt that is text and nothing else.
  mutating func nodes() throws(PromptError) -> [ScheduleNode]? {
    while place < text.count, !isPlain { try readOne() }
    giveUp()
    return isPlain ? nil : finished
  }

  private mutating func readOne() throws(PromptError) {
    let scalar = text[place]
    switch scalar {
    case "(", "[":
      guard frames.count < PromptPiece.maximumDepth else {
        throw .nesting(PromptPiece.maximumDepth)
      }
      frames.append(Frame(bracket: scalar))
    case ")", "]": close(scalar)
    case ":", "|": separate(scalar)
    case "\\":
      // A backslash at the end or before a line's end is not a part of the grammar.
      guard place + 1 < text.count, text[place + 1] != "\n" else { return isPlain = true }
      add(.text(String(scalars: text[place...place + 1])))
      place += 1
    default:
      let end = text[place...].firstIndex { "()[]:|\\".unicodeScalars.contains($0) } ?? text.count
      add(.text(String(scalars: text[place..<end])))
      place = end - 1
    }
    place += 1
  }

  private mutating func add(_ node: ScheduleNode) {
    guard let last = frames.indices.last else { return finished.append(node) }
    frames[last].segments[frames[last].segments.count - 1].append(node)
  }

  private mutating func separate(_ separator: Unicode.Scalar) {
    if let last = frames.indices.last {
      frames[last].separators.append(separator)
      frames[last].segments.append([])
    } else if separator == "|" {
      isPlain = true
    } else {
      finished.append(.text(String(separator)))
    }
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    if let frame = frames.last, (frame.bracket == "(") == (bracket == ")"),
      let nodes = Self.meaning(of: frame)
    {
      frames.removeLast()
      for node in nodes { add(node) }
    } else {
      giveUp()
      finished.append(.text(String(bracket)))
    }
  }

  /// Takes all open brackets as text: what is around a bracket that means nothing means nothing, either.
  private mutating func giveUp() {
    for frame in frames {
      isPlain = isPlain || frame.separators.contains("|")
      finished += frame.nodes
    }
    frames = []
  }

  /// What a bracket that is being closed stands for; nil for nothing.
  private static func meaning(of frame: Frame) -> [ScheduleNode]? {
    let colons = frame.separators.count { $0 == ":" }
    let bars = frame.separators.count - colons
    if frame.bracket == "(" {
      return bars == 0 && colons <= 1 ? frame.nodes + [.text(")")] : nil
    }
    if frame.separators.isEmpty { return frame.nodes + [.text("]")] }
    if colons == 0 { return [.alternation(frame.segments)] }
    guard bars == 0, colons <= 2, let when = number(frame.segments[colons]) else { return nil }
    let before = colons == 2 ? frame.segments[0] : []
    return [.change(before: before, after: frame.segments[colons - 1], when: when)]
  }

  /// A number with nothing but spaces around it, or nil.
  private static func number(_ nodes: [ScheduleNode]) -> String? {
    guard nodes.count == 1, case .text(let text) = nodes[0] else { return nil }
    let scalars = text.unicodeScalars.drop { CharacterClass($0) == .space }
    let number = scalars.reversed().drop { CharacterClass($0) == .space }.reversed()
    let isNumber = number.allSatisfy { "+-.eE0123456789".unicodeScalars.contains($0) }
    let result = String(scalars: number)
    return isNumber && Double(result) != nil ? result : nil
  }
}
