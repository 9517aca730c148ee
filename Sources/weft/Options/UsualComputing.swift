import ArgumentParser
import WeftKernels

/// What a command computes with unless something else is asked for.
protocol UsualComputing {
  /// What computes.
  static var backend: BackendChoice { get }
  /// The type that the fast backend computes in.
  static var precision: ComputingPrecision { get }
}

/// The judge's way.
enum ExactComputing: UsualComputing {
  static let backend = BackendChoice.reference
  static let precision = ComputingPrecision.f32
}

/// The quickest way that this program has.
enum QuickComputing: UsualComputing {
  static let backend: BackendChoice = OneDNN.isBuilt ? .fast : .reference
  static let precision: ComputingPrecision = OneDNN.isBuilt ? .bf16 : .f32
}

/// The values of `--weights`.
enum WeightForm: String, ExpressibleByArgument, CaseIterable {
  case expand, keep
}

/// The values of `--backend`.
enum BackendChoice: String, ExpressibleByArgument, CaseIterable {
  case reference, fast

  /// Those that weft was built with.
  static var allCases: [BackendChoice] { OneDNN.isBuilt ? [.reference, .fast] : [.reference] }
}

/// The values of `--precision`.
enum ComputingPrecision: String, ExpressibleByArgument, CaseIterable {
  case f32, bf16, int8

  /// Those that a backend of this program computes in.
  static var allCases: [ComputingPrecision] { OneDNN.isBuilt ? [.f32, .bf16, .int8] : [.f32] }

  /// The backend's own.
  var fast: FastBackend.Precision {
    switch self {
    case .f32: .f32
    case .bf16: .bf16
    case .int8: .int8
    }
  }

  /// The name in the table of tolerances; nil for what makes no difference.
  var tolerated: String? {
    switch self {
    case .f32: nil
    case .bf16: "bf16 activations"
    case .int8: "int8 activations"
    }
  }
}
