import Foundation
import Testing

@Suite("weft doctor")
struct DoctorTests {
  @Test("tells the machine's facts and measured rates in a few seconds")
  func facts() throws {
    let start = ContinuousClock.now
    let json = try Tool.run("doctor", "--json", "--threads", "1").json()
    // Three seconds on a quiet machine; tests run side by side.
    #expect(ContinuousClock.now - start < .seconds(30))
    let memory = try #require(json["memory"] as? [String: Any])
    #expect((memory["total_bytes"] as? Int ?? 0) >= (memory["available_bytes"] as? Int ?? .max))
    let processor = try #require(json["processor"] as? [String: Any])
    #expect((processor["cores"] as? Int ?? 0) > 0 && processor["threads"] as? Int == 1)
    let libraries = try #require(json["libraries"] as? [[String: Any]])
    let names = libraries.compactMap { $0["name"] as? String }
    #expect(names == ["OpenBLAS", "oneDNN", "libzstd", "libcrypto"])
    let rates = try #require(json["rates"] as? [[String: Any]])
    #expect(!rates.isEmpty)
    // The slowest processor that runs Swift does more than a hundred million operations a second.
    #expect(rates.allSatisfy { ($0["operations_per_second"] as? Int ?? 0) > 100_000_000 })
    #expect((json["copy_bytes_per_second"] as? Int ?? 0) > 10_000_000)
    let choice = try #require(json["choice"] as? [String: Any])
    let computers = rates.compactMap { $0["backend"] as? String }
    #expect(computers.contains(choice["backend"] as? String ?? ""))
  }

  @Test("names what is missing for people, and the best choice")
  func text() throws {
    let result = try Tool.run("doctor")
    #expect(result.status == 0 && result.errors.isEmpty)
    for word in ["processor", "OpenBLAS", "kernels", "--backend", "GFLOP/s"] {
      #expect(result.output.contains(word), "\(word)")
    }
  }

  @Test("obeys the limit of the fast backend's instructions")
  func limit() throws {
    let result = try Tool.run(["doctor", "--json"], environment: ["WEFT_ISA": "scalar"])
    let json = try result.json()
    #expect((json["kernels"] as? [String: Any])?["fast"] as? String == "scalar")
    #expect((json["choice"] as? [String: Any])?["precision"] as? String == "f32")
  }
}
