import WeftFormats
import WeftKernels
import WeftTensors

/// Encodes values as small elements by the scales of their groups, which a survey finds first.
struct ScaledEncoding: ValueEncoding {
  let survey: ScaleSurvey?
  private let elements: ScaledElements
  private let scales: GroupScales?

  init(_ format: ScaledFormat, survey: ScaleSurvey) {
    self.init(elements: ScaledElements(format.element), survey: survey, scales: nil)
  }

  private init(elements: ScaledElements, survey: ScaleSurvey?, scales: GroupScales?) {
    self.elements = elements
    self.survey = survey
    self.scales = scales
  }

  var unit: StorageUnit { elements.unit }
  var grain: Int { elements.unit.elementCount }

  func prepared(with scales: GroupScales) -> any ValueEncoding {
    ScaledEncoding(elements: elements, survey: survey, scales: scales)
  }

  func encode(_ values: ByteSlice, first: Int, into target: ByteSlice, tally: inout Tally) {
    guard let scales else { return }
    var counts = Tally()
    elements.encode(values, scales.writing.starting(at: first), into: target, tally: &counts)
    tally.underflowed += counts.underflowed
    tally.saturated += counts.overflowed
  }

  func decode(_ stored: ByteSlice, first: Int, into values: ByteSlice) {
    guard let scales else { return }
    elements.decode(stored, scales.reading.starting(at: first), into: values)
  }
}
