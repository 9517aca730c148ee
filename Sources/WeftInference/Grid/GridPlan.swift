import WeftTensors

/// All pictures of a grid: one for each combination of the axes' values.
package struct GridPlan: Sendable {
  /// A picture of the grid.
  package struct Cell: Sendable {
    /// The places on the axes: column, row and table.
    package let place: (column: Int, row: Int, table: Int)
    /// The settings.
    package let settings: PictureSettings
    /// The scale of adapters; nil for what they were given with.
    package let adapterScale: Double?
    /// The model; nil for the one that is named.
    package let model: String?
  }

  /// From left to right, from top to bottom, and from table to table.
  package let axes: [GridAxis]
  /// The pictures, row by row.
  package let cells: [Cell]

  /// The most pictures of a grid.
  private static let limit = 1024

  /// Combines one to three axes.
  ///
  /// - Throws: for other numbers of axes, for a setting that two of them vary, and for too many pictures.
  package init(_ axes: [GridAxis], base: PictureSettings) throws(InferenceError) {
    func refusal(_ what: String, _ advice: String) -> InferenceError {
      InferenceError(status: .usage, what: what, place: "--axis", advice: advice)
    }
    guard (1...3).contains(axes.count) else {
      throw refusal("there are \(axes.count) axes", "give one, two or three")
    }
    guard Set(axes.map(\.key)).count == axes.count else {
      throw refusal("two axes vary the same setting", "give each setting its own axis")
    }
    let count = axes.reduce(1) { $0 * $1.values.count }
    guard count <= Self.limit else {
      throw refusal("\(count) pictures are more than \(Self.limit)", "give fewer values")
    }
    self.axes = axes
    cells = Self.places(axes).map { Self.cell($0, axes, base) }
  }

  /// The number of columns, rows and tables.
  package var size: (columns: Int, rows: Int, tables: Int) {
    func count(_ index: Int) -> Int { index < axes.count ? axes[index].values.count : 1 }
    return (count(0), count(1), count(2))
  }

  /// What stands above: the prompt, where all pictures have the same.
  package var title: String {
    axes.contains { $0.key == .prompt } ? "" : cells.first?.settings.prompt ?? ""
  }

  /// The labels along an axis; empty for one that is not there.
  package func labels(_ index: Int) -> [String] {
    index < axes.count ? axes[index].values.map(axes[index].label) : []
  }

  private static func places(_ axes: [GridAxis]) -> [(column: Int, row: Int, table: Int)] {
    func range(_ index: Int) -> Range<Int> {
      0..<(index < axes.count ? axes[index].values.count : 1)
    }
    return range(2).flatMap { table in
      range(1).flatMap { row in range(0).map { (column: $0, row: row, table: table) } }
    }
  }

  private static func cell(
    _ place: (column: Int, row: Int, table: Int), _ axes: [GridAxis], _ base: PictureSettings
  ) -> Cell {
    var settings = base
    var (scale, model): (Double?, String?) = (nil, nil)
    for (axis, index) in zip(axes, [place.column, place.row, place.table]) {
      let value = axis.values[index]
      _ = axis.apply(value, to: &settings)
      if axis.key == .adapterScale { scale = Double(value) }
      if axis.key == .model { model = value }
    }
    return Cell(place: place, settings: settings, adapterScale: scale, model: model)
  }
}
