import Foundation
import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors
import WeftTransform

/// The merges that other programs computed; `scripts/goldens/gen_merges.py` makes them.
struct MergeGoldens: Sendable {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/merges")

  /// One merge of one tensor.
  struct Case: Sendable, Decodable {
    let name: String
    let method: String
    let tensor: String
    let models: [String]
    let base: String?
    let options: [String: Value]
    let modelOptions: [[String: Value]]
    /// How far the result may be from the expected one, relative to the largest magnitude.
    let tolerance: Double
    /// Whether the whole model is surveyed before.
    let survey: Bool

    enum Value: Sendable, Decodable {
      case number(Double)
      case flag(Bool)
      case word(String)

      init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if let flag = try? box.decode(Bool.self) {
          self = .flag(flag)
        } else if let number = try? box.decode(Double.self) {
          self = .number(number)
        } else {
          self = .word(try box.decode(String.self))
        }
      }
    }
  }

  let inputs: Checkpoint
  let expected: Checkpoint
  let cases: [Case]

  /// The goldens of one part: `mergekit`, `mecha` or `numpy`.
  init(_ part: String) throws {
    inputs = try Checkpoint.open(Self.folder.appendingPathComponent("inputs.safetensors").path)
    expected = try Checkpoint.open(
      Self.folder.appendingPathComponent("\(part).safetensors").path)
    cases = try JSONDecoder().decode(
      [Case].self, from: Data((expected.metadata["cases"] ?? "").utf8))
  }

  /// What a case merges.
  func tensor(_ golden: Case, of name: String? = nil) throws -> MergedTensor {
    let name = name ?? golden.tensor
    return MergedTensor(
      name: CanonicalName(component: "unet", path: "\(name).weight"),
      models: try zip(golden.models, golden.modelOptions).map {
        try input("\(name)/\($0)", MergeOptions($1.mapValues(\.option)))
      },
      base: try golden.base.map { try input("\(name)/\($0)", MergeOptions()) },
      options: MergeOptions(golden.options.mapValues(\.option)))
  }

  private func input(_ name: String, _ options: MergeOptions) throws -> MergedTensor.Input {
    guard let tensor = inputs[name] else { throw CocoaError(.fileReadNoSuchFile) }
    let shape = tensor.info.shape
    let block = tensor.block(rows: shape.rank > 1 ? shape.rowCount : 1)
    return MergedTensor.Input(
      ComputedValue(block), shape: shape, options: options, origin: name)
  }

  /// What the case must give.
  func values(_ golden: Case) throws -> [Double] {
    guard let tensor = expected[golden.name] else { throw CocoaError(.fileReadNoSuchFile) }
    return slice(try tensor.bytes()).doubles
  }
}

extension MergeGoldens.Case.Value {
  var option: MergeOption.Value {
    switch self {
    case .number(let number): .number(number)
    case .flag(let flag): .flag(flag)
    case .word(let word): .word(word)
    }
  }
}

extension MergeOptions {
  /// Every option at its default, and at 0.3 where it has none.
  init(standard options: [MergeOption]) {
    self.init(
      Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0.standard ?? .number(0.3)) }))
  }
}

/// A slice with a copy of some bytes.
func slice(_ bytes: [UInt8]) -> ByteSlice {
  let buffer = ByteBuffer(byteCount: bytes.count)
  buffer.all.copy(from: bytes)
  return buffer.all
}

extension ComputedValue {
  /// All values, read in rectangles of at most so many rows and columns.
  func values(
    kernels: Kernels = .best, tile: (rows: Int, columns: Int) = (.max, .max)
  ) throws -> [Double] {
    let workspace = Workspace(kernels: kernels)
    let matrix = try formula.prepare(workspace)
    var all = [Double](repeating: .nan, count: rows * columns)
    for row in stride(from: 0, to: rows, by: min(tile.rows, rows)) {
      for column in stride(from: 0, to: columns, by: min(tile.columns, columns)) {
        let part = Tile(
          rows: row..<row + min(tile.rows, rows - row),
          columns: column..<column + min(tile.columns, columns - column))
        try workspace.withElements(part.elementCount) { room in
          try matrix.read(part, into: room, workspace)
          for (index, value) in room.doubles.enumerated() {
            let (r, c) = index.quotientAndRemainder(dividingBy: part.columns.count)
            all[(row + r) * columns + column + c] = value
          }
        }
      }
    }
    return all
  }
}

/// A matrix whose numbers are at hand.
struct NumberMatrix: MatrixFormula, PreparedMatrix {
  let rows: Int
  let columns: Int
  let numbers: [Double]

  init(rows: Int, columns: Int, _ number: (Int) -> Double) {
    (self.rows, self.columns) = (rows, columns)
    numbers = (0..<rows * columns).map(number)
  }

  func reading(_ moved: (Checkpoint.Tensor) -> Checkpoint.Tensor) -> any MatrixFormula { self }
  func prepare(_ workspace: Workspace) -> any PreparedMatrix { self }

  func read(_ tile: Tile, into target: ByteSlice, _ workspace: Workspace) {
    target.set(
      tile.rows.flatMap { row in tile.columns.map { numbers[row * columns + $0] } })
  }
}
