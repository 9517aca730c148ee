/// Changes files in several ways at once: as bytes, and as what they are.
package struct Mutator: Sendable {
  private let target: any FuzzTarget
  private let seeds: [[UInt8]]

  /// Takes a format and the valid files that parts are taken from.
  package init(target: any FuzzTarget, seeds: [[UInt8]]) {
    self.target = target
    self.seeds = seeds
  }

  /// Makes one to four changes.
  package func mutate(_ bytes: inout [UInt8], _ random: inout FuzzRandom) {
    for _ in 0...random.below(random.isOne(in: 4) ? 4 : 1) {
      if random.isOne(in: 4) {
        let other = random.element(of: seeds) ?? []
        ByteMutation.mutate(&bytes, other: other, &random)
      } else {
        target.mutate(&bytes, &random)
      }
    }
  }
}
