package import WeftFiles
package import WeftTensors

/// A tensor of the output and where its bytes come from.
package struct PlannedTensor: Sendable {
  /// What happens to a tensor, as reports count it.
  package enum Action: String, Sendable {
    /// The bytes are the base's.
    case copied
    /// The values are the base's in another type.
    case cast
    /// Adapters change the values.
    case changed
    /// The tensor is not in the base; the layout needs it.
    case added
  }

  /// The name, type and shape in the output.
  package let info: TensorInfo
  /// The parts that the tensor is made of, in the order of their bytes.
  package let pieces: [Piece]
  /// What happens to it.
  package var action: Action
  /// Whether it is a weight of the model, and not a buffer or something that is made up for a layout.
  package let isWeight: Bool
  /// How values become bytes, where the type is none that is computed with.
  package var encoding: (any ValueEncoding)?
  /// The stored tensor that the values start from; nil for those that start from several, or none.
  var origin: Checkpoint.Tensor?
  /// The component that it is of; nil for none.
  var component: String?

  /// Makes a planned tensor.
  package init(
    info: TensorInfo, pieces: [Piece], action: Action, isWeight: Bool = false,
    encoding: (any ValueEncoding)? = nil
  ) {
    self.info = info
    self.pieces = pieces
    self.action = action
    self.isWeight = isWeight
    self.encoding = encoding
  }

  /// The same tensor under another name.
  func renamed(_ name: String) -> PlannedTensor {
    var result = PlannedTensor(
      info: info.renamed(name), pieces: pieces, action: action, isWeight: isWeight,
      encoding: encoding)
    result.origin = origin
    result.component = component
    return result
  }

  /// What the elements are stored in.
  var unit: StorageUnit { encoding?.unit ?? StorageUnit(info.dtype) }

  /// The survey that a piece needs, or gives the scales of.
  func survey(_ piece: Int) -> ScaleSurvey? {
    if case .scales(let survey, _) = pieces[piece].work { return survey }
    return pieces[piece].isComputed ? encoding?.survey : nil
  }

  /// The number of values: of elements in half bytes there are more than the type tells.
  package var valueCount: Int {
    encoding.map { $0.survey?.elementCount ?? $0.unit.elementCount(of: info.byteCount) }
      ?? info.elementCount
  }

  /// The stored tensor that this one is a copy of, all of it; nil for others.
  package var wholeCopy: Checkpoint.Tensor? {
    guard pieces.count == 1, case .copy(let tensor, 0) = pieces[0].work,
      tensor.info.byteCount == info.byteCount
    else { return nil }
    return tensor
  }

  /// The type in which values are computed.
  package var computedDType: DType { encoding == nil ? info.dtype : .f32 }
}

extension PlannedTensor {
  /// The file that the values come from; nil for what the plan itself holds.
  var sourcePath: String? {
    pieces.lazy.compactMap { piece in
      switch piece.work {
      case .copy(let tensor, _): tensor.source.path
      case .compute(let block, _): block.tensor.source.path
      case .evaluate(let formula): formula.firstSourcePath
      case .literal, .scales: nil
      }
    }.first
  }
}

/// A run of whole rows of an output tensor that comes from one place.
package struct Piece: Sendable {
  /// How the bytes are made.
  package enum Work: Sendable {
    /// Bytes of a stored tensor, from an offset that counts from the start of its data.
    case copy(Checkpoint.Tensor, byteOffset: Int)
    /// Values of a stored block, converted and changed.
    case compute(StoredBlock, Update?)
    /// Values of a formula, row after row.
    case evaluate(any MatrixFormula)
    /// Bytes that the plan itself holds.
    case literal([UInt8])
    /// The scales that a survey of another tensor's values finds, or the one of the whole.
    case scales(ScaleSurvey, isWhole: Bool)
  }

  /// Where the piece starts in the output tensor, in bytes.
  package let byteOffset: Int
  /// Its size in the output, in bytes.
  package let byteCount: Int
  /// How its bytes are made.
  package let work: Work

  /// Makes a piece.
  package init(byteOffset: Int, byteCount: Int, work: Work) {
    self.byteOffset = byteOffset
    self.byteCount = byteCount
    self.work = work
  }
}

extension Piece {
  /// Whether values are computed, and not bytes moved.
  var isComputed: Bool {
    switch work {
    case .copy, .literal, .scales: false
    case .compute, .evaluate: true
    }
  }

  /// The tensor's element that the piece starts with.
  func firstElement(_ unit: StorageUnit) -> Int { unit.elementCount(of: byteOffset) }
}
