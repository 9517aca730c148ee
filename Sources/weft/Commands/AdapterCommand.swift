import ArgumentParser

/// The commands that make adapters of adapters.
struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Merge adapters into one, or write one under other names or as another family.",
    subcommands: [AdapterMergeCommand.self, AdapterConvertCommand.self])
}
