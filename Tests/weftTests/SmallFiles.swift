import Foundation
import WeftFiles
import WeftTensors

/// Safetensors files of a few tensors, for tests.
enum SmallFiles {
  /// A tensor and its values, which are written as F32 or F16.
  struct Tensor {
    let name: String
    let dtype: DType
    let shape: [Int]
    let values: [Float]

    init(_ name: String, _ shape: [Int], dtype: DType = .f32, values: [Float]? = nil) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      let count = shape.reduce(1, *)
      // A pattern without symmetries: sixteenths between -1 and 1.
      self.values = values ?? (0..<count).map { Float(($0 * 7 + 3) % 31 - 15) / 16 }
    }

    var bytes: [UInt8] {
      values.flatMap { value -> [UInt8] in
        switch dtype {
        case .bool, .f8e4m3: [1]
        case .c64: [UInt8](repeating: 0, count: 8)
        case .f16: withUnsafeBytes(of: Float16(value).bitPattern.littleEndian, Array.init)
        default: withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
        }
      }
    }
  }

  /// Writes a file with the package's own layout.
  static func write(
    _ tensors: [Tensor], metadata: [String: String] = [:], to path: String
  ) throws {
    let infos = tensors.compactMap {
      TensorInfo(name: $0.name, dtype: $0.dtype, shape: Shape($0.shape))
    }
    let layout = try SafetensorsLayout(tensors: infos, metadata: metadata, path: path)
    let byName = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
    var bytes = layout.headerBytes
    for entry in layout.entries { bytes += byName[entry.info.name]?.bytes ?? [] }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// A kohya pair for a module, with its alpha.
  static func kohyaPair(
    _ stem: String, rows: Int, rank: Int, columns: [Int], alpha: Float? = nil,
    dtype: DType = .f16
  ) -> [Tensor] {
    let upShape = columns.count == 3 ? [rows, rank, 1, 1] : [rows, rank]
    return [
      Tensor("\(stem).lora_down.weight", [rank] + columns, dtype: dtype),
      Tensor("\(stem).lora_up.weight", upShape, dtype: dtype),
      Tensor("\(stem).alpha", [], dtype: dtype, values: [alpha ?? Float(rank) / 2]),
    ]
  }
}
