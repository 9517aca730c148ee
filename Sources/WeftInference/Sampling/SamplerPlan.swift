import WeftFormats
import WeftNetworks
import WeftTensors

/// A request that was found good, with all that was left open filled in.
struct SamplerPlan {
  let request: SamplerRequest
  let rule: SamplerRule
  let style: SamplerStyle
  let schedule: NamedSchedule
  let noise: NoiseSchedule
  let description: SamplerDescription

  /// Fills in what is usual, and refuses what cannot be.
  init(
    _ request: SamplerRequest, _ description: SamplerDescription, _ noise: NoiseSchedule
  ) throws {
    guard let rule = SamplerRule(rawValue: description.rule) else {
      throw SamplerError(
        status: .badData, what: "the rule '\(description.rule)' is none that can be computed",
        place: "samplers.json", advice: "take it out of the formats that were given")
    }
    let style = try request.style ?? Self.usualStyle(description)
    let automatic = style == .diffusers ? "spaced" : description.automatic
    (self.request, self.rule, self.style, self.noise) = (request, rule, style, noise)
    schedule = request.schedule ?? NamedSchedule(rawValue: automatic) ?? .spaced
    self.description = description
    try check()
  }

  /// How much of the noise is fresh.
  var eta: Double { request.eta ?? description.eta ?? 0 }

  /// How many predictions a step looks at.
  var order: Int { request.options.order ?? description.order ?? 1 }

  /// How many timesteps there are between one step and the next.
  var timestepCount: Int { noise.signal.count }

  private static func usualStyle(_ description: SamplerDescription) throws -> SamplerStyle {
    for style in description.styles {
      if let known = SamplerStyle(rawValue: style) { return known }
    }
    throw SamplerError(
      status: .badData, what: "the sampler '\(description.id)' has no style that is known",
      place: "samplers.json", advice: "take it out of the formats that were given")
  }

  private func check() throws {
    guard description.styles.contains(style.rawValue) else {
      throw SamplerError.usage(
        "\(description.title) is not a sampler of \(style.rawValue)",
        advice: "its style is \(description.styles.joined(separator: " or "))")
    }
    guard 1...timestepCount ~= request.stepCount else {
      throw SamplerError.usage(
        "\(request.stepCount) steps cannot be taken",
        advice: "ask for 1 to \(timestepCount) steps")
    }
    try check("eta", eta, 0...1)
    try check("the scale of the noise", request.noiseScale, 0...100)
    try check("the churn", request.churn.amount, 0...1e6)
    try check(
      "the offset of the steps", Double(request.options.stepsOffset), 0...Double(timestepCount))
    try check("the strength", request.strength, 0...1)
    try check("the order", Double(order), 1...Double(description.order == nil ? 1 : mostOrder))
  }

  private var mostOrder: Int {
    switch rule {
    case .lms: 4
    case .dpmSinglestep, .sa: 2
    case .dpmMultistep where style == .diffusers && eta > 0: 2
    default: 3
    }
  }

  private func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
    guard !range.contains(value) else { return }
    throw SamplerError.usage(
      "\(name) is \(value)", advice: "give a number from \(range.lowerBound) to \(range.upperBound)"
    )
  }

  /// An error of more steps than the schedule tells apart.
  func tooMany(_ most: Int? = nil) -> SamplerError {
    SamplerError.usage(
      "\(request.stepCount) steps are too many for \(description.title) with this schedule",
      advice: most.map { "ask for at most \($0)" } ?? "ask for fewer steps")
  }
}
