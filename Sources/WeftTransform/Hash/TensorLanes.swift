import WeftKernels
import WeftTensors

/// A part of a tensor that lies in a block.
struct HashPiece: Sendable {
  let stream: SHA256Stream
  let slice: ByteSlice
}

/// Two queues of pieces of different tensors, which are hashed beside each other.
struct TensorLanes: Sendable {
  private(set) var first: [HashPiece] = []
  private(set) var second: [HashPiece] = []
  private var firstByteCount = 0
  private var secondByteCount = 0

  var byteCount: Int { firstByteCount + secondByteCount }

  /// Adds a piece to the shorter queue.
  mutating func add(_ piece: HashPiece) {
    if firstByteCount <= secondByteCount {
      first.append(piece)
      firstByteCount += piece.slice.byteCount
    } else {
      second.append(piece)
      secondByteCount += piece.slice.byteCount
    }
  }

  /// Distributes pieces of different tensors over so many pairs of queues, evenly.
  static func distribute(_ pieces: [HashPiece], over count: Int) -> [TensorLanes] {
    var lanes = [TensorLanes](repeating: TensorLanes(), count: count)
    for piece in pieces.sorted(by: { $1.slice.byteCount < $0.slice.byteCount }) {
      let least = lanes.indices.min { lanes[$0].byteCount < lanes[$1].byteCount }
      if let least { lanes[least].add(piece) }
    }
    return lanes.filter { $0.byteCount > 0 }
  }

  /// Feeds every stream its piece, both queues at a time.
  func hash() {
    var (a, b) = (Queue(first), Queue(second))
    while let one = a.current, let other = b.current {
      let count = min(one.slice.byteCount, other.slice.byteCount)
      SHA256Stream.update(
        one.stream, one.slice.prefix(count), other.stream, other.slice.prefix(count))
      a.advance(by: count)
      b.advance(by: count)
    }
    for rest in [a, b] { rest.hashAll() }
  }

  /// A queue in the middle of its work.
  private struct Queue {
    private let pieces: [HashPiece]
    private var index = 0
    private var offset = 0

    init(_ pieces: [HashPiece]) { self.pieces = pieces }

    /// What is left of the piece in front.
    var current: HashPiece? {
      guard index < pieces.count else { return nil }
      let piece = pieces[index]
      return HashPiece(stream: piece.stream, slice: piece.slice[offset..<piece.slice.byteCount])
    }

    mutating func advance(by count: Int) {
      offset += count
      if offset == pieces[index].slice.byteCount { (index, offset) = (index + 1, 0) }
    }

    func hashAll() {
      var rest = self
      while let piece = rest.current {
        piece.stream.update(piece.slice)
        rest.advance(by: piece.slice.byteCount)
      }
    }
  }
}
