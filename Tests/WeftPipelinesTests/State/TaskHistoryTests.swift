import Testing
import WeftFiles
import WeftPipelines
import WeftTensors

@Suite("The history of a task")
struct TaskHistoryTests {
  let folder: PipelineFolder

  init() throws { folder = try PipelineFolder() }

  private func record(
    _ event: TaskRecord.Event, _ attempt: Int, _ products: [Product] = [],
    status: WeftTensors.ExitStatus = .success, content: String? = "c", stamp: String? = nil
  ) -> TaskRecord {
    var record = TaskRecord(task: "0", event: event, attempt: attempt)
    record.products = products
    record.status = status
    record.content = content
    record.stamp = stamp
    return record
  }

  private func history(_ records: [TaskRecord]) -> TaskHistory {
    var history = TaskHistory()
    for record in records { history.add(record) }
    return history
  }

  /// The product of a file as it is now.
  private func written(_ name: String, key: String = "k") throws -> Product {
    let stamp = try #require(FileStamp(path: folder[name]))
    var product = Product(name: name, key: key)
    (product.byteCount, product.modified) = (stamp.byteCount, stamp.modified)
    return product
  }

  @Test("is the same for any order of its records")
  func anyOrder() throws {
    let records = [
      record(.begin, 1, [Product(name: "a", key: "1")]),
      record(.part, 1, [Product(name: "a", key: "1")]),
      record(
        .end, 1, [Product(name: "a", key: "1"), Product(name: "b", key: "1", status: .badData)],
        status: .badData),
      record(.begin, 2, [Product(name: "b", key: "2")]),
      record(.end, 2, [Product(name: "b", key: "2")], content: "d"),
    ]
    for rotation in 0..<records.count {
      for isReversed in [false, true] {
        let turned = Array(records[rotation...] + records[..<rotation])
        let history = history(isReversed ? turned.reversed() : turned)
        #expect(history.attemptCount == 2)
        #expect(history.lastStatus == .success)
        #expect(history.endedWell)
        #expect(history.finished("a", key: "1", content: "c", path: nil) != nil)
        #expect(history.finished("b", key: "2", content: "d", path: nil) != nil)
        #expect(history.products.mapValues(\.attempt) == ["a": 1, "b": 2])
      }
    }
  }

  @Test("finishes a product only with its key, its content, success and its file")
  func finished() throws {
    try folder.write("out", to: "a")
    let history = history([
      record(.end, 1, [try written("a"), Product(name: "b", key: "k", status: .refused)])
    ])
    #expect(history.finished("a", key: "k", content: "c", path: folder["a"]) != nil)
    #expect(history.finished("a", key: "other", content: "c", path: folder["a"]) == nil)
    #expect(history.finished("a", key: "k", content: "d", path: folder["a"]) == nil)
    #expect(history.finished("a", key: "k", content: "c", path: folder["none"]) == nil)
    #expect(history.finished("b", key: "k", content: "c", path: nil) == nil)
    #expect(history.finished("none", key: "k", content: "c", path: nil) == nil)
    try folder.setTime(5, of: "a")
    #expect(history.finished("a", key: "k", content: "c", path: folder["a"]) == nil)
  }

  @Test("knows whose file is at an output's path")
  func own() throws {
    try folder.write("out", to: "a")
    let product = try written("a")
    let unwritten = Product(name: "a", key: "k")
    let failed = Product(name: "a", key: "k2", status: .cannotCreate)
    let begin = [Product(name: "a", key: "k")]
    let cases: [(records: [TaskRecord], isOwn: Bool, why: Comment)] = [
      ([], false, "nobody made it"),
      ([record(.begin, 1, begin)], true, "a worker was killed while it made it"),
      ([record(.begin, 1), record(.end, 1)], false, "the worker did not mean to make it"),
      ([record(.end, 1, [product])], true, "it was made"),
      ([record(.end, 1, [failed], status: .cannotCreate)], false, "it was in the way"),
      (
        [record(.begin, 1, begin), record(.end, 1, [failed], status: .cannotCreate)], false,
        "it was in the way of one that meant to make it"
      ),
      (
        [record(.end, 1, [product]), record(.begin, 2, begin), record(.end, 2, [failed])], true,
        "a later failure left it alone"
      ),
      (
        [record(.end, 1, [unwritten]), record(.begin, 2, begin)], true,
        "a worker was killed while it made it again"
      ),
      ([record(.begin, 1, begin), record(.end, 1, [unwritten])], false, "it was not there then"),
    ]
    for (records, isOwn, why) in cases {
      #expect(history(records).isOwn("a", path: folder["a"]) == isOwn, why)
    }
    try folder.write("edited", to: "a")
    #expect(!history([record(.end, 1, [product])]).isOwn("a", path: folder["a"]))
  }

  @Test("knows the content of a model by its stamp")
  func stamps() throws {
    try folder.write("model", to: "m")
    let fresh = try SourceStamp(of: folder["m"])
    #expect(history([record(.end, 1, stamp: "s")]).content(for: fresh) == nil)
  }

  @Test("has not ended well while its newest attempt has not")
  func endedWell() {
    #expect(!history([]).endedWell)
    #expect(history([record(.begin, 1), record(.end, 1)]).endedWell)
    #expect(!history([record(.end, 1), record(.begin, 2)]).endedWell)
    #expect(!history([record(.end, 1), record(.end, 2, status: .badData)]).endedWell)
    #expect(history([record(.end, 2), record(.end, 1, status: .badData)]).endedWell)
  }
}
