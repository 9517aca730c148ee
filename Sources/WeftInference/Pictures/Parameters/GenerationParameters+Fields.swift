extension GenerationParameters {
  /// The number of steps.
  package var steps: Int? { self["Steps"].flatMap { Int($0) } }
  /// The seed.
  package var seed: UInt64? { self["Seed"].flatMap { UInt64($0) } }
  /// The scale of guidance.
  package var guidanceScale: Double? { self["CFG scale"].flatMap { Double($0) } }
  /// The layer of the text encoder that counts, 1 for the last one.
  package var clipSkip: Int? { self["Clip skip"].flatMap { Int($0) } }
  /// How much of a picture is made anew, from 0 to 1.
  package var denoisingStrength: Double? { self["Denoising strength"].flatMap { Double($0) } }

  /// The size in pixels.
  package var size: (width: Int, height: Int)? {
    guard let parts = self["Size"]?.split(separator: "x"), parts.count == 2,
      let width = Int(parts[0]), let height = Int(parts[1])
    else { return nil }
    return (width, height)
  }

  /// The sampler's name without that of the schedule, which old versions wrote behind it.
  package var sampler: String? {
    self["Sampler"].map { sampler in
      Self.oldSchedule(sampler).map { String(sampler.dropLast($0.count + 1)) } ?? sampler
    }
  }

  /// The schedule's name; nil where the sampler's own is meant.
  package var schedule: String? {
    if let schedule = self["Schedule type"] { return schedule == "Automatic" ? nil : schedule }
    return self["Sampler"].flatMap(Self.oldSchedule)
  }

  /// The schedule that a sampler's name ends in.
  ///
  /// Source: https://github.com/AUTOMATIC1111/stable-diffusion-webui/blob/v1.10.1/modules/sd_samplers.py (get_sampler_and_scheduler)
  private static func oldSchedule(_ sampler: String) -> String? {
    ["Karras", "Exponential", "Polyexponential"].first { sampler.hasSuffix(" " + $0) }
  }

  /// A number as A1111 writes those that people typed: `7`, `7.5`.
  package static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : value.description
  }
}
