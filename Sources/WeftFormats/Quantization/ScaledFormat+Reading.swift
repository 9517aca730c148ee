import WeftTensors

extension ScaledFormat {
  private static let keys = [
    "id", "title", "element", "nibbles", "group", "rule", "times", "divisor", "least", "scales",
    "texts", "name", "shape", "whole_scale", "row_multiple", "book", "zero", "marker",
    "least_dimensions", "most_dimensions",
  ]

  init(_ value: JSONValue, file: String) throws(FormatError) {
    let object = try FormatObject(value, file: file, keys: Self.keys)
    id = try object.text("id")
    title = try object.text("title")
    element = try Self.element(object)
    elementName = try object.optionalText("name") ?? "{name}"
    elementShape =
      object["shape"] == nil ? .same : try Self.word(object, "shape", ElementShape.init)
    group = try Self.group(object)
    rule = try Self.word(object, "rule", Rule.init)
    writing = object["times"]?.double.map { .timesInverse(numerator: $0) } ?? .overScale
    divisor = object["divisor"]?.double ?? 1
    least = object["least"]?.double ?? 0
    let scales = try FormatObject(
      object["scales"] ?? .null, file: file, keys: ["name", "type", "shape"])
    scaleName = try scales.text("name")
    scaleDType = try Self.word(scales, "type", DType.init(rawValue:))
    scaleShape = try Self.word(scales, "shape", ScaleShape.init)
    wholeScaleName = try object.optionalText("whole_scale")
    rowMultiple = try object.optionalInteger("row_multiple") ?? 1
    var texts: [Text] = []
    for row in try object.objects("texts", keys: ["name", "text"]) {
      texts.append(Text(name: try row.text("name"), text: try row.text("text")))
    }
    self.texts = texts
    bookName = try object.optionalText("book")
    zeroName = try object.optionalText("zero")
    marker = try object.optionalText("marker")
    let least = try object.optionalInteger("least_dimensions") ?? 2
    let most = try object.optionalInteger("most_dimensions") ?? least
    guard least <= most else { throw object.failure("most_dimensions", "is too small") }
    dimensions = least...most
  }

  private static func word<Word>(
    _ object: FormatObject, _ key: String, _ make: (String) -> Word?
  ) throws(FormatError) -> Word {
    guard let word = make(try object.text(key)) else {
      throw object.failure(key, "is no known word")
    }
    return word
  }

  private static func element(_ object: FormatObject) throws(FormatError) -> Element {
    let name = try object.text("element")
    guard let order = try object.optionalText("nibbles") else {
      guard let dtype = DType(code: name), dtype.byteWidth == 1 else {
        throw object.failure("element", "is no type of one byte")
      }
      return .byte(dtype)
    }
    guard order == "high" || order == "low" else {
      throw object.failure("nibbles", "must be high or low")
    }
    return .nibble(name, highFirst: order == "high")
  }

  private static func group(_ object: FormatObject) throws(FormatError) -> Group {
    let group = try FormatObject(
      object["group"] ?? .null, file: object.file, keys: ["of", "length"])
    let length = try group.optionalInteger("length") ?? 1
    guard length > 0 else { throw group.failure("length", "must be positive") }
    switch try group.text("of") {
    case "tensor": return .tensor
    case "row": return .row
    case "columns": return .columns(length)
    case "elements": return .elements(length)
    default: throw group.failure("of", "must be tensor, row, columns or elements")
    }
  }
}

extension FormatFolders {
  /// The formats with scales, sorted by name.
  mutating func scaledFormats() throws(FormatError) -> [ScaledFormat] {
    var formats: [ScaledFormat] = []
    for (file, value) in folder("scalings") {
      formats.append(try ScaledFormat(value, file: file))
    }
    return formats.sorted { $0.id < $1.id }
  }
}
