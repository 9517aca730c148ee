import ArgumentParser
import WeftFiles
import WeftFormats
import WeftInference
import WeftNetworks
import WeftTensors

/// One run of `weft grid`: the cells of a model are made together, so that it is loaded once.
struct GridJob {
  private let command: GridCommand
  private let plan: GridPlan
  private let sessions: [PictureSession]

  /// Opens the models of all cells; nothing is computed.
  init(_ command: GridCommand) throws {
    self.command = command
    let options = command.picture
    let former = try options.files.from.map { try FormerPicture($0) }
    var settings = try options.settings.completed(by: former?.settings ?? PictureSettings())
    if settings.seed == -1 { settings.seed = Int.random(in: 0...Int(UInt32.max)) }
    let axes = try command.axis.map { try GridAxis(argument: $0) }
    if !axes.contains(where: { $0.key == .prompt }) { try settings.requirePrompt() }
    plan = try GridPlan(axes, base: settings)
    sessions = try plan.cells.map { cell in
      try PictureSession(
        cell.model ?? command.model, options, cell.settings, adapterScale: cell.adapterScale)
    }
    try former?.warn(about: sessions[sessions.count - 1], options)
    guard plan.axes.contains(where: { $0.key == .adapterScale }) else { return }
    guard sessions.contains(where: { !$0.adapters.isEmpty }) else {
      throw ValidationError("an axis of adapter-scale needs an adapter: add --adapter PATH")
    }
  }

  /// Makes all pictures, and writes the sheet with those that could be made.
  func run() throws {
    let options = command.picture
    let outputs = try PictureOutputs(options, inputs: sessions.flatMap(\.files))
    let folder = try command.cells.map { try GridCellFolder($0, options, plan) }
    if !options.talk.quiet { Set(sessions.flatMap(\.notes)).sorted().forEach(Console.warn) }
    Interruption.endProgramCleanly()
    let progress = PictureProgress(options.talk, sessions[0].meter)
    var cells = [GridSheet.Cell](repeating: .message("not made"), count: sessions.count)
    var failure: (any ActionableError)?
    for group in groups {
      for (index, outcome) in try GridGroup(group, sessions, options, progress).pictures() {
        switch outcome {
        case .success(let picture):
          cells[index] = .picture(picture)
          try folder?.write(picture, of: sessions[index], place: plan.cells[index].place)
        case .failure(let error):
          cells[index] = .message(error.what)
          failure = failure ?? error
        }
      }
    }
    progress.finish()
    let record = try PictureRecord(sessions[0], options)
    try outputs.write(
      try sheet(cells), texts: [PictureFile.Text("weft-grid", json(record).compactText)])
    GridReport(outputs: outputs, plan: plan, progress: progress).show(options.talk)
    if let failure { throw failure }
  }

  /// The places of cells that one loaded model makes, in the order of their first.
  private var groups: [[Int]] {
    var order: [String] = []
    var places: [String: [Int]] = [:]
    for (index, session) in sessions.enumerated() {
      if places[session.variant] == nil { order.append(session.variant) }
      places[session.variant, default: []].append(index)
    }
    return order.compactMap { places[$0] }
  }

  private func sheet(_ cells: [GridSheet.Cell]) throws -> Picture {
    let library = sessions[0].library
    let (columns, rows, tables) = plan.size
    func axis(_ index: Int) -> GridSheet.Axis {
      index < plan.axes.count
        ? GridSheet.Axis(plan.axes[index].title, plan.labels(index)) : GridSheet.Axis("", [""])
    }
    let sheet = GridSheet(
      title: command.title ?? plan.title, note: note, rows: axis(1), columns: axis(0),
      tables: (0..<tables).map { table in
        let title =
          plan.axes.count > 2 ? "\(plan.axes[2].title): \(plan.labels(2)[table])" : ""
        return GridSheet.Table(
          title,
          rows: (0..<rows).map { row in
            let start = (table * rows + row) * columns
            return Array(cells[start..<start + columns])
          })
      }, scaling: command.sameHeight ? .equalHeight() : .pixels)
    return try sheet.drawn(
      Typeface(try library.typeface("sans")), Typeface(try library.typeface("sans-bold")))
  }

  /// What is the same in all cells.
  private var note: String {
    let settings = sessions[0].settings
    let varied = Set(plan.axes.map(\.key))
    let all: [(GridAxis.Key, String?)] = [
      (.seed, settings.seed.map { "seed \($0)" }), (.steps, settings.steps.map { "\($0) steps" }),
      (.cfgScale, settings.guidance.map { "CFG scale \(GenerationParameters.number($0))" }),
      (.sampler, settings.sampler), (.schedule, settings.schedule),
      (.model, ResourceHash.name(of: command.model)),
    ]
    return all.filter { !varied.contains($0.0) }.compactMap(\.1).joined(separator: " · ")
  }

  private func json(_ record: PictureRecord) -> JSONValue {
    .object([
      "version": .string(Version.text),
      "axes": .array(
        plan.axes.map {
          .object([
            "key": .string($0.key.rawValue), "values": .array($0.values.map { .string($0) }),
          ])
        }),
      "first": record.json(picture: 0),
      "cells": .array(
        zip(plan.cells, sessions).map { cell, session in
          .object([
            "column": .integer(cell.place.column), "row": .integer(cell.place.row),
            "table": .integer(cell.place.table), "settings": session.settings.json,
            "adapter_scale": cell.adapterScale.map { .number($0) },
            "model": cell.model.map { .string(ResourceHash.name(of: $0)) },
          ])
        }),
    ])
  }
}
