import WeftFiles
import WeftFormats
import WeftTensors

/// The names that the tensors of a model have in every layout, so that what was measured of a model in one is found for
/// the same model in another.
struct TensorSpellings: Sendable {
  private var canonical: [String: CanonicalName] = [:]
  private var spellings: [CanonicalName: [String]] = [:]
  /// Names that tensors of two components have, each where it is alone.
  private var ambiguous: Set<String> = []

  /// Knows no names.
  init() {}

  /// Collects the names of a model's tensors: those of the file, and those of each layout in a whole model and alone.
  ///
  /// Tensors that a layout stores transposed are left out, since their columns are others. Of several in one, such as a
  /// packed projection, all have the same columns.
  init(of base: BaseModel) {
    let tensors = base.stored.sorted { $0.key < $1.key }
    for (name, stored) in tensors where !stored.isTransposed {
      add(stored.tensor.info.name, as: name)
    }
    guard let architecture = base.recognition.architecture else { return }
    let components = Dictionary(grouping: tensors, by: \.key.component)
    for layout in architecture.layouts {
      for (_, component) in components.sorted(by: { $0.key < $1.key }) {
        let tensors = component.map { (name: $0.key, shape: $0.value.shape) }
        for alone in [false, true] {
          // A layout may have no place for a component, which then has no names there.
          let arrangement = try? architecture.arrange(tensors, layout: layout, alone: alone)
          for tensor in arrangement?.tensors ?? [] { add(tensor) }
        }
      }
    }
  }

  private mutating func add(_ tensor: LayoutTensor) {
    guard case .slices(let slices) = tensor.content else { return }
    for slice in slices where slice.step != .transpose { add(tensor.name, as: slice.name) }
  }

  private mutating func add(_ spelling: String, as name: CanonicalName) {
    let known = canonical[spelling]
    if known == nil { canonical[spelling] = name }
    if let known, known.component != name.component { ambiguous.insert(spelling) }
    if spellings[name]?.contains(spelling) != true { spellings[name, default: []].append(spelling) }
  }

  /// The other names of a tensor.
  func others(of spelling: String) -> [String] {
    guard !ambiguous.contains(spelling), let name = canonical[spelling] else { return [] }
    return spellings[name]?.filter { $0 != spelling && !ambiguous.contains($0) } ?? []
  }
}
