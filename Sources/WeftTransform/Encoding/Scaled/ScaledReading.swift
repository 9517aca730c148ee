import WeftFiles
import WeftFormats
import WeftKernels
import WeftTensors

/// Turns a stored group of tensors into the decoder of its values.
struct ScaledReading {
  let checkpoint: Checkpoint
  let tensor: Checkpoint.Tensor
  let name: String
  let format: ScaledFormat
  let note: LayerNotes.Note?
  let library: FormatLibrary

  /// The names of what may lie beside the elements, by that of the values.
  var partTemplates: [String] {
    [format.scaleName, format.wholeScaleName, format.bookName, format.zeroName].compactMap(\.self)
      + format.texts.map(\.name)
      + (format.texts.isEmpty ? [LayerNotes.textTemplate] : [])
      + [Self.nestedBook, Self.nestedScales].filter { part($0) != nil }
  }

  private static let nestedBook = "{name}.nested_quant_map"
  static let nestedScales = "{name}.nested_absmax"
  /// The formats that a model may name for its layers, and the types of their elements.
  private static let noted: [String: DType] = [
    "float8_e4m3fn": .f8e4m3, "float8_e5m2": .f8e5m2, "int8_tensorwise": .i8, "nvfp4": .u8,
    "mxfp8": .f8e4m3,
  ]

  /// The decoder, the shape of the values, and the form to store changed values in.
  func decoder() throws -> (decoder: ScaledDecoder, shape: Shape, form: TensorForm) {
    if let note {
      guard let dtype = Self.noted[note.format] else {
        throw failure("is in the format \(note.format), which weft does not read")
      }
      guard dtype == tensor.info.dtype else {
        throw failure("is said to be \(note.format), but is \(tensor.info.dtype.rawValue)")
      }
    }
    guard let scales = part(format.scaleName) else { throw failure("has no scales") }
    let state = try quantState()
    let shape = try shape(state)
    let count = shape.checkedElementCount ?? 0
    let length = try groupLength(scales, shape: shape, count: count, state: state)
    let reader = try reader(scales, shape: shape, groupLength: length, state: state)
    let rotation = try checkedRotation(shape)
    let decoder = ScaledDecoder(
      tensor, elements: ScaledElements(format.element, book: try book()), elementCount: count,
      groupLength: length, scales: reader, rotation: rotation)
    return (decoder, shape, form(scales, shape: shape, groupLength: length, rotation: rotation))
  }

  private func part(_ template: String) -> Checkpoint.Tensor? {
    checkpoint[ScaledFormat.name(template, of: name)]
  }

  func failure(_ what: String) -> TransformError {
    .badData("\(name) \(what)", at: checkpoint.path, advice: "use a sound model")
  }

  // MARK: Shapes

  /// The shape of the values.
  private func shape(_ state: JSONValue?) throws -> Shape {
    let own = tensor.info.shape.dimensions
    switch format.elementShape {
    case .same: return tensor.info.shape
    case .pairs:
      let dimensions = state?["shape"]?.elements?.compactMap(\.integer) ?? []
      let shape = Shape(dimensions)
      guard !dimensions.isEmpty, let count = shape.checkedElementCount, count > 0,
        (count + 1) / 2 == tensor.info.byteCount
      else { throw failure("has another number of elements than its quant_state says") }
      return shape
    case .halves:
      guard own.count == 2 else { throw failure("is no matrix") }
      return try doubled([own[0], own[1]])
    case .boxes:
      guard own.count == 3 else {
        throw failure("has blocks in a shape of \(own.count) dimensions")
      }
      let (columns, overflow) = own[1].multipliedReportingOverflow(by: own[2])
      guard !overflow else { throw failure("is too large") }
      return try doubled([own[0], columns])
    }
  }

  private func doubled(_ dimensions: [Int]) throws -> Shape {
    let (columns, overflow) = dimensions[1].multipliedReportingOverflow(by: 2)
    guard !overflow else { throw failure("is too large") }
    return [dimensions[0], columns]
  }

  /// The elements of a group, by the number of scales that there are.
  private func groupLength(
    _ scales: Checkpoint.Tensor, shape: Shape, count: Int, state: JSONValue?
  ) throws -> Int {
    let found = scales.info.elementCount
    guard count > 0, found > 0 else { throw failure("is empty or has no scales") }
    if case .elements(let usual) = format.group {
      let length = state?["blocksize"]?.integer ?? usual
      guard length > 0, (count - 1) / length + 1 == found else {
        throw failure("has \(found) scales for \(count) elements in blocks of \(length)")
      }
      return length
    }
    if format.scaleShape == .tiles {
      guard let length = format.groupLength(of: shape),
        scales.info.shape == format.scaleDimensions(of: shape, groupCount: count / length)
      else { throw failure("has scales in the shape \(scales.info.shape), which does not fit") }
      return length
    }
    let isWhole = found == 1
    guard isWhole || (found % shape.rowCount == 0 && count % found == 0),
      isWhole || scales.info.shape.rowCount == shape.rowCount
    else { throw failure("has \(found) scales for the shape \(shape)") }
    return count / found
  }

  // MARK: Scales

  private func reader(
    _ scales: Checkpoint.Tensor, shape: Shape, groupLength: Int, state: JSONValue?
  ) throws -> any ScaleReader {
    if format.scaleShape == .tiles {
      let whole = try format.wholeScaleName.map { try floats($0, count: 1)[0] } ?? 1
      return TiledScaleReader(
        scales, rows: shape.rowCount,
        groupsPerRow: (shape.checkedElementCount ?? 0) / shape.rowCount / groupLength, whole: whole)
    }
    if part(Self.nestedScales) != nil { return try nested(scales, state: state) }
    return ListedScales(scales, divisor: Float(format.divisor))
  }

  private func nested(_ places: Checkpoint.Tensor, state: JSONValue?) throws -> NestedScales {
    let length = state?["nested_blocksize"]?.integer ?? 256
    let count = places.info.elementCount
    guard places.info.dtype == .u8, length > 0, let offset = state?["nested_offset"]?.double else {
      throw failure("has scales of scales that its quant_state does not describe")
    }
    return NestedScales(
      places: places, book: try floats(Self.nestedBook, count: 256),
      outer: try floats(Self.nestedScales, count: (count - 1) / length + 1), groupLength: length,
      offset: Float(offset))
  }

  private func floats(_ template: String, count: Int) throws -> [Float] {
    guard let tensor = part(template), tensor.info.dtype == .f32, tensor.info.elementCount == count
    else { throw failure("lacks \(count) float32 in \(ScaledFormat.name(template, of: name))") }
    let buffer = ByteBuffer(byteCount: count * 4, isZeroed: false)
    try tensor.read(at: 0, into: buffer.all)
    return buffer.all.float32Values
  }

  private func book() throws -> [Float]? {
    try format.bookName.map { try floats($0, count: 16) }
  }

  // MARK: State

  private static let largestStateByteCount = 64 << 10

  /// The description that bitsandbytes keeps as text.
  private func quantState() throws -> JSONValue? {
    guard format.bookName != nil, let template = format.texts.first?.name,
      let state = part(template)
    else { return nil }
    guard state.info.byteCount <= Self.largestStateByteCount,
      let value = try? JSONValue(parsing: try state.bytes())
    else { throw failure("has a quant_state that is not JSON") }
    return value
  }

  private func checkedRotation(_ shape: Shape) throws -> Int? {
    guard let rotation = note?.rotation else { return nil }
    let columns = (shape.checkedElementCount ?? 0) / max(1, shape.rowCount)
    guard HadamardRotation.isPossible(groupLength: rotation), columns % rotation == 0 else {
      throw failure("is rotated in groups of \(rotation), which does not fit rows of \(columns)")
    }
    return rotation
  }

  /// The form in which changed values are stored again: the same groups and shapes of scales.
  private func form(
    _ scales: Checkpoint.Tensor, shape: Shape, groupLength: Int, rotation: Int?
  ) -> TensorForm {
    guard rotation == nil, part(Self.nestedScales) == nil else {
      return .readOnly(rotation == nil ? "\(format.id) with nested scales" : "int8 with convrot")
    }
    let count = shape.checkedElementCount ?? 0
    let same = library.scaledFormats.first {
      $0.scaleName == format.scaleName && $0.element == format.element
        && $0.bookName == format.bookName
        && ($0.texts.isEmpty || part($0.texts[0].name) != nil)
        && $0.groupLength(of: shape) == groupLength
        && $0.scaleDimensions(of: shape, groupCount: count / max(1, groupLength))
          == scales.info.shape
    }
    return same.map { .scaled($0) } ?? .readOnly("\(format.id) in other groups")
  }
}
