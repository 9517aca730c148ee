import Foundation
import Testing
import WeftFiles

@Suite("The hash of samples")
struct SampleHashTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A safetensors file of two tensors, the first of `count` zeros but for one byte.
  private func write(_ name: String, count: Int, at place: Int? = nil, tail: UInt8 = 0) throws
    -> String
  {
    let header =
      #"{"a":{"dtype":"U8","shape":[\#(count)],"data_offsets":[0,\#(count)]},"#
      + #""b":{"dtype":"U8","shape":[100],"data_offsets":[\#(count),\#(count + 100)]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var data = [UInt8](repeating: 0, count: count + 100)
    if let place { data[place] = 1 }
    data[count] = tail
    let length = (0..<8).map { UInt8(truncatingIfNeeded: padded.utf8.count >> ($0 * 8)) }
    let path = scratch[name]
    try Data(length + Array(padded.utf8) + data).write(to: URL(fileURLWithPath: path))
    return path
  }

  private func hash(_ path: String) throws -> String {
    try #require(try Checkpoint.open(path).sampleHashes().first)
  }

  @Test("equal files have equal hashes, whatever they are called")
  func equality() throws {
    let (one, two) = (try write("one", count: 5_000_000), try write("two", count: 5_000_000))
    #expect(try hash(one) == hash(two))
    #expect(try hash(one).utf8.count == 64)
  }

  @Test("models of the same shapes and other values are told apart, however small or large")
  func difference() throws {
    for count in [1, 1000, 5_000_000] {
      let plain = try hash(write("plain", count: count))
      #expect(try hash(write("last", count: count, at: count + 99)) != plain)
      #expect(try hash(write("first", count: count, at: 0)) != plain)
      #expect(try hash(write("second tensor", count: count, tail: 7)) != plain)
    }
    let middle = try hash(write("small", count: 100_000, at: 54_321))
    #expect(try hash(write("small too", count: 100_000)) != middle)
  }
}
