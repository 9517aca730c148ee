import Testing
import WeftFiles
import WeftKernels
import WeftTensors

@Suite("SHA-256, two at a time")
struct SHA256Tests {
  static let bytes: ByteSlice = {
    var generator = Generator(state: 256)
    return slice((0..<20_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
  }()

  private func hex(_ stream: SHA256Stream) -> String {
    stream.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test("the examples of the standard", arguments: [false, true])
  func standard(isDefining: Bool) {
    let examples = [
      "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ]
    for (text, digest) in examples {
      let stream = SHA256Stream(isDefining: isDefining)
      stream.update(slice(Array(text.utf8)))
      #expect(hex(stream) == digest)
    }
  }

  @Test("every length, alone or beside another, is what libcrypto gives", arguments: [false, true])
  func lengths(isDefining: Bool) {
    for length in 0...300 {
      let (one, other) = (
        SHA256Stream(isDefining: isDefining), SHA256Stream(isDefining: isDefining)
      )
      let first = Self.bytes[3..<3 + length]
      let second = Self.bytes[length..<2 * length + 70]
      SHA256Stream.update(one, first, other, second)
      #expect(hex(one) == SHA256.digest(first.array))
      #expect(hex(other) == SHA256.digest(second.array))
    }
  }

  @Test("pieces of any sizes give what the whole gives", arguments: [false, true])
  func pieces(isDefining: Bool) {
    var generator = Generator(state: 257)
    for largest in [1, 63, 64, 65, 200, 3000] as [UInt64] {
      let (one, other) = (
        SHA256Stream(isDefining: isDefining), SHA256Stream(isDefining: isDefining)
      )
      var (a, b) = (0, 0)
      while a < 9000 || b < 9000 {
        let nextA = min(9000, a + Int(generator.next() % (largest + 1)))
        let nextB = min(9000, b + Int(generator.next() % (largest + 1)))
        SHA256Stream.update(one, Self.bytes[a..<nextA], other, Self.bytes[b + 1000..<nextB + 1000])
        (a, b) = (nextA, nextB)
      }
      #expect(hex(one) == SHA256.digest(Self.bytes[0..<9000].array))
      #expect(hex(other) == SHA256.digest(Self.bytes[1000..<10_000].array))
    }
  }
}
