import WeftTensors

/// All pickles of a file: bare ones, several in a row, those of torch files and archives, and numpy's arrays of objects.
///
/// Everything is decoded to inert values and nothing is executed.
package struct PickleSearch: Sendable {
  /// A pickle, and what became of decoding it.
  package struct Found: Sendable {
    /// The member that it is in, with those of archives around it, or nil for the file itself.
    package let member: String?
    /// The functions and classes that it names.
    package let globals: [PickleGlobal]
    /// Whether it would call anything.
    package let hasCalled: Bool
    /// Where it would call what another call gives, or nil.
    package let computedCallOffset: Int?
    /// Why it cannot be decoded further, or nil.
    package let problem: PickleError.Problem?
    /// Where it ends, or where decoding failed, counted from the start of the member.
    package let offset: Int
  }

  /// A part of the file that cannot be looked into.
  package struct Obstacle: Sendable {
    /// The member, or nil for the file itself.
    package let member: String?
    /// What hinders, in words.
    package let what: String
  }

  /// The pickles in the order of the file.
  package private(set) var found: [Found] = []
  /// What could not be looked into.
  package private(set) var obstacles: [Obstacle] = []
  /// The archives that are programs of torch, each by its member, or nil for the file itself.
  package private(set) var scripts: [String?] = []

  /// Archives within archives are looked into this deep.
  private static let maximumDepth = 4
  /// More pickles than any file has in a row.
  private static let maximumRowCount = 10_000
  /// More members than all archives of a file have.
  private static let maximumItemCount = 200_000
  /// Endings that promise a pickle.
  private static let promises = [
    ".pkl", ".pickle", ".pt", ".pth", ".bin", ".ckpt", ".joblib", ".dill", ".p",
  ]

  struct Item {
    let source: any ByteSource
    let member: String?
    let depth: Int
    /// Whether this is the data of a torch storage, which may be long: only its start is looked at.
    var isStorage = false
  }

  /// Searches a file.
  package static func search(_ file: InputFile) throws -> PickleSearch {
    var search = PickleSearch()
    var items = [Item(source: file, member: nil, depth: 0)]
    var itemCount = 0
    while let item = items.popLast() {
      itemCount += 1
      guard itemCount <= maximumItemCount else {
        search.obstruct(nil, "it holds more members than any model")
        break
      }
      do {
        items += try search.look(at: item).reversed()
      } catch let error as ZipError {
        search.obstruct(item.member, error.what)
      }
    }
    return search
  }

  mutating func obstruct(_ member: String?, _ what: String) {
    obstacles.append(Obstacle(member: member, what: what))
  }

  /// Looks at a file or member, and gives the members within it.
  private mutating func look(at item: Item) throws -> [Item] {
    let source = item.source
    let start = try source.bytes(0..<min(source.byteCount, 512))
    if try ArchiveSigns.isZip(source, start, looksAtEnd: !item.isStorage) {
      return try unpack(item)
    }
    if start.starts(with: NumpyHeader.magic) {
      try searchNumpy(item)
      return []
    }
    if let file = source as? InputFile,
      let container = CompressedSafetensors.container(of: file)
    {
      return try unpack(file, container)
    }
    if let title = ArchiveSigns.closedArchive(start) {
      obstruct(item.member, "it is \(title), which has to be unpacked first")
      return []
    }
    checkSoundness(item, start)
    try searchRow(item, start)
    checkEnd(item)
    return []
  }

  /// What a compressed safetensors file holds; other compressed files are not looked into.
  private mutating func unpack(
    _ file: InputFile, _ container: ContainerFormat
  ) throws -> [Item] {
    do {
      let source = try CompressedSafetensors.source(file, container)
      return [Item(source: source, member: nil, depth: 1)]
    } catch let error as any ActionableError where error is ZstdError || error is WzError {
      obstruct(nil, error.what)
      return []
    }
  }

  private mutating func unpack(_ item: Item) throws -> [Item] {
    guard item.depth < Self.maximumDepth else {
      obstruct(item.member, "archives are nested too deep")
      return []
    }
    let archive = try ZipArchive(item.source, strictness: .tolerant)
    for problem in archive.oddities {
      obstruct(item.member, ZipError(path: item.source.path, problem: problem).what)
    }
    var items: [Item] = []
    let members = ArchiveMembers(archive)
    if members.isTorchScript { scripts.append(item.member) }
    for index in members.worthwhile {
      let entry = archive.entries[index]
      let name = item.member.map { "\($0)/\(entry.name)" } ?? entry.name
      do {
        items.append(
          Item(
            source: try archive.content(index), member: name, depth: item.depth + 1,
            isStorage: members.isStorage(entry)))
      } catch let error as ZipError {
        obstruct(name, error.what)
      }
    }
    return items
  }
}

extension PickleSearch {
  /// Decodes the pickle of an array of objects.
  private mutating func searchNumpy(_ item: Item) throws {
    guard let header = try NumpyHeader(item.source) else {
      return obstruct(item.member, "the header of the array is malformed")
    }
    if header.hasObjects { _ = decode(item, at: header.byteCount, isCertain: true) }
  }

  /// Decodes pickles one after the other, until something else follows.
  private mutating func searchRow(_ item: Item, _ start: [UInt8]) throws {
    let isSafetensors = Self.isSafetensors(start)
    let isPromised = promisesPickle(item) && !isSafetensors && !ArchiveSigns.isOther(start)
    guard let first = start.first else {
      // Markers such as .gitkeep are empty; a model is not.
      if isPromised || item.source.path.hasSuffix(".safetensors") {
        obstruct(item.member, "it is empty")
      }
      return
    }
    guard PickleOpcode(rawValue: first) != nil else {
      if isPromised { obstruct(item.member, "it is nothing that is known") }
      return
    }
    var offset = 0
    for _ in 0..<Self.maximumRowCount where offset < item.source.byteCount {
      let isProtocol = first == PickleOpcode.proto.rawValue && !isSafetensors
      let isCertain = offset == 0 && (isPromised || isProtocol && isWhole(item))
      guard let end = decode(item, at: offset, isCertain: isCertain) else { return }
      offset = end
    }
  }

  /// Whether something is expected to be a pickle by its name.
  private func promisesPickle(_ item: Item) -> Bool {
    guard let member = item.member else {
      return Self.promises.contains { item.source.path.hasSuffix($0) }
    }
    return member.hasSuffix(".pkl") || member.hasSuffix(".pickle")
  }

  /// Whether this is no data of a storage, which may start with any bytes.
  private func isWhole(_ item: Item) -> Bool {
    guard let member = item.member else { return true }
    return !member.contains("/data/")
  }

  /// Decodes a pickle and gives where it ends; nil when there is none.
  private mutating func decode(_ item: Item, at offset: Int, isCertain: Bool) -> Int? {
    var machine = PickleMachine(item.source, at: offset)
    do {
      let pickle = try machine.run()
      add(machine, item, offset: offset + pickle.byteCount, problem: nil)
      return offset + pickle.byteCount
    } catch let problem as PickleError.Problem {
      // Data that only starts like a pickle does not get as far as a call.
      let isLive = machine.hasCalled && !machine.globals.isEmpty
      if isLive || isCertain { add(machine, item, offset: machine.offset, problem: problem) }
    } catch {
      let reason = (error as? any ActionableError)?.what ?? "it cannot be read"
      obstruct(item.member, reason)
      if machine.hasCalled { add(machine, item, offset: machine.offset, problem: .truncated) }
    }
    return nil
  }

  private mutating func add(
    _ machine: PickleMachine, _ item: Item, offset: Int, problem: PickleError.Problem?
  ) {
    found.append(
      Found(
        member: item.member, globals: machine.globals, hasCalled: machine.hasCalled,
        computedCallOffset: machine.computedCallOffset, problem: problem, offset: offset))
  }
}
