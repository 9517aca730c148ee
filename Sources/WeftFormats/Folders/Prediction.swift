/// What a denoising network predicts, and on which noise schedule it was trained.
///
/// No weight tells it; a wrong choice gives noise instead of a picture.
package struct Prediction: Sendable, Hashable {
  /// What the output of the network is.
  package enum Target: String, Sendable, Hashable {
    /// The noise.
    case epsilon
    /// The velocity, a mix of noise and picture.
    case velocity
  }

  /// What the output of the network is.
  package var target: Target
  /// Whether the noise levels are those of EDM, continuous, and not 1000 discrete ones.
  package var isEDM = false
  /// Whether the last noise level has no signal left.
  package var hasZeroTerminalSNR = false

  /// Makes a prediction.
  package init(_ target: Target, isEDM: Bool = false, hasZeroTerminalSNR: Bool = false) {
    self.target = target
    self.isEDM = isEDM
    self.hasZeroTerminalSNR = hasZeroTerminalSNR
  }

  /// The noise on discrete levels, as SD 1.x and SDXL predict it.
  package static let epsilon = Prediction(.epsilon)
  /// The velocity on discrete levels, as SD 2.x of 768 pixels predicts it.
  package static let velocity = Prediction(.velocity)

  /// Reads a name of a data file: a target, or one after `edm-`.
  init?(named name: String) {
    let isEDM = name.hasPrefix("edm-")
    guard let target = Target(rawValue: isEDM ? String(name.dropFirst(4)) : name) else {
      return nil
    }
    self.init(target, isEDM: isEDM)
  }

  /// The names by which expressions ask for the prediction; each is 1 or 0.
  var dimensions: Dimensions {
    [
      "velocity": .integer(target == .velocity ? 1 : 0),
      "edm": .integer(isEDM ? 1 : 0),
      "zero_snr": .integer(hasZeroTerminalSNR ? 1 : 0),
    ]
  }
}
