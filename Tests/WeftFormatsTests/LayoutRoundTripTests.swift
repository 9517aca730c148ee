import Testing
import WeftFormats
import WeftTensors

/// A component of an architecture, or the whole model.
struct Subject: Sendable, CustomTestStringConvertible {
  let architecture: String
  let component: String?
  var testDescription: String { "\(architecture) \(component ?? "whole")" }

  static let all: [Subject] = ((try? library.get().architectures) ?? []).flatMap { architecture in
    [Subject(architecture: architecture.id, component: nil)]
      + architecture.components.map {
        Subject(architecture: architecture.id, component: $0.name)
      }
  }
}

@Suite("From one layout to the other and back")
struct LayoutRoundTripTests {
  /// The tensors that a layout is known not to keep: those of the last layer and the projection of SD2's encoder.
  static func isOmitted(_ name: CanonicalName, _ architecture: Architecture) -> Bool {
    guard architecture.id.hasPrefix("sd2"), name.component == "text_encoder" else { return false }
    return name.path.hasPrefix("text_model.encoder.layers.23.")
      || name.path == "text_projection.weight"
  }

  /// The canonical tensors that a file with the tensors of a layout is found to have.
  static func read(_ tensors: [LayoutTensor]) throws -> [(name: CanonicalName, shape: Shape)] {
    let recognition = try library.get().recognize(tensors.map { tensor($0.name, $0.shape) })
    #expect(recognition.mismatches == [])
    return recognition.bindings.flatMap { binding -> [(name: CanonicalName, shape: Shape)] in
      if case .model(let slices) = binding { slices.map { ($0.name, $0.shape) } } else { [] }
    }
  }

  @Test(
    "no name, shape or part changes on the way from one layout to the other and back",
    arguments: Subject.all, [("ldm", "diffusers"), ("diffusers", "ldm")])
  func roundTrip(subject: Subject, layouts: (first: String, second: String)) throws {
    let architecture = try #require(try library.get().architecture(subject.architecture))
    let isAlone = subject.component != nil
    let schema = try architecture.expanded(only: subject.component)
      .filter { !Self.isOmitted($0.name, architecture) }
    let first = try architecture.arrange(
      schema.map { ($0.name, $0.shape) }, layout: layouts.first, alone: isAlone
    ).tensors
    let second = try architecture.arrange(
      try Self.read(first), layout: layouts.second, alone: isAlone
    ).tensors
    let canonical = try Self.read(second)
    let third = try architecture.arrange(canonical, layout: layouts.first, alone: isAlone).tensors
    #expect(Set(third) == Set(first) && third.count == first.count)
    // What a layout needs and the input lacks is made up, and is there when the file is read again.
    let made = Dictionary(
      canonical.filter { !Self.isOmitted($0.name, architecture) }.map { ($0.name, $0.shape) }
    ) { first, _ in first }
    let stated = Dictionary(schema.map { ($0.name, $0.shape) }) { first, _ in first }
    #expect(made == stated)
  }

  @Test("what the layouts omit is only what is documented", arguments: Subject.all)
  func omissions(subject: Subject) throws {
    let architecture = try #require(try library.get().architecture(subject.architecture))
    let schema = try architecture.expanded(only: subject.component)
    for layout in try library.get().layoutIDs {
      let omitted = try architecture.arrange(
        schema.map { ($0.name, $0.shape) }, layout: layout, alone: subject.component != nil
      ).omitted
      let expected = schema.filter { Self.isOmitted($0.name, architecture) }.map(\.name)
      #expect(omitted.map(\.name).sorted() == (layout == "ldm" ? [] : expected.sorted()))
      #expect(omitted.allSatisfy { !$0.reason.isEmpty })
    }
  }
}
