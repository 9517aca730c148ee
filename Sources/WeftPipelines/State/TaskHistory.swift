package import WeftFiles
package import WeftTensors

/// What the records say of one task.
package struct TaskHistory: Sendable {
  /// The number of attempts so far.
  package private(set) var attemptCount = 0
  /// The newest state of every product, by name.
  package private(set) var products: [String: (attempt: Int, product: Product, content: String?)] =
    [:]
  /// The newest state of every file that was written, by name: what failed later left it alone.
  private var written: [String: (attempt: Int, product: Product)] = [:]
  /// The newest attempt that was about to make a product, by name.
  private var begun: [String: Int] = [:]
  /// How the newest attempt that came to an end did so; nil when none has.
  package private(set) var lastStatus: ExitStatus?
  /// How long the newest attempt took that made something and came to an end, in seconds.
  private(set) var lastSeconds: Double?
  private var lastEnd = 0
  /// The content of the model for a stamp.
  private var contents: [String: String] = [:]

  /// Starts with no records.
  package init() {}

  /// Adds a record; they may come in any order.
  package mutating func add(_ record: TaskRecord) {
    attemptCount = max(attemptCount, record.attempt)
    if let stamp = record.stamp, let content = record.content { contents[stamp] = content }
    if record.event == .begin {
      for product in record.products {
        begun[product.name] = max(begun[product.name] ?? 0, record.attempt)
      }
      return
    }
    if record.event == .end, record.attempt >= lastEnd {
      lastEnd = record.attempt
      lastStatus = record.status
      lastSeconds = record.seconds
    }
    for product in record.products {
      if product.byteCount != nil, written[product.name]?.attempt ?? 0 <= record.attempt {
        written[product.name] = (record.attempt, product)
      }
      if let known = products[product.name], known.attempt > record.attempt { continue }
      products[product.name] = (record.attempt, product, record.content)
    }
  }

  /// The content of a model whose stamp is the given one; nil when it is not known.
  package func content(for stamp: SourceStamp) -> String? { stamp.digest.flatMap { contents[$0] } }

  /// The product of a name, when it is done with the same key and content and still there.
  package func finished(_ name: String, key: String, content: String, path: String?) -> Product? {
    guard let (_, product, known) = products[name], product.key == key, known == content,
      product.status == .success, path.map(product.isThere) ?? true
    else { return nil }
    return product
  }

  /// Whether the file at an output's path is as this pipeline left it, or was left by a worker that was killed.
  package func isOwn(_ name: String, path: String) -> Bool {
    if let known = written[name], known.product.isThere(at: path) { return true }
    // An attempt that came to its end has told everything that it wrote.
    return begun[name] ?? 0 > max(lastEnd, products[name]?.attempt ?? 0)
  }

  /// The files that the newest attempt was about to write and that it has not told of.
  package var untold: [String] {
    begun.filter { $0.value == attemptCount && products[$0.key]?.attempt ?? 0 < attemptCount }.keys
      .sorted()
  }

  /// Whether the newest attempt came to its end, and went well.
  package var endedWell: Bool { lastStatus == .success && lastEnd == attemptCount }
}
