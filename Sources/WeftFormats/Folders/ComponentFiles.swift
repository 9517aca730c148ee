/// The names of the weight files of a component in a diffusers folder.
///
/// Source: https://github.com/huggingface/diffusers/blob/v0.30.0/src/diffusers/models/modeling_utils.py
package struct ComponentFiles: Sendable, Hashable {
  /// The start of every name, such as `diffusion_pytorch_model`.
  package let stem: String
  /// The variant in every name, such as `fp16`, or nil.
  package let variant: String?

  /// The name of weights that are in one file, such as `model.fp16.safetensors`.
  package var single: String { "\(base).safetensors" }

  /// The name of the index of weights that are in several files, such as `model.safetensors.index.fp16.json`.
  package var index: String { "\(stem).safetensors.index\(suffix).json" }

  /// The name of one of several files, such as `model.fp16-00001-of-00003.safetensors`; the first has the number 1.
  package func shard(_ number: Int, of count: Int) -> String {
    "\(base)-\(Self.fiveDigits(number))-of-\(Self.fiveDigits(count)).safetensors"
  }

  private var suffix: String { variant.map { "." + $0 } ?? "" }
  private var base: String { stem + suffix }

  private static func fiveDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
  }
}

extension FormatLibrary {
  /// The names of a component's weight files, or nil for a component that has none.
  package func weightFiles(of component: String, variant: String? = nil) -> ComponentFiles? {
    weightStems[component].map { ComponentFiles(stem: $0, variant: variant) }
  }
}
