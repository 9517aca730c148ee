import WeftFiles
import WeftInference
import WeftKernels
import WeftNetworks
import WeftTensors

/// The files that a run writes; those that must not be written are refused before anything is computed.
struct PictureOutputs {
  /// The pictures' files.
  let paths: [String]
  private let options: PictureOptions
  private let inputs: [InputFile]

  /// Checks all of them.
  init(_ options: PictureOptions, inputs: [InputFile]) throws {
    (self.options, self.inputs) = (options, inputs)
    let files = options.files
    paths = files.outputs(count: options.sampling.batch)
    let all = paths + [files.saveLatents, files.saveSteps, files.preview].compactMap { $0 }
    if let twice = all.first(where: { path in all.count { $0 == path } > 1 }) {
      throw InferenceError(
        status: .usage, what: "two outputs have the same name", place: twice,
        advice: "give each its own")
    }
    for path in all {
      try OutputFile.check(path, replacing: options.work.force, inputs: inputs)
    }
  }

  /// Writes one picture with its texts.
  func write(_ picture: Picture, texts: [PictureFile.Text]) throws {
    try PictureFile(picture, texts: texts).write(
      to: paths[0], replacing: options.work.force, inputs: inputs,
      syncs: !options.work.noSync, quality: options.files.jpegQuality)
  }

  /// Writes the pictures with what they were made of, and latents that are to be kept.
  func write(
    _ pictures: [Picture], _ session: PictureSession, latents: [MadePicture], steps: LatentLog
  ) throws {
    let record = try PictureRecord(session, options)
    for (index, (path, picture)) in zip(paths, pictures).enumerated() {
      try PictureFile(picture, texts: record.texts(picture: index)).write(
        to: path, replacing: options.work.force, inputs: inputs,
        syncs: !options.work.noSync, quality: options.files.jpegQuality)
    }
    if let path = options.files.saveLatents {
      let all = Tensor.stacked(latents.map(\.latents))  // [N, C, h, w]
      try LatentFiles.write([("latents", Latents(all))], to: path, options.work, inputs: inputs)
    }
    if let path = options.files.saveSteps {
      let named = steps.steps.enumerated().map { (name: "latents.step\($0)", latents: $1) }
      try LatentFiles.write(named, to: path, options.work, inputs: inputs)
    }
  }
}
