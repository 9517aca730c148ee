/// How diffusers spreads the steps over the timesteps.
///
/// Source: https://arxiv.org/abs/2305.08891, table 2
package enum TimestepSpacing: String, Sendable, CaseIterable {
  /// From the first timestep up by a whole distance, so that the last is not reached.
  case leading
  /// Between both ends.
  case linspace
  /// From the last timestep down.
  case trailing

  /// The timesteps of steps that each end where the next one begins, the noisiest first, rounded to whole ones.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_ddim.py
  func timesteps(_ count: Int, of total: Int, offset: Int) -> [Double] {
    evenTimesteps(count, of: total, offset: offset).map { $0.rounded(.toNearestOrEven) }
  }

  /// As diffusers' Euler family has them: those between both ends need not be whole.
  ///
  /// A single step between both ends begins at the last timestep; diffusers' begins at 0, where no noise is left.
  func evenTimesteps(_ count: Int, of total: Int, offset: Int) -> [Double] {
    let (steps, last) = (Double(count), Double(total - 1))
    return (0..<count).reversed().map { index in
      switch self {
      case .leading: Double(index * (total / count) + offset)
      case .linspace: count == 1 ? last : Double(Float(Double(index) * (last / (steps - 1))))
      case .trailing: trailing(count - 1 - index, count, total)
      }
    }
  }

  /// As diffusers' DPM-Solver, UniPC and DEIS have them: as if there were one more step, at the end.
  ///
  /// Source: https://github.com/huggingface/diffusers/blob/v0.42.1/src/diffusers/schedulers/scheduling_dpmsolver_multistep.py
  func solverTimesteps(_ count: Int, of total: Int, offset: Int) -> [Double] {
    (1...count).reversed().map { index in
      switch self {
      case .leading: Double(index * (total / (count + 1)) + offset)
      case .linspace:
        (Double(index) * (Double(total - 1) / Double(count))).rounded(.toNearestOrEven)
      case .trailing: trailing(count - index, count, total)
      }
    }
  }

  private func trailing(_ index: Int, _ count: Int, _ total: Int) -> Double {
    (Double(total) - Double(index) * (Double(total) / Double(count))).rounded(.toNearestOrEven) - 1
  }
}
