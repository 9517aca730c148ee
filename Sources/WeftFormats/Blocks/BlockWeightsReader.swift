import WeftTensors

/// Reads the text of block weights.
struct BlockWeightsReader {
  /// The most characters of a text that errors quote.
  private static let quotedCount = 60

  let text: String
  let style: BlockWeights.Style
  let architecture: Architecture
  let book: BlockBook

  /// Prepares to read a text for an architecture.
  init(
    text: String, style: BlockWeights.Style, architecture: Architecture, book: BlockBook
  ) {
    self.text = String(text.filter { !$0.isWhitespace })
    self.style = style
    self.architecture = architecture
    self.book = book
  }

  /// The weights of the blocks of a list, or the one weight of all blocks.
  func read() throws(BlockWeightsError) -> (blocks: [String], weights: [Double], every: Double?) {
    guard let preset = book.presets(style).first(where: { isNamed($0) }) else {
      let weights = try numbers()
      return (try blocks(for: weights.count), weights, nil)
    }
    switch preset.weights {
    case .every(let weight): return ([], [], weight)
    case .list(let weights): return (try blocks(for: weights.count), weights, nil)
    }
  }

  private func isNamed(_ preset: BlockBook.Preset) -> Bool {
    preset.name.uppercased() == text.uppercased()
  }

  private func numbers() throws(BlockWeightsError) -> [Double] {
    let pieces = text.split(separator: ",", omittingEmptySubsequences: false)
    var numbers: [Double] = []
    for piece in pieces {
      guard let number = Double(piece), number.isFinite else { throw unknown(piece, of: pieces) }
      numbers.append(number)
    }
    return numbers
  }

  private func unknown(_ piece: Substring, of pieces: [Substring]) -> BlockWeightsError {
    let quoted = piece.prefix(Self.quotedCount)
    let names = book.presets(style).map(\.name).joined(separator: ", ")
    return pieces.count > 1
      ? BlockWeightsError(
        status: .usage, what: "\"\(quoted)\" among the block weights is no number",
        advice: "give numbers with commas between")
      : BlockWeightsError(
        status: .usage, what: "there are no block weights of the name \"\(quoted)\"",
        advice: "give numbers with commas between, or one of \(names)")
  }

  private func blocks(for count: Int) throws(BlockWeightsError) -> [String] {
    let lists = book.lists(for: architecture, style)
    if let list = lists.first(where: { $0.blocks.count == count }) { return list.blocks }
    let counts = lists.map(\.blocks.count).sorted().map(String.init).joined(separator: " or ")
    throw BlockWeightsError(
      status: .refused,
      what: "these block weights are \(count) numbers, but \(architecture.id) takes "
        + (counts.isEmpty ? "none" : counts),
      advice: "give a list for \(architecture.id), one weight for each of its blocks")
  }
}
