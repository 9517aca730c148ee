import WeftFiles
import WeftTensors

/// What the records say of one task.
struct TaskHistory {
  /// The number of attempts so far.
  private(set) var attemptCount = 0
  /// The newest state of every product, by name.
  private(set) var products: [String: (attempt: Int, product: Product, content: String?)] = [:]
  /// The newest attempt that was about to make a product, by name.
  private var begun: [String: Int] = [:]
  /// How the newest attempt that came to an end did so; nil when none has.
  private(set) var lastStatus: ExitStatus?
  private var lastEnd = 0
  /// The content of the model for a stamp.
  private var contents: [String: String] = [:]

  /// Adds a record; they may come in any order.
  mutating func add(_ record: TaskRecord) {
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
    }
    for product in record.products {
      if let known = products[product.name], known.attempt > record.attempt { continue }
      products[product.name] = (record.attempt, product, record.content)
    }
  }

  /// The content of a model whose stamp is the given one; nil when it is not known.
  func content(for stamp: SourceStamp) -> String? { stamp.digest.flatMap { contents[$0] } }

  /// The product of a name, when it is done with the same key and content and still there.
  func finished(_ name: String, key: String, content: String, path: String?) -> Product? {
    guard let (_, product, known) = products[name], product.key == key, known == content,
      product.status == .success, path.map(product.isThere) ?? true
    else { return nil }
    return product
  }

  /// Whether the file at an output's path is as this pipeline left it, or was left by a worker that was killed.
  func isOwn(_ name: String, path: String) -> Bool {
    guard let known = products[name] else { return begun[name] != nil }
    return known.product.isThere(at: path) || begun[name] ?? 0 > known.attempt
  }
}
