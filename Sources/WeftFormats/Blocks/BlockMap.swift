import WeftTensors

/// The block of every tensor of an architecture: `BASE`, `IN00`, ..., `M00`, `OUT00`, ...
///
/// Blocks are those of the UNet in the layout `ldm`; the embeddings of time and size are of `IN00`, what comes after the
/// blocks is of the last of them, and all other networks are of `BASE`.
/// Source: https://github.com/hako-mikan/sd-webui-supermerger/blob/00e8917e7f6b404f0301d6a1f0f862abdd0973b6/scripts/mergers/mergers.py
package struct BlockMap: Sendable {
  private let blocks: [CanonicalName: String]
  private let elsewhere: String

  /// Works out the blocks of an architecture's tensors.
  package init(for architecture: Architecture, library: FormatLibrary) throws(FormatError) {
    let book = library.blocks
    elsewhere = book.elsewhere
    var blocks: [CanonicalName: String] = [:]
    for name in Set(book.rules.map(\.component)).sorted() {
      guard let component = architecture.component(name),
        let map = architecture.places["ldm"]?[name]?.first?.map
      else { continue }
      let rules = book.rules.filter { $0.component == name }
      let dimensions = try component.dimensions()
      for tensor in try component.expanded() {
        guard let spelling = try map.spelling(of: tensor.name.path, in: dimensions) else {
          continue
        }
        blocks[tensor.name] = try Self.block(of: spelling.name, rules, dimensions)
      }
    }
    self.blocks = blocks
  }

  /// The block of a tensor.
  package func block(of name: CanonicalName) -> String { blocks[name] ?? elsewhere }

  /// The block of a module, by its weight or else its bias.
  package func block(of module: CanonicalModule) -> String {
    blocks[module.tensor("weight")] ?? blocks[module.tensor("bias")] ?? elsewhere
  }

  private static func block(
    of name: String, _ rules: [BlockRule], _ dimensions: Dimensions
  ) throws(FormatError) -> String? {
    for rule in rules {
      if let block = try rule.block(of: name, in: dimensions) { return block }
    }
    return nil
  }
}
