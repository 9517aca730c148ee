import WeftFiles
import WeftRecipes
import WeftTensors
import WeftTransform

/// What decides the products of a task beside the content of its model, as short hashes: equal keys and equal contents give
/// equal bytes.
package struct RecipeKeys: Sendable {
  /// Hashes of the files beside the model (adapters, VAEs, matrices), by the paths that the pipeline names them by.
  private let sideFiles: [String: String]

  /// Takes the hashes of the files beside the model.
  package init(sideFiles: [String: String]) { self.sideFiles = sideFiles }

  /// The key of every output of every pass.
  package func keys(of recipe: TaskRecipe) -> [[String]] {
    var keys: [[String]] = []
    for pass in recipe.passes {
      let source: String =
        switch pass.source {
        case .input: "input"
        case .pass(let index): keys[index].first ?? ""
        }
      keys.append(pass.outputs.map { key(of: pass, $0, source: source) })
    }
    return keys
  }

  /// The key of a proof of an output.
  package func key(of proof: TaskRecipe.Proof, output key: String) -> String {
    hash([
      "proof": .string(proof.verification.level),
      "tolerance": proof.verification.tolerance.map(JSONValue.number), "of": .string(key),
    ])
  }

  /// The key of a report about products.
  package func key(of report: TaskRecipe.Report, products keys: [String]) -> String {
    hash([
      "report": .string(report.step), "json": .bool(report.json != nil),
      "html": .bool(report.html != nil), "of": .strings(keys),
    ])
  }

  /// The key of the scan.
  package var scanKey: String { hash(["scan": .integer(1)]) }

  private func key(of pass: ModelPass, _ output: ModelPass.Output, source: String) -> String {
    hash([
      "source": .string(source), "container": .string(pass.container.rawValue),
      "form": value(pass.form), "fuse": pass.fuse.map { value($0, variant: output.number) },
    ])
  }

  private func hash(_ members: KeyValuePairs<String, JSONValue?>) -> String {
    let value = JSONValue.object([
      "revision": .integer(NumericRevision.current), "what": .object(members),
    ])
    return String(SHA256.digest(Array(value.canonical.compactText.utf8)).prefix(Self.digitCount))
  }

  /// Enough that no two recipes share a key by chance.
  private static let digitCount = 24
}

extension RecipeKeys {
  private func file(_ path: String?) -> JSONValue? {
    path.map { .string(sideFiles[$0] ?? $0) }
  }

  private func value(_ form: PipelineForm) -> JSONValue {
    JSONValue.object([
      "dtype": form.dtype.map(JSONValue.string), "layout": form.layout.map(JSONValue.string),
      "vae": file(form.vae), "averages": form.averages.map { .string($0.rawValue) },
      "prune": form.isPruned.map(JSONValue.bool),
      "allow_unmatched": .strings(form.allowedUnmatched),
      "component": form.component.map(JSONValue.string),
      "max_shard_size": form.maximumShardByteCount.map(JSONValue.integer),
      "quantization": form.quantization.map(value),
    ])
  }

  private func value(_ quantization: RecipeQuantization) -> JSONValue {
    JSONValue.object([
      "type": .string(quantization.type), "rules": .strings(quantization.rules),
      "encoder": .string(quantization.encoder),
      "policy": quantization.policy.map(JSONValue.string), "imatrix": file(quantization.imatrix),
      "requantize": .bool(quantization.requantizes), "saturate": .bool(quantization.saturates),
      "chosen": .object(
        quantization.chosen.map { JSONValue.Member($0.key, .string($0.value)) }),
    ])
  }

  private func value(_ fuse: JoinedFuse, variant: Int) -> JSONValue {
    let sweep = fuse.sweep.map { sweep in
      "\(sweep.0.key.rawValue) \(sweep.adapters) \(sweep.0.place ?? 1) \(sweep.0.values[variant])"
    }
    return JSONValue.object([
      "norm": .string(fuse.normMode.rawValue), "alpha_zero": .string(fuse.alphaZero.rawValue),
      "norm_base": file(fuse.normBase), "tlora_base": file(fuse.tloraBase),
      "sweep": sweep.map(JSONValue.string), "adapters": .array(fuse.adapters.map(value)),
    ])
  }

  private func value(_ adapter: RecipeAdapter) -> JSONValue {
    JSONValue.object([
      "file": file(adapter.path), "unet": .number(adapter.unetScale),
      "te": .number(adapter.textEncoderScale), "norm": .number(adapter.normWeight),
      "lbw": adapter.blockWeights.map(JSONValue.string),
      "lbw_rest": adapter.blockRest.map(JSONValue.number),
      "lbw_resadapter": .bool(adapter.weighsResAdapter),
    ])
  }
}
