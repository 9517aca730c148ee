package import WeftTensors

/// A way to store a tensor as small elements with scales in tensors beside it.
package struct ScaledFormat: Sendable, Hashable {
  /// What the elements are.
  package enum Element: Sendable, Hashable {
    /// A byte each, of a type that safetensors has.
    case byte(DType)
    /// Half a byte each, of a type by its name.
    case nibble(String, highFirst: Bool)
  }

  /// The elements that share a scale.
  package enum Group: Sendable, Hashable {
    /// All of them.
    case tensor
    /// Those of a row, which is everything but the first dimension.
    case row
    /// So many of a row; rows are whole numbers of them.
    case columns(Int)
    /// So many in the order in which they are stored; the last ones may be fewer.
    case elements(Int)
  }

  /// How a scale follows from the largest magnitude of its group.
  package enum Rule: String, Sendable, Hashable {
    /// The largest over the greatest value of the elements.
    case linear
    /// The largest itself.
    case largest
    /// A power of two, by the powers of the largest and the greatest.
    case floor
    /// The least power of two at which nothing overflows.
    case ceiling
    /// An 8-bit float times one scale of the whole tensor.
    case twofold
  }

  /// How values are scaled before they are rounded.
  package enum Writing: Sendable, Hashable {
    /// Divided by the scale.
    case overScale
    /// Multiplied by numerator / scale.
    case timesInverse(numerator: Double)
  }

  /// The shape of the tensor of scales.
  package enum ScaleShape: String, Sendable, Hashable {
    /// `[]`
    case scalar
    /// `[1]`
    case one
    /// `[rows]`
    case rows
    /// `[rows, 1]`
    case column
    /// `[rows, groups]`
    case matrix
    /// `[rows, groups, 1]`
    case box
    /// `[groups]`
    case list
    /// `[rows, groups]` in tiles of 128 rows and 4 groups, padded to whole ones.
    case tiles
  }

  /// The shape of the tensor of elements.
  package enum ElementShape: String, Sendable, Hashable {
    /// That of the tensor.
    case same
    /// `[half the elements, 1]`
    case pairs
    /// The rows with half the bytes.
    case halves
    /// `[rows, groups, half a group]`
    case boxes
  }

  /// A text that is kept as bytes beside the elements.
  package struct Text: Sendable, Hashable {
    /// The name; see `ScaledFormat.name`.
    package let name: String
    /// The text, in which `{shape}` stands for the dimensions.
    package let text: String
  }

  /// The name, as options spell it.
  package let id: String
  /// What it is, in words.
  package let title: String
  /// What the elements are.
  package let element: Element
  /// The name of the tensor of elements; see `name(_:of:)`.
  package let elementName: String
  /// Its shape.
  package let elementShape: ElementShape
  /// The elements that share a scale.
  package var group: Group
  /// How a scale comes about.
  package let rule: Rule
  /// How values are scaled.
  package let writing: Writing
  /// What a stored scale is divided by before it multiplies elements.
  package let divisor: Double
  /// The least scale that is written.
  package let least: Double
  /// The name of the tensor of scales.
  package let scaleName: String
  /// The type of the scales.
  package let scaleDType: DType
  /// The shape of the tensor of scales.
  package var scaleShape: ScaleShape
  /// The name of the scale of the whole tensor, where groups have others besides; nil for none.
  package let wholeScaleName: String?
  /// What the number of rows is a multiple of.
  package let rowMultiple: Int
  /// Texts beside the elements.
  package let texts: [Text]
  /// The name of the tensor with the values of the sixteen codes; nil for none.
  package let bookName: String?
  /// The name of a byte 0 that is kept; nil for none.
  package let zeroName: String?
  /// The name of an empty tensor of the elements' type that tells a model of this kind; nil for none.
  package let marker: String?
  /// The fewest and most dimensions of tensors that are stored so.
  package let dimensions: ClosedRange<Int>
}

extension ScaledFormat {
  /// A tensor's name by a template: `{name}` is the whole name, `{stem}` the name without its last part.
  package static func name(_ template: String, of name: String) -> String {
    let stem = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(name[..<$0]) } ?? name
    return template.replacing("{stem}", with: stem).replacing("{name}", with: name)
  }

  /// The elements of a group of a tensor, or nil when its rows are no whole number of groups.
  package func groupLength(of shape: Shape) -> Int? {
    guard let count = shape.checkedElementCount, count > 0 else { return nil }
    let rowLength = count / shape.rowCount
    switch group {
    case .tensor: return count
    case .row: return rowLength
    case .columns(let length): return rowLength % length == 0 ? length : nil
    case .elements(let length): return length
    }
  }

  /// The dimensions of the tensor of scales.
  package func scaleDimensions(of shape: Shape, groupCount: Int) -> Shape {
    let rows = shape.rowCount
    return switch scaleShape {
    case .scalar: []
    case .one: [1]
    case .rows: [rows]
    case .column: [rows, 1]
    case .matrix: [rows, groupCount / max(1, rows)]
    case .box: [rows, groupCount / max(1, rows), 1]
    case .list: [groupCount]
    case .tiles: [(rows + 127) / 128 * 128, (groupCount / max(1, rows) + 3) / 4 * 4]
    }
  }

  /// The dimensions of the tensor of elements, of as many groups.
  package func elementDimensions(of shape: Shape, groupCount: Int) -> Shape {
    let count = shape.checkedElementCount ?? 0
    let rows = max(1, shape.rowCount)
    return switch elementShape {
    case .same: shape
    case .pairs: [(count + 1) / 2, 1]
    case .halves: [rows, count / rows / 2]
    case .boxes: [rows, groupCount / rows, count / max(1, groupCount) / 2]
    }
  }
}
