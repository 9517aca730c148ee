import WeftFiles
import WeftKernels
import WeftTensors

/// Decodes a tensor of small elements with the scales of their groups.
struct ScaledDecoder: ValueDecoder {
  let tensor: Checkpoint.Tensor
  let elements: ScaledElements
  let elementCount: Int
  let groupLength: Int
  let scales: any ScaleReader
  /// The elements of the groups that are rotated; nil when none are.
  let rotation: Int?
  private let buffers = BufferPool()

  init(
    _ tensor: Checkpoint.Tensor, elements: ScaledElements, elementCount: Int, groupLength: Int,
    scales: any ScaleReader, rotation: Int? = nil
  ) {
    self.tensor = tensor
    self.elements = elements
    self.elementCount = elementCount
    self.groupLength = groupLength
    self.scales = scales
    self.rotation = rotation
  }

  func inMemory() throws -> any ValueDecoder {
    ScaledDecoder(
      try tensor.inMemory(), elements: elements, elementCount: elementCount,
      groupLength: groupLength, scales: try scales.inMemory(), rotation: rotation)
  }

  var path: String { tensor.source.path }
  var grain: Int { rotation ?? elements.unit.elementCount }

  func decode(_ range: Range<Int>, into values: ByteSlice) throws {
    guard !range.isEmpty else { return }
    let unit = elements.unit
    let first = range.lowerBound / groupLength
    let groups = first..<(range.upperBound - 1) / groupLength + 1
    try tensor.withBytes(
      at: unit.byteCount(of: range.lowerBound), byteCount: unit.byteCount(of: range.count),
      buffers: buffers
    ) { stored in
      try buffers.withBuffer(byteCount: groups.count * 4) { factors in
        try scales.read(groups, into: factors)
        let reading = ScaleGroups(
          factors, length: groupLength, start: range.lowerBound - first * groupLength)
        elements.decode(stored, reading, into: values)
      }
    }
    if let rotation { HadamardRotation.rotate(values, groupLength: rotation) }
  }
}
