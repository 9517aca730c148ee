import WeftTensors

/// The knowledge in `formats/`: architectures, layouts, naming schemes and adapter families.
package struct FormatLibrary: Sendable {
  /// A file of the library.
  package typealias File = (path: String, bytes: [UInt8])

  /// The architectures, each after the one that it is like.
  package let architectures: [Architecture]
  /// The layouts of whole models, in the order in which they are looked for.
  package let layoutIDs: [String]
  /// The naming schemes of adapters.
  package let schemes: [NamingScheme]
  /// The ways in which adapters are written.
  package let spellings: [AdapterSpelling]
  /// What programs read of adapters.
  package let programs: [AdapterProgram]
  /// The adapter families, the most particular first.
  package let families: [AdapterFamily]
  /// What the functions and classes that pickles name can do.
  package let pickleNames: PickleNames
  /// The methods of checkpoint merging, by name.
  package let mergeMethods: [MergeMethod]
  /// The named curves of block weights: numbers for the 26 blocks of SD1.x.
  package let mergePresets: [String: [Double]]
  /// The JSON schema of recipes, as text.
  package let recipeSchema: String
  /// The JSON schema of pipelines of many models, as text.
  package let pipelineSchema: String
  /// The types that tensors can be quantised to.
  package let quantTypes: [QuantType]
  /// The ways to store small elements with scales beside them, by name.
  package let scaledFormats: [ScaledFormat]
  /// The types that a search for a size or an error tries, by container.
  package let quantCandidates: [QuantCandidates]
  /// What is quantised for which reader, by name.
  package let quantPolicies: [QuantPolicy]
  /// How far types take values apart.
  package let tolerances: ToleranceTable
  /// The prompts that networks are compared with.
  package let samplePrompts: SamplePrompts
  /// The prompts that models are calibrated with.
  package let calibrationPrompts: SamplePrompts
  /// The samplers that people name.
  package let samplers: [SamplerDescription]
  /// The ways to choose noise levels that people name.
  package let schedules: [ScheduleDescription]
  /// The engines that run workers on many machines, by name.
  package let engines: [Engine]
  let auxiliary: [NamedReason]
  let leftovers: [NamedReason]
  let otherKinds: [OtherKind]
  let blocks: BlockBook
  let strangers: [Stranger]
  let pipelines: [String: Pipeline]
  let weightStems: [String: String]
  let vocabularySources: [String: VocabularySource]
  let typefaces: [String: TypefaceSource]

  /// Reads the files that are compiled in, with those of `overlay` in the place of or beside them.
  package init(overlay: [File] = []) throws(FormatError) {
    var files: [String: JSONValue] = [:]
    var texts: [String: [UInt8]] = [:]
    for file in Self.embeddedFiles() + overlay {
      // The schemas are for other programs, which parse them; here that would be time lost.
      if [".txt", ".png", ".schema.json"].contains(where: { file.path.hasSuffix($0) }) {
        texts[file.path] = file.bytes
      } else {
        files[file.path] = try Self.parse(file)
      }
    }
    try self.init(files: files, texts: texts)
  }

  /// The library that is compiled in.
  package static func embedded() throws(FormatError) -> FormatLibrary { try FormatLibrary() }

  /// The architecture of a name, or nil.
  package func architecture(_ id: String) -> Architecture? {
    architectures.first { $0.id == id }
  }

  /// The merge method of a name, or nil.
  package func mergeMethod(_ id: String) -> MergeMethod? { mergeMethods.first { $0.id == id } }

  /// The type of a name in any case, or nil.
  package func quantType(_ name: String) -> QuantType? {
    let name = name.lowercased()
    return quantTypes.first { $0.name == name }
  }

  /// The family of a name, or nil.
  package func family(_ id: String) -> AdapterFamily? { families.first { $0.id == id } }

  /// The model that a module's spelling is of when it is none that is known here; nil for other spellings.
  package func stranger(spelling stem: String) -> String? {
    strangers.first { $0.glob.matches(stem) }?.title
  }

  private static func parse(_ file: File) throws(FormatError) -> JSONValue {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: file.bytes)
    } catch {
      throw .malformed(file: file.path, what: "the file is not JSON: \(error)")
    }
    guard value["source"]?.text != nil else {
      throw .malformed(file: file.path, what: "the file names no 'source'")
    }
    return value
  }
}

extension FormatLibrary {
  private init(files: [String: JSONValue], texts: [String: [UInt8]]) throws(FormatError) {
    var folders = FormatFolders(files: files, texts: texts)
    let schemas = try folders.schemas()
    let maps = try folders.keyMaps()
    let layouts = try folders.layouts(maps)
    layoutIDs = layouts.map(\.id)
    architectures = try folders.architectures(
      schemas, maps, Dictionary(uniqueKeysWithValues: layouts.map { ($0.id, $0.places) }))
    schemes = try folders.schemes()
    spellings = try folders.spellings()
    programs = try folders.programs()
    families = try folders.families()
    auxiliary = try folders.reasons("auxiliary.json", key: "tensors")
    leftovers = try folders.reasons("leftovers.json", key: "leftovers")
    otherKinds = try folders.otherKinds()
    blocks = try BlockBook(folders.folder("blocks"))
    strangers = try folders.strangers()
    pipelines = try folders.pipelines()
    weightStems = try folders.weightStems()
    vocabularySources = try folders.vocabularySources()
    typefaces = try folders.typefaces()
    pickleNames = try folders.pickleNames()
    tolerances = try folders.tolerances()
    samplePrompts = try folders.samplePrompts("verify/prompts.json")
    calibrationPrompts = try folders.samplePrompts("calibration/prompts.json")
    mergeMethods = try folders.mergeMethods()
    mergePresets = blocks.mergePresets
    scaledFormats = try folders.scaledFormats()
    quantTypes = try folders.quantTypes(scaledFormats)
    quantCandidates = try folders.quantCandidates(quantTypes)
    quantPolicies = try folders.quantPolicies()
    samplers = try folders.samplers()
    schedules = try folders.schedules()
    engines = try folders.engines()
    recipeSchema = try folders.text("recipe.schema.json")
    pipelineSchema = try folders.text("pipeline.schema.json")
    if let stray = folders.unread.min() {
      throw .malformed(file: stray, what: "the file is in no known folder")
    }
  }
}
