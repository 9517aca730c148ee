import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

extension PlannedTensor {
  /// The tensors that hold the same values in a format with scales; nil when they do not fit it.
  ///
  /// `survey` tells the surveys of a plan apart.
  func scaled(as format: ScaledFormat, survey id: Int) -> [PlannedTensor]? {
    guard format.dimensions.contains(info.shape.rank), info.elementCount > 0,
      let length = format.groupLength(of: info.shape),
      info.shape.rowCount % format.rowMultiple == 0
    else { return nil }
    var pieces: [(piece: Piece, first: Int)] = []
    for piece in self.pieces {
      let first = piece.firstElement(unit)
      let work = piece.work.computed(unless: nil)
      let values = Piece(byteOffset: piece.byteOffset, byteCount: piece.byteCount, work: work)
      pieces.append((values, first))
    }
    let survey = ScaleSurvey(
      id: id, pieces: pieces, elementCount: info.elementCount, rows: info.shape.rowCount,
      groupLength: length, format: format)
    let encoding = ScaledEncoding(format, survey: survey)
    guard
      let elements = stored(
        as: format.elementDType,
        name: ScaledFormat.name(format.elementName, of: info.name),
        shape: format.elementDimensions(of: info.shape, groupCount: survey.groupCount),
        encoding: encoding),
      let others = ScaledParts(format: format, tensor: self, survey: survey).tensors
    else { return nil }
    return [elements] + others
  }
}

/// The tensors beside the elements.
private struct ScaledParts {
  let format: ScaledFormat
  let tensor: PlannedTensor
  let survey: ScaleSurvey

  /// The tensors, or nil when a size overflows.
  var tensors: [PlannedTensor]? {
    var parts: [PlannedTensor?] = [scales]
    if let name = format.wholeScaleName {
      parts.append(part(name, .f32, [], .scales(survey, isWhole: true)))
    }
    if let name = format.bookName, case .nibbles(let codec) = ScaledElements(format.element) {
      let bytes = codec.type.book.flatMap { littleEndianBytes($0.bitPattern) }
      parts.append(part(name, .f32, [codec.type.book.count], .literal(bytes)))
    }
    for text in format.texts {
      let bytes = Array(
        text.text.replacing("{shape}", with: tensor.info.shape.description).utf8)
      parts.append(part(text.name, .u8, [bytes.count], .literal(bytes)))
    }
    if let name = format.zeroName { parts.append(part(name, .u8, [], .literal([0]))) }
    return parts.contains { $0 == nil } ? nil : parts.compactMap(\.self)
  }

  private var scales: PlannedTensor? {
    part(
      format.scaleName, format.scaleDType,
      format.scaleDimensions(of: tensor.info.shape, groupCount: survey.groupCount),
      .scales(survey, isWhole: false))
  }

  private func part(
    _ name: String, _ dtype: DType, _ shape: Shape, _ work: Piece.Work
  ) -> PlannedTensor? {
    let name = ScaledFormat.name(name, of: tensor.info.name)
    guard let info = TensorInfo(name: name, dtype: dtype, shape: shape) else { return nil }
    var part = PlannedTensor(
      info: info, pieces: [Piece(byteOffset: 0, byteCount: info.byteCount, work: work)],
      action: .added)
    part.component = tensor.component
    return part
  }
}

extension ScaleSurvey {
  /// The bytes of the tensor of scales, or of the one scale of the whole.
  func bytes(of scales: GroupScales, isWhole: Bool) -> ByteSlice {
    if isWhole {
      let buffer = ByteBuffer(byteCount: 4)
      buffer.all.copy(from: littleEndianBytes((scales.whole ?? 0).bitPattern))
      return buffer.all
    }
    guard format.scaleShape == .tiles else { return scales.stored }
    let blocksPerRow = groupCount / max(1, rows)
    let tiles = BlockedScales(rows: rows, blocksPerRow: blocksPerRow)
    let bytes = ByteBuffer(byteCount: tiles.rows * tiles.columns).all
    tiles.scatter(scales.stored, firstRow: 0, blocksPerRow: blocksPerRow, into: bytes)
    return bytes
  }
}

extension ScaledFormat {
  /// The type of the tensor of elements.
  var elementDType: DType {
    if case .byte(let dtype) = element { dtype } else { .u8 }
  }
}
