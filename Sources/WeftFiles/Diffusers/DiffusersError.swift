package import WeftTensors

/// A folder that is not a diffusers model, or not a complete one.
package struct DiffusersError: ActionableError, Equatable {
  /// What is wrong with the folder.
  package enum Problem: Sendable, Equatable {
    /// There is neither an index nor weights in it.
    case notAModel
    /// None of its components holds weights.
    case noWeights
    /// A component of the index has no folder.
    case missingComponent(String)
    /// A component's name leads out of the folder.
    case componentOutside(String)
    /// A component has several variants and no plain weights.
    case severalVariants(String)
    /// A component has only a variant of pickled weights.
    case onlyPickled(String)
  }

  /// The folder.
  package let path: String
  /// What is wrong with it.
  package let problem: Problem

  /// A folder that is no model is unreadable; an incomplete or odd one is malformed.
  package var status: ExitStatus { problem == .notAModel ? .noInput : .badData }

  /// What is wrong.
  package var what: String {
    switch problem {
    case .notAModel: "this folder holds no diffusers model"
    case .noWeights: "no component of this folder holds weights"
    case .missingComponent(let name): "the index lists \"\(name)\", but there is no such folder"
    case .componentOutside(let name): "the component \"\(name)\" lies outside the folder"
    case .severalVariants(let titles): "there are several variants and no plain weights: \(titles)"
    case .onlyPickled(let name): "the weights are a Python pickle: \(name)"
    }
  }

  /// The folder.
  package var place: String? { path }

  /// What to do next.
  package var advice: String {
    switch problem {
    case .notAModel: "give a model file or the folder with model_index.json"
    case .noWeights, .missingComponent: "complete the download"
    case .componentOutside: "get the model again from its source"
    case .severalVariants: "give the component's file itself"
    case .onlyPickled: "give the component's file itself, or get the model with safetensors weights"
    }
  }
}
