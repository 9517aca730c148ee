package import WeftFormats
import WeftNetworks
import WeftTensors
import WeftTransform

/// How a model's noise is removed: the sampler that is wanted, and how noise was added.
package struct Sampling: Sendable {
  private let request: SamplerRequest
  private let catalog: SamplerCatalog
  private let noise: NoiseSchedule

  /// The steps that are wanted.
  package var stepCount: Int { request.stepCount }

  /// The sampler's name as A1111 writes it.
  package let title: String
  /// The schedule that was asked for, as A1111 writes it; nil for the model's or the sampler's own.
  package let scheduleTitle: String?

  /// Finds what settings ask for, and what the model says where they ask for nothing.
  ///
  /// - Throws: for names that are not known, and for models of which it is not known how noise was added.
  package init(
    _ settings: PictureSettings, _ models: PictureModels, _ library: FormatLibrary
  ) throws {
    catalog = SamplerCatalog(library)
    let configuration = try SchedulerConfiguration(
      .scheduler(of: models.model.base, library: library), catalog)
    noise = configuration.noise
    let steps = settings.steps ?? 20
    var request = configuration.request(stepCount: steps)
    if let name = settings.sampler {
      let found = try catalog.find(name)
      request = configuration.request(
        sampler: found.sampler, schedule: found.schedule, stepCount: steps)
      request.style = Self.style(of: found.sampler)
    }
    if let name = settings.schedule { request.schedule = try catalog.schedule(name) }
    let description = try catalog.description(request.sampler)
    // Samplers that are defined in one way have that one.
    if let style = try settings.samplerStyle.map(Self.style),
      description.styles.contains(style.rawValue)
    {
      request.style = style
    }
    request.eta = settings.eta ?? request.eta
    title = description.title
    self.request = request
    let schedule = request.schedule?.rawValue
    scheduleTitle = catalog.schedules.first { $0.id == schedule }?.title
  }

  /// Makes a sampler of so many steps.
  package func sampler(stepCount: Int) throws -> any Sampler {
    var request = request
    request.stepCount = stepCount
    return try catalog.make(request, noise)
  }

  /// diffusers' definition where there is one: weft's pictures are those of diffusers unless something else is asked for.
  private static func style(of sampler: SamplerDescription) -> SamplerStyle? {
    sampler.styles.contains(SamplerStyle.diffusers.rawValue) ? .diffusers : nil
  }

  private static func style(_ name: String) throws(InferenceError) -> SamplerStyle {
    guard let style = SamplerStyle(rawValue: name) else {
      throw InferenceError(
        status: .usage, what: "samplers are not defined by '\(name)'", place: "--sampler-style",
        advice: "there are \(SamplerStyle.allCases.map(\.rawValue).joined(separator: " and "))")
    }
    return style
  }
}
