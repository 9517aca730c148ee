import ArgumentParser
import WeftFiles
import WeftInference

/// Makes a labelled sheet of pictures that differ in some settings.
struct GridCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grid",
    abstract: "Make a labelled sheet of pictures that differ in one to three settings.",
    discussion: """
      Each --axis is a setting and its values: the first goes from left to right, the second from top to bottom, the third \
      from table to table. The networks of a model are loaded once for all of its pictures. All other options are those of \
      txt2img; the sheet carries the settings of its cells.

      What a ResAdapter does at sizes that a model was not made for:

        weft grid model.safetensors --adapter resadapter/ --prompt "a castle" \\
          --axis adapter-scale=0,1 --axis size=256x256,512x512,768x768,1024x512 -o castle.png
      """)

  @Argument(help: "The model; an axis of models may name others.")
  var model: String

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A setting and its values; one to three times.",
      discussion: """
        The settings are \(GridAxis.Key.allCases.map(\.rawValue).joined(separator: ", ")). Values have commas between; \
        those with commas in them go in quotes. Numbers may be FIRST:LAST:STEP. At an adapter-scale of 0 adapters are left out.
        """, valueName: "key=values"))
  var axis: [String] = []

  @Option(
    help: ArgumentHelp("Write every picture by itself, too, into this folder.", valueName: "folder")
  )
  var cells: String?

  @Flag(help: "Show all pictures at the same height instead of pixel by pixel.")
  var sameHeight = false

  @Option(
    help: ArgumentHelp("What stands above the sheet (default: the prompt).", valueName: "text"))
  var title: String?

  @OptionGroup var picture: PictureOptions

  func validate() throws {
    guard picture.sampling.batch == 1 else {
      throw ValidationError(
        "a grid has one picture a cell: use --axis seed=... in the place of --batch")
    }
    let files = picture.files
    guard files.saveLatents == nil, files.saveSteps == nil, files.latents == nil,
      files.preview == nil
    else {
      throw ValidationError(
        "--save-latents, --save-steps, --latents and --preview are for one picture")
    }
    _ = try axis.map { try GridAxis(argument: $0) }
  }

  func run() throws { try GridJob(self).run() }
}
