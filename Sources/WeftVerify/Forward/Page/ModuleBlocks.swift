/// The blocks of a network, such as `down_blocks.0` or `mid_block`, told from the paths of its modules.
struct ModuleBlocks {
  /// Modules of one block that follow each other.
  struct Run {
    let path: String
    var range: Range<Int>
  }

  /// The runs, in the order of the modules.
  let runs: [Run]

  /// Divides modules.
  init(_ modules: [ForwardReport.Module]) {
    let paths = modules.map(\.path)
    let numbered = paths.map(Self.numberedBlock)
    var containers: Set<Substring> = []
    for block in numbered.compactMap(\.self) {
      containers.formUnion(block.indices.filter { block[$0] == "." }.map { block[..<$0] })
    }
    var runs: [Run] = []
    for (index, path) in paths.enumerated() {
      let block = numbered[index].map(String.init) ?? Self.parent(of: path, besides: containers)
      if runs.last?.path == block {
        runs[runs.count - 1].range = runs[runs.count - 1].range.lowerBound..<index + 1
      } else {
        runs.append(Run(path: block, range: index..<index + 1))
      }
    }
    self.runs = runs
  }

  /// The modules of every block, in the order in which the blocks first come.
  var groups: [(path: String, modules: [Int])] {
    var places: [String: Int] = [:]
    var groups: [(path: String, modules: [Int])] = []
    for run in runs {
      let place = places[run.path, default: groups.count]
      if place == groups.count { groups.append((run.path, [])) }
      places[run.path] = place
      groups[place].modules += run.range
    }
    return groups
  }

  /// The path up to its first number, or up to the first part that is called a block; nil without such.
  private static func numberedBlock(_ path: String) -> Substring? {
    var end = path.startIndex
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      end = part.endIndex
      if Int(part) != nil || part.hasSuffix("_block") { return path[..<end] }
    }
    return nil
  }

  /// The module that a path without blocks is part of; the module itself when that also has blocks.
  private static func parent(of path: String, besides containers: Set<Substring>) -> String {
    guard let dot = path.lastIndex(of: "."), !containers.contains(path[..<dot]) else { return path }
    return String(path[..<dot])
  }
}
