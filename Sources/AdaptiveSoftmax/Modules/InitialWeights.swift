extension Tensor where Scalar: FloatingTensorScalar {
  /// PyTorch's initial weights of a linear layer with `inputs` features, its bias too: uniform in +-1 / sqrt(inputs).
  static func initialWeights(_ shape: [Int], inputs: Int, using generator: inout some RandomNumberGenerator)
    throws(SoftmaxError) -> Tensor
  {
    let bound = 1 / Double(max(inputs, 1)).squareRoot()
    return try Tensor.rand(shape, low: -bound, high: bound, using: &generator)
  }
}
