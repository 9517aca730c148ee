import WeftFiles
import WeftTensors

/// The products of a task as they come about: those that are there, those that are made now, and those that fail.
final class ProductLedger {
  private let history: TaskHistory
  private let content: String
  private let replaces: Bool
  /// All products so far, made now or before.
  private(set) var products: [Product] = []
  /// The names of those that were made now.
  private(set) var made: Set<String> = []
  /// The first failure that a retry does not cure.
  private(set) var failure: (any ActionableError)?

  /// Starts with what is known of a task whose model has a content; `replaces` says whether files of others may be replaced.
  init(history: TaskHistory, content: String, replaces: Bool) {
    self.history = history
    self.content = content
    self.replaces = replaces
  }

  /// The product of an item, when it is there and up to date.
  func finished(_ item: TaskPlan.Item) -> Product? {
    history.finished(item.name, key: item.key, content: content, path: item.path)
  }

  /// Makes those of some items that are missing, or all of them again; gives whether all are there then.
  ///
  /// - Throws: what a retry may cure; any other failure is kept.
  func make(
    _ items: [TaskPlan.Item], again: Bool = false, _ body: ([TaskPlan.Item]) throws -> Void
  ) throws -> Bool {
    let missing = items.filter { again || finished($0) == nil }
    if !again { products += items.compactMap(finished) }
    guard !missing.isEmpty else { return true }
    do {
      try refuseForeign(missing)
      try body(missing)
      take(missing)
      return true
    } catch let error as any ActionableError {
      for item in missing { take(error, of: item) }
      if error.status.isTransient { throw error }
      failure = failure ?? error
      return false
    }
  }

  /// Takes back what was made now, since it may not be what its key says.
  func spoil(_ error: any ActionableError) {
    for index in products.indices where made.contains(products[index].name) {
      products[index].status = error.status
      products[index].message = error.description
    }
    made = []
  }

  /// Whether a file is in the way that, by all records, this pipeline did not make.
  func isForeign(_ item: TaskPlan.Item) -> Bool {
    guard !replaces, let path = item.path, Paths.exists(OutputState.found(path)) else {
      return false
    }
    return !history.isOwn(item.name, path: path)
  }

  private func refuseForeign(_ items: [TaskPlan.Item]) throws {
    guard let item = items.first(where: isForeign) else { return }
    throw PipelineError(
      status: .cannotCreate,
      what: "the output exists and is not what this pipeline made there", place: item.path,
      advice: "move it away, or replace it with --force")
  }

  private func take(_ items: [TaskPlan.Item]) {
    for item in items {
      var product = Product(name: item.name, key: item.key)
      product.takeState(of: item.path)
      products.append(product)
      made.insert(item.name)
    }
  }

  private func take(_ error: any ActionableError, of item: TaskPlan.Item) {
    var product = Product(
      name: item.name, key: item.key, status: error.status, message: error.description)
    // Of several variants some may be there: they are this pipeline's, unlike a file that was in the way.
    if error.status != .cannotCreate { product.takeState(of: item.path) }
    products.append(product)
  }
}
