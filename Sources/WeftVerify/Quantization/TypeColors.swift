import WeftTensors
import WeftTransform

/// The colours by which the charts of a page tell types apart: greys for types that are computed with, hues for all others.
struct TypeColors {
  private let classes: [String: String]

  /// Gives every type of a report its colour.
  init(_ report: QuantizationReport) {
    var classes: [String: String] = [:]
    var count = 0
    for name in report.types.map(\.title) + report.typesBefore.map(\.title)
    where classes[name] == nil {
      if let grey = Self.greys[name] {
        classes[name] = grey
      } else {
        classes[name] = "t\(count % PageStyle.colorCount)"
        count += 1
      }
    }
    self.classes = classes
  }

  private static let greys = [
    DType.f16.rawValue: "p0", DType.bf16.rawValue: "p0", DType.f32.rawValue: "p1",
    DType.f64.rawValue: "p1", DType.i64.rawValue: "p2",
  ]

  /// The style class of a type.
  func name(_ type: String) -> String { classes[type] ?? "p2" }

  /// A swatch and the type's name.
  func key(_ type: String) -> String {
    "<span><span class=\"key \(name(type))\"></span>\(HTMLText.escaped(type))</span>"
  }
}
