internal import AdaptiveSoftmax
internal import TensorFiles

extension HeadTensors {
  /// How the head is made in PyTorch's names.
  ///
  /// - Throws: `ScoringError` (`data`: a tensor that is missing, misshapen or too many; what the format cannot tell).
  func recipe() throws(ScoringError) -> HeadRecipe {
    switch format {
    case .pytorch: try pytorchRecipe()
    case .fairseq(let tied): try fairseqRecipe(tiedProjections: tied)
    case .transformerXL(let order, let cutoffs): try transformerXLRecipe(order, cutoffs: cutoffs)
    }
  }

  /// The same names without the prefix; their shapes are checked with the layout.
  private func pytorchRecipe() throws(ScoringError) -> HeadRecipe {
    let layout = try about(file.path) { () throws(SoftmaxError) in
      let starts = ["head.", "tail."].map { prefix + $0 }
      let weights = FileWeights(file).weights.filter { weight in starts.contains { weight.name.hasPrefix($0) } }
      return try AdaptiveHeadLayout(weights: weights, prefix: prefix)
    }
    var recipe = HeadRecipe()
    for (name, _) in layout.weightShapes { recipe.add(name, all(name)) }
    return recipe
  }

  /// The head, joined where it is tied, and the tails with their second layer at index 2.
  private func fairseqRecipe(tiedProjections: Bool?) throws(ScoringError) -> HeadRecipe {
    let tails = count("tail.", ".2.weight")
    var recipe = HeadRecipe()
    var known: Set<String> = ["version"]
    let features: Int
    if has("head.weight") {
      features = try matrix("head.weight", [nil, nil])[1]
      recipe.add("head.weight", all("head.weight"))
      known.insert("head.weight")
    } else {
      features = try matrix("head.class_proj.weight", [tails, nil])[1]
      known.insert("head.class_proj.weight")
      if has("head.word_proj.weight") {
        _ = try matrix("head.word_proj.weight", [nil, features])
        recipe.add("head.weight", all("head.word_proj.weight"), all("head.class_proj.weight"))
        known.insert("head.word_proj.weight")
      } else {
        let width = try matrix("head.word_proj.1.weight", [nil, nil])[1]
        _ = try matrix("head.word_proj.0.weight", [width, features])
        recipe.add(
          "head.weight",
          .product(all("head.word_proj.1.weight"), full("head.word_proj.0.weight"), transposed: false),
          all("head.class_proj.weight"))
        known.formUnion(["head.word_proj.0.weight", "head.word_proj.1.weight"])
      }
    }
    for i in 0..<tails {
      let (projection, output) = ("tail.\(i).0.weight", "tail.\(i).2.weight")
      known.formUnion([projection, output])
      let width = try matrix(output, [nil, nil])[1]
      let found = try matrix(projection, [nil, nil])
      guard width != features || tiedProjections != nil || found != [width, features] else {
        throw error(
          projection,
          "expected to be told which way a square projection \(found) stands, found no such choice; "
            + "say whether the projections are tied (--tied-projections or --no-tied-projections)")
      }
      let isTied = tiedProjections ?? (found != [width, features])
      _ = try matrix(projection, isTied ? [features, width] : [width, features])
      recipe.add("tail.\(i).0.weight", isTied ? .transposed(full(projection)) : all(projection))
      recipe.add("tail.\(i).1.weight", all(output))
    }
    try refuse(except: known, beginning: ["head", "tail"])
    return recipe
  }

  /// One head of shortlist and cluster rows with the first projection folded in, and tails with their projections
  /// transposed; a tail without one gets the identity, which changes no result.
  private func transformerXLRecipe(_ order: HeadFormat.ClusterOrder, cutoffs: [Int]?) throws(ScoringError) -> HeadRecipe
  {
    let clusters = try matrix("cluster_weight", [nil, nil])
    let layers = try transformerXLLayers(tails: clusters[0], cutoffs: cutoffs)
    let projected = (0..<layers.count).first { has("out_projs.\($0)") }
    let features =
      try projected.map { (i) throws(ScoringError) in try matrix("out_projs.\(i)", [nil, nil])[0] } ?? clusters[1]
    _ = try matrix("cluster_weight", [clusters[0], layers[0].width])
    _ = try matrix("cluster_bias", [clusters[0]])
    for (i, layer) in layers.enumerated() {
      if has("out_projs.\(i)") {
        _ = try matrix("out_projs.\(i)", [features, layer.width])
      } else if layer.width != features {
        _ = try matrix("out_projs.\(i)", [features, layer.width])
      }
    }

    func clusterRows(_ name: String) -> HeadRecipe.Part { order == .original ? .reversed(full(name)) : all(name) }
    func projecting(_ part: HeadRecipe.Part) -> HeadRecipe.Part {
      has("out_projs.0") ? .product(part, full("out_projs.0"), transposed: true) : part
    }
    var recipe = HeadRecipe()
    recipe.add("head.weight", projecting(layers[0].weight), projecting(clusterRows("cluster_weight")))
    recipe.add("head.bias", layers[0].bias, clusterRows("cluster_bias"))
    for (i, layer) in layers.dropFirst().enumerated() {
      let projection = "out_projs.\(i + 1)"
      recipe.add("tail.\(i).0.weight", has(projection) ? .transposed(full(projection)) : .identity(features))
      recipe.add("tail.\(i).1.weight", layer.weight)
      recipe.add("tail.\(i).1.bias", layer.bias)
    }
    return recipe
  }

  private typealias Layer = (weight: HeadRecipe.Part, bias: HeadRecipe.Part, width: Int)

  /// The shortlist's layer and each tail's: tensors of their own, or rows of one.
  private func transformerXLLayers(tails: Int, cutoffs: [Int]?) throws(ScoringError) -> [Layer] {
    func name(_ i: Int, _ kind: String) -> String { "out_layers.\(i).\(kind)" }
    if has(name(1, "weight")) {
      var layers: [Layer] = []
      for i in 0...tails {
        let shape = try matrix(name(i, "weight"), [nil, nil])
        _ = try matrix(name(i, "bias"), [shape[0]])
        layers.append((all(name(i, "weight")), all(name(i, "bias")), shape[1]))
      }
      try refuse(
        except: Set(
          (0...tails).flatMap { [name($0, "weight"), name($0, "bias")] } + (0...tails).map { "out_projs.\($0)" }),
        beginning: ["out_layers", "out_projs"])
      if let cutoffs, cutoffs != (1...tails).map({ i in layers[..<i].reduce(0) { $0 + $1.weight.rowCount } }) {
        throw error(
          name(0, "weight"), "expected layers that end at the cutoffs \(cutoffs), found others; leave the cutoffs out")
      }
      return layers
    }
    let shape = try matrix(name(0, "weight"), [nil, nil])
    _ = try matrix(name(0, "bias"), [shape[0]])
    guard let cutoffs else {
      throw error(
        name(0, "weight"),
        "expected to be told where the \(tails + 1) clusters of its \(shape[0]) classes end, found no cutoffs; give them (--cutoffs 20000,40000,200000)"
      )
    }
    let ends = [0] + cutoffs + [shape[0]]
    guard cutoffs.count == tails, zip(ends, ends.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw error(
        name(0, "weight"), "expected \(tails) increasing cutoffs in 1...\(shape[0] - 1), found \(cutoffs); correct them"
      )
    }
    try refuse(
      except: Set([name(0, "weight"), name(0, "bias")] + (0...tails).map { "out_projs.\($0)" }),
      beginning: ["out_layers", "out_projs"])
    return zip(ends, ends.dropFirst()).map { start, end in
      (.rows(full(name(0, "weight")), start..<end), .rows(full(name(0, "bias")), start..<end), shape[1])
    }
  }
}

extension HeadRecipe.Part {
  fileprivate var rowCount: Int {
    if case .rows(_, let rows) = self { rows.count } else { 0 }
  }
}
