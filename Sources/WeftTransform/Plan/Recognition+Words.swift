package import WeftFormats

extension Recognition {
  /// What the input is, for a sentence such as "this is ...".
  package var words: String {
    if let title { return title }
    switch kind {
    case .unknown: return "a file of tensors that weft does not know"
    case .adapter: return "an adapter"
    case .embedding: return "an embedding"
    case .taesd: return "a tiny autoencoder"
    case .clipVision: return "a CLIP image encoder"
    case .ipAdapter: return "an IP-Adapter" + (architecture.map { " of \($0.id)" } ?? "")
    default: return "a \(kind.rawValue)" + (architecture.map { " of \($0.id)" } ?? "")
    }
  }

  /// What to do with the input where an adapter is wanted.
  var adviceForNoAdapter: String {
    if let belongs { return belongs }
    return switch kind {
    case .controlnet, .t2iAdapter: "it is used beside the model, with a picture that guides it"
    case .ipAdapter, .clipVision:
      "it stays beside the model: load it in the program that makes the pictures"
    case .vae: "put it into the model with --vae"
    default: "give an adapter, such as a LoRA or a ResAdapter"
    }
  }
}

extension Recognition.Binding {
  /// The canonical tensors that a tensor of a model holds; none for other tensors.
  var slices: [CanonicalSlice] {
    if case .model(let slices) = self { slices } else { [] }
  }

  /// Why a tensor is no weight of the model; nil for the others.
  var auxiliaryReason: String? {
    if case .auxiliary(let reason) = self { reason } else { nil }
  }
}
