import Synchronization
import WeftFiles
import WeftKernels
import WeftTensors

/// A hash of a model's tensors that does not depend on their order, the container or the metadata.
///
/// It is the SHA-256 of the line `weft-content-v1` and, for each tensor in the order of the names' UTF-8 bytes, a line
///
///     DIGEST DTYPE [SHAPE] LENGTH:NAME
///
/// DIGEST is the SHA-256 of the tensor's row-major, little-endian bytes in lower-case hexadecimal digits, DTYPE the
/// type as safetensors spells it, SHAPE the dimensions joined by commas, LENGTH the number of bytes of NAME. Every
/// line ends in a line feed. The length makes a name with a line feed in it unambiguous. In Python:
///
///     import hashlib, json, sys
///     file = open(sys.argv[1], "rb")
///     start = 8 + int.from_bytes(file.read(8), "little")
///     header = json.loads(file.read(start - 8))
///     total = hashlib.sha256(b"weft-content-v1\n")
///     for name in sorted(header.keys() - {"__metadata__"}, key=str.encode):
///         dtype, shape, (begin, end) = (header[name][key] for key in ("dtype", "shape", "data_offsets"))
///         file.seek(start + begin)
///         digest = hashlib.sha256(file.read(end - begin)).hexdigest()
///         total.update(f"{digest} {dtype} [{','.join(map(str, shape))}] {len(name.encode())}:{name}\n".encode())
///     print(total.hexdigest())
enum ContentHash {
  /// The hash of tensors whose own digests are known, in the same order.
  static func digest(_ infos: [TensorInfo], digests: [[UInt8]]) -> String {
    let hash = SHA256()
    hash.update(Array("weft-content-v1\n".utf8))
    let sorted = zip(infos, digests).sorted {
      $0.0.name.utf8.lexicographicallyPrecedes($1.0.name.utf8)
    }
    for (info, digest) in sorted {
      let shape = info.shape.dimensions.map(String.init).joined(separator: ",")
      let line =
        "\(HexText.of(digest)) \(info.dtype.rawValue) [\(shape)] \(info.name.utf8.count):\(info.name)\n"
      hash.update(Array(line.utf8))
    }
    return hash.finish()
  }

  /// The hash of a model of any container, read tensor by tensor.
  static func of(
    _ model: Checkpoint, threads: Int, progress: @Sendable (Int) throws -> Void
  ) throws -> String {
    let tensors = model.tensors
    // The largest first, so that no thread is left with it at the end.
    let order = tensors.indices.sorted { tensors[$1].info.byteCount < tensors[$0].info.byteCount }
    let digests = Mutex([[UInt8]](repeating: [], count: tensors.count))
    let buffers = (0..<threads).map { _ in ByteBuffer(byteCount: pieceByteCount, isZeroed: false) }
    try Parallel.run(threads: threads, count: order.count) { worker, item in
      let tensor = tensors[order[item]]
      let digest = try digest(of: tensor, through: buffers[worker], progress: progress)
      digests.withLock { $0[order[item]] = digest }
    }
    return digest(tensors.map(\.info), digests: digests.withLock { $0 })
  }

  private static let pieceByteCount = 1 << 20

  private static func digest(
    of tensor: Checkpoint.Tensor, through buffer: ByteBuffer,
    progress: (Int) throws -> Void
  ) throws -> [UInt8] {
    let stream = SHA256Stream()
    for offset in stride(from: 0, to: tensor.info.byteCount, by: pieceByteCount) {
      let piece = buffer.all.prefix(min(pieceByteCount, tensor.info.byteCount - offset))
      try tensor.read(at: offset, into: piece)
      stream.update(piece)
      try progress(piece.byteCount)
    }
    return stream.finish()
  }
}
