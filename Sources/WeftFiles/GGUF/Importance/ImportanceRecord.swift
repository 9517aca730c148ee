import WeftTensors

/// What was measured of the columns of weights, before it is divided: this is what files hold, and what adds up.
package struct ImportanceRecord: Sendable, Equatable {
  /// What was measured of one tensor.
  package struct Entry: Sendable, Equatable {
    /// The sums of squares, `[matrices, columns]`.
    package var sums: [Double]
    /// How many numbers each sum of a matrix is of, `[matrices]`.
    package var counts: [Double]
    /// In how many runs of the model.
    package var chunkCount: Int

    /// Takes the sums of one matrix or several.
    package init(sums: [Double], counts: [Double], chunkCount: Int) {
      (self.sums, self.counts, self.chunkCount) = (sums, counts, chunkCount)
    }

    /// The mean squares in single precision; those of a matrix that was never used are 1.
    var means: [Float] {
      let columnCount = sums.count / max(1, counts.count)
      return sums.enumerated().map { index, sum in
        let count = Float(counts[index / columnCount])
        return count > 0 ? Float(sum) / count : 1
      }
    }

    /// How many numbers a run gave.
    fileprivate var rowsPerChunk: Double { (counts.max() ?? 0) / Double(max(1, chunkCount)) }
  }

  /// The tensors by name.
  package var entries: [String: Entry]
  /// What the model ran on, in words.
  package var datasets: [String]
  /// Whether counts are of rows of activations, and not of runs alone, as the older kind of files has them.
  var countsRows = true

  /// Makes a record of rows.
  package init(entries: [String: Entry], datasets: [String]) {
    (self.entries, self.datasets) = (entries, datasets)
  }

  /// The most runs that a tensor was in.
  package var chunkCount: Int { entries.values.map(\.chunkCount).max() ?? 0 }

  /// The most rows that a run gave.
  var chunkSize: Int { Int((entries.values.map(\.rowsPerChunk).max() ?? 1).rounded(.up)) }

  /// The names in the order in which they are written: that of their bytes.
  var names: [String] { entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension ImportanceRecord {
  /// Reads a file of either kind, told by its content.
  ///
  /// - Throws: `ImportanceMatrixError` for what breaks a rule, `GGUFError` for a GGUF file that does.
  package static func read(_ path: String) throws -> ImportanceRecord {
    let file = try InputFile.open(path)
    let start = try file.bytes(0..<min(file.byteCount, GGUFHeader.magic.count))
    do {
      return start == GGUFHeader.magic
        ? try GGUFImportance.read(file) : try LegacyImportance.read(file)
    } catch let problem as ImportanceMatrixError.Problem {
      throw ImportanceMatrixError(path: path, problem: problem)
    }
  }

  /// Adds what another file measured of the same model, as llama.cpp's imatrix does with `--in-file`.
  ///
  /// The runs of an older kind of file count as many rows as those of this record.
  /// - Parameters:
  ///   - other: the record of the file.
  ///   - path: the file, for messages.
  /// - Throws: `ImportanceMatrixError` when a tensor has another number of columns.
  package mutating func add(_ other: ImportanceRecord, path: String) throws {
    for name in other.names {
      guard var added = other.entries[name] else { continue }
      let own = entries[name]
      if !other.countsRows {
        let rows = own?.rowsPerChunk ?? Double(chunkSize)
        added.sums = added.sums.map { $0 * rows }
        added.counts = added.counts.map { $0 * rows }
      }
      guard let own else {
        entries[name] = added
        continue
      }
      guard own.sums.count == added.sums.count, own.counts.count == added.counts.count else {
        throw ImportanceMatrixError(
          path: path,
          problem: .doesNotFit(tensor: name, count: added.sums.count, wanted: own.sums.count))
      }
      entries[name] = Entry(
        sums: zip(own.sums, added.sums).map { $0 + $1 },
        counts: zip(own.counts, added.counts).map { $0 + $1 },
        chunkCount: own.chunkCount + added.chunkCount)
    }
    datasets += other.datasets.filter { !datasets.contains($0) }
  }
}
