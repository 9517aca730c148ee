/// Numbers in the syntax of engines' arrays, such as `3,17,40-44`.
package enum IndexRanges {
  /// The text of sorted numbers; runs of three and more are joined.
  package static func text(_ indices: [Int]) -> String {
    var parts: [String] = []
    var run: ClosedRange<Int>?
    func end() {
      guard let run else { return }
      parts +=
        run.count > 2 ? ["\(run.lowerBound)-\(run.upperBound)"] : run.map(String.init)
    }
    for index in indices {
      if let last = run, index == last.upperBound + 1 {
        run = last.lowerBound...index
      } else {
        end()
        run = index...index
      }
    }
    end()
    return parts.joined(separator: ",")
  }
}
