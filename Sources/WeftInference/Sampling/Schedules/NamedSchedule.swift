#if canImport(Glibc)
  import Glibc
#endif

/// A way to choose noise levels, as `formats/schedules.json` names it.
package enum NamedSchedule: String, Sendable, CaseIterable {
  /// Evenly spaced timesteps, spaced as the model's configuration says.
  case spaced
  /// Evenly spaced timesteps from the first up.
  case leading
  /// Evenly spaced timesteps between both ends.
  case linspace
  /// Evenly spaced timesteps from the last down.
  case trailing
  /// k-diffusion's own: evenly spaced timesteps between both ends, which need not be whole.
  case normal
  /// Evenly spaced seventh roots.
  case karras
  /// Evenly spaced logarithms.
  case exponential
  /// The same as exponential, under k-diffusion's other name.
  case polyexponential
  /// Evenly spaced seventh roots from 10 to 0.1, as A1111 once had them.
  case oldKarras = "old-karras"
  /// More steps at both ends.
  case beta
  /// Evenly spaced logarithms of the ratio of signal and noise.
  case lu
  /// As `normal` with one more step at the end, which is left out.
  case sgmUniform = "sgm-uniform"
  /// Every so manyth level of the table, from the noisiest.
  case simple
  /// Every so manyth level of the table, from the second least noisy.
  case ddimUniform = "ddim-uniform"

  /// The spacing that is named, or nil.
  var spacing: TimestepSpacing? { TimestepSpacing(rawValue: rawValue) }

  /// The curve along which the noise falls, or nil.
  var curve: SigmaCurve? {
    switch self {
    case .karras, .oldKarras: .karras
    case .exponential, .polyexponential, .lu: .exponential
    case .beta: .beta
    case .spaced, .leading, .linspace, .trailing, .normal, .sgmUniform, .simple, .ddimUniform: nil
    }
  }

  /// The noise where each of so many steps begins, as k-diffusion, A1111 and ComfyUI have it; nil for spaced timesteps.
  ///
  /// Source: https://github.com/comfyanonymous/ComfyUI/blob/v0.3.0/comfy/samplers.py
  func sigmas(_ count: Int, _ table: SigmaTable) -> [Double]? {
    let last = Double(table.count - 1)
    let distance = max(1, table.count / count)
    switch self {
    case .spaced, .leading, .linspace, .trailing: return nil
    case .oldKarras: return SigmaCurve.karras.sigmas(count, from: 10, to: 0.1)
    case .karras, .exponential, .polyexponential, .lu, .beta:
      return curve?.sigmas(count, from: table.greatest, to: table.least)
    case .normal:
      let distance = last / Double(max(1, count - 1))
      return (0..<count).map { table.logarithmicSigma(last - distance * Double($0)) }
    case .sgmUniform:
      return (0..<count).map { table.logarithmicSigma(last - last / Double(count) * Double($0)) }
    case .simple:
      return (0..<count).map { table.sigmas[table.count - 1 - $0 * table.count / count] }
    case .ddimUniform:
      return (0..<count).reversed().map { table.sigmas[min(table.count - 1, 1 + $0 * distance)] }
    }
  }
}
