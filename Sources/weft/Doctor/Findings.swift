import WeftFiles
import WeftKernels
import WeftTensors

/// What a machine offers.
struct Findings {
  /// A library, and what to do where it is missing.
  struct Library {
    let name: String
    /// What it is for.
    let purpose: String
    /// Nil when it is missing.
    let version: String?
    /// How to get it.
    let advice: String
  }

  /// A measured rate of products.
  struct Rate {
    let backend: String
    let precision: String
    /// Operations a second.
    let value: Double
  }

  /// The backend and precision that networks are best computed with.
  struct Choice {
    let backend: String
    let precision: String
    let reason: String
  }

  let threads: Int
  let set: FastInstructionSet
  let libraries: [Library]
  let rates: [Rate]
  /// Bytes a second.
  let copyRate: Double
  let choice: Choice

  /// Looks and measures, for about three seconds.
  init(threads: Int, _ set: FastInstructionSet) throws {
    (self.threads, self.set) = (threads, set)
    let hasFast = OneDNN.load(set)
    libraries = Self.libraries()
    copyRate = try MemoryRate.measure(threads: threads)
    var rates: [Rate] = []
    if let backend = try? ReferenceBackend(threads: threads) {
      let rate = try BackendRate.measure(backend)
      rates.append(Rate(backend: backend.name, precision: "f32", value: rate))
    }
    for precision in hasFast ? FastBackend.Precision.allCases : [] {
      // The layer that is measured has no path.
      let backend = try FastBackend(
        threads: threads, precision: precision, inputMaxima: ["": 1], set)
      let rate = try BackendRate.measure(backend)
      rates.append(Rate(backend: backend.name, precision: precision.rawValue, value: rate))
    }
    self.rates = rates
    choice = Self.choice(rates, set)
  }

  private static func libraries() -> [Library] {
    [
      Library(
        name: "OpenBLAS",
        purpose: "the reference backend, factoring, the second computation of verify",
        version: OpenBLAS.version, advice: OpenBLASMissing().advice),
      Library(
        name: "oneDNN", purpose: "the fast backend", version: OneDNN.version,
        advice: OneDNNMissing().advice),
      Library(
        name: "libzstd", purpose: "compressed files", version: FileLibraries.zstd, advice: ""),
      Library(name: "libcrypto", purpose: "hashes", version: FileLibraries.crypto, advice: ""),
    ]
  }

  /// The fast backend where it is there, in bfloat16 where that is measurably quicker.
  private static func choice(_ rates: [Rate], _ set: FastInstructionSet) -> Choice {
    func rate(_ precision: String) -> Double? {
      rates.first { $0.backend == "fast" && $0.precision == precision }?.value
    }
    guard let plain = rate("f32") else {
      return Choice(
        backend: "reference", precision: "f32",
        reason: OneDNN.isBuilt ? "oneDNN is missing" : "weft was built without oneDNN")
    }
    guard set.computesBFloat16, let narrow = rate("bf16"), narrow > plain * leastGain else {
      return Choice(
        backend: "fast", precision: "f32",
        reason: "the processor does not multiply bfloat16 more quickly than float32")
    }
    let gain = (narrow / plain * 10).rounded() / 10
    return Choice(
      backend: "fast", precision: "bf16",
      reason: "bfloat16 multiplies \(gain) times as quickly as float32, in half the memory")
  }

  /// What bfloat16 must gain to be worth its rounding.
  private static let leastGain = 1.2
}
