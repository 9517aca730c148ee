#if LIBFUZZER
  import CLibFuzzer
  import Glibc
  import Synchronization
  import WeftFuzz

  /// What libFuzzer, which leads here by the coverage of the readers' code, calls.
  private final class GuidedFuzzing: Sendable {
    static let shared = GuidedFuzzing()

    let mutator: Mutator
    private let examination: Mutex<Examination>

    private init() {
      do {
        let name = Self.variable("WEFT_FUZZ_TARGET") ?? ""
        guard let target = FuzzTargets.named(name) else { throw Finding("no target \(name)") }
        let seeds = try target.seeds()
        if let folder = Self.variable("WEFT_FUZZ_SEEDS") {
          for (index, bytes) in seeds.enumerated() {
            try SavedInput.save(bytes, to: "\(folder)/seed-\(index)")
          }
        }
        mutator = Mutator(target: target, seeds: seeds)
        let examination = try Examination(target, input: ScratchInput())
        self.examination = Mutex(examination)
      } catch {
        Self.stop("\(error)")
      }
    }

    func examine(_ bytes: [UInt8]) {
      examination.withLock { examination in
        do {
          _ = try examination.examine(bytes)
        } catch {
          Self.stop("\(error)")
        }
      }
    }

    private static func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }
    }

    /// A finding ends the process: libFuzzer then keeps the input.
    private static func stop(_ what: String) -> Never {
      let line = Array("FINDING: \(what)\n".utf8)
      write(STDERR_FILENO, line, line.count)
      abort()
    }
  }

  /// Called before anything else.
  @c(LLVMFuzzerInitialize)
  public func initialize(
    _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
  ) -> CInt {
    _ = GuidedFuzzing.shared
    return 0
  }

  /// Called with every input.
  @c(LLVMFuzzerTestOneInput)
  public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    GuidedFuzzing.shared.examine(Array(UnsafeBufferPointer(start: data, count: count)))
    return 0
  }

  /// Called to change an input in place; half of the changes are libFuzzer's own.
  @c(LLVMFuzzerCustomMutator)
  public func mutate(
    _ data: UnsafeMutablePointer<UInt8>?, _ count: Int, _ maximumCount: Int, _ seed: UInt32
  ) -> Int {
    var random = FuzzRandom(seed: UInt64(seed))
    guard let data, random.next() % 2 == 0 else {
      return LLVMFuzzerMutate(data, count, maximumCount)
    }
    var bytes = Array(UnsafeBufferPointer(start: data, count: count))
    GuidedFuzzing.shared.mutator.mutate(&bytes, &random)
    let result = min(bytes.count, maximumCount)
    // In bounds: the memory holds `maximumCount` bytes.
    let memory = UnsafeMutableBufferPointer(start: data, count: maximumCount)
    _ = memory.update(fromContentsOf: bytes.prefix(result))
    return result
  }
#endif
