/// The look of the page of a quantisation: light and dark, with one colour a type.
enum QuantizationStyle {
  /// The number of colours for types in blocks; more types start again.
  static let colorCount = 6
  /// The number of colours of heat maps, from little to much.
  static let heatCount = 10

  private static let lightHeat = [
    "#fff7dc", "#ffeab0", "#fed988", "#fec160", "#fca048", "#f67b3a", "#e4532d", "#c7301f",
    "#9c1a20", "#6b0f24",
  ]
  private static let darkHeat = [
    "#1d1a2f", "#35194f", "#561a63", "#771f63", "#98265a", "#b93549", "#d64e34", "#ec7224",
    "#f8a232", "#fbe08a",
  ]

  private static func variables(_ heat: [String]) -> String {
    heat.enumerated().map { "--h\($0): \($1);" }.joined(separator: " ")
  }

  /// The style sheet.
  static var text: String { colors + layout + charts + classes }

  private static var colors: String {
    """
    :root { color-scheme: light dark; --paper: #f6f7f9; --card: #ffffff; --ink: #1b2330; --soft: #5c6778;
      --line: #dfe3e9; --grid: #e9ecf1; --accent: #2667c9; --t0: #2667c9; --t1: #d97a16; --t2: #23906a;
      --t3: #a8439a; --t4: #6a5bd0; --t5: #c4483c; --p0: #8b96a6; --p1: #5f6b7d; --p2: #b3bcc8;
      \(variables(lightHeat)) }
    @media (prefers-color-scheme: dark) { :root { --paper: #11151b; --card: #191f27; --ink: #e4e8ee;
      --soft: #96a1b1; --line: #2b333f; --grid: #252c37; --accent: #6ea3f2; --t0: #6ea3f2; --t1: #f0a04b;
      --t2: #4fc296; --t3: #dc80cd; --t4: #a195f5; --t5: #ee7f70; --p0: #6d7888; --p1: #98a4b5; --p2: #4a5463;
      \(variables(darkHeat)) } }

    """
  }

  private static let layout = """
    * { box-sizing: border-box; }
    body { margin: 0; max-width: none; padding: 0; background: var(--paper); color: var(--ink);
      font: 15px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
    main { max-width: 76rem; margin: 0 auto; padding: 2.2rem 1.2rem 4rem; }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .4rem; letter-spacing: -.01em; }
    h2 { font-size: 1.1rem; margin: 0 0 .2rem; }
    h3 { font-size: .95rem; margin: 1.3rem 0 .4rem; }
    p { margin: .2rem 0 .9rem; }
    .soft, figcaption, .path { color: var(--soft); }
    .path { font-size: .9rem; overflow-wrap: anywhere; margin: 0 0 1.4rem; }
    code, .name { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .8rem; overflow-wrap: anywhere; }
    section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.2rem 1.3rem;
      margin: 1rem 0; }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .8rem; }
    .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
    .tile b { display: block; font-size: 1.35rem; line-height: 1.3; letter-spacing: -.01em; white-space: nowrap; }
    .tile span { color: var(--soft); font-size: .82rem; display: block; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: 1.6rem; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .87rem; }
    th { text-align: left; font-weight: 600; color: var(--soft); font-size: .78rem; white-space: nowrap; }
    th, td { padding: .32rem .6rem; border-bottom: 1px solid var(--line); vertical-align: middle; }
    tr:last-child td { border-bottom: 0; }
    td.number, th.number { text-align: right; white-space: nowrap; }
    td.bar-cell { width: 6rem; min-width: 5rem; }
    td.type { white-space: nowrap; }
    td.tensor { min-width: 20rem; }
    .bar { height: .5rem; min-width: 2px; border-radius: 3px; background: var(--accent); }
    .key { display: inline-block; width: .7rem; height: .7rem; border-radius: 2px; margin-right: .4rem;
      vertical-align: -.05rem; }
    .legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-size: .83rem; color: var(--soft); margin: .5rem 0; }
    summary { cursor: pointer; font-weight: 600; }
    footer { color: var(--soft); font-size: .82rem; margin-top: 1.6rem; }

    """

  private static let charts = """
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--soft); font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
    svg text.end { text-anchor: end; } svg text.middle { text-anchor: middle; }
    svg .strong { fill: var(--ink); }
    svg line.grid { stroke: var(--grid); } svg line.axis { stroke: var(--line); }
    svg circle.dot { fill-opacity: .55; stroke-opacity: .9; stroke-width: .8; }
    svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
    svg rect.block { fill: var(--accent); }
    .maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1.4rem; }
    figure { margin: 0; } figcaption { font-size: .8rem; margin-top: .4rem; }
    figcaption .name { color: var(--ink); display: block; font-size: .74rem; }
    .map { height: 13rem; border: 1px solid var(--line); border-radius: 4px; }
    .scale { display: flex; align-items: center; gap: .5rem; margin-top: .3rem; font-size: .8rem; }
    .scale i { flex: 1; height: .45rem; border-radius: 2px;
      background: linear-gradient(90deg, var(--h0), var(--h2), var(--h4), var(--h6), var(--h8), var(--h9)); }

    """

  /// The fills that charts and keys share.
  private static var classes: String {
    let names =
      (0..<colorCount).map { "t\($0)" } + (0..<3).map { "p\($0)" }
      + (0..<heatCount).map { "h\($0)" }
    return names.map {
      ".\($0) { fill: var(--\($0)); stroke: var(--\($0)); background: var(--\($0)); }\n"
    }.joined() + "rect, .map path { stroke: none; }\n"
  }
}
