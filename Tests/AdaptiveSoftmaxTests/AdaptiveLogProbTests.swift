import AdaptiveSoftmax
import Foundation
import TestSupport
import Testing

@Suite struct AdaptiveLogProbTests {
  // Conformance case 45: forward is the gathered logProb, to the bit, and each row sums to 1.
  @Test(arguments: AdaptiveShape.all)
  func case45(_ shape: AdaptiveShape) throws {
    let head = try shape.head()
    let x = shape.input(19)
    let logProb = try head.logProb(x)
    #expect(logProb.shape == [19, shape.nClasses])
    let reference = Oracle.adaptiveLogProb(Exact(x), state: exact(try shape.stateDict()))
    for row in 0..<19 {
      var sum: Wide = 0
      for c in 0..<shape.nClasses {
        let got = Double(logProb[row, c])
        let expected = Double(reference.values[row * shape.nClasses + c])
        #expect(abs(got - expected) <= 4e-6 * max(1, abs(expected)))
        sum += Wide(exp(got))
      }
      #expect(abs(sum - 1) < 1e-5)
    }
    for c in 0..<shape.nClasses {
      let (output, _) = try head(x, Tensor<Int>.full([19], c))
      #expect(bitDifference(output.scalars, (0..<19).map { logProb[$0, c] }) == nil, "class \(c)")
    }
  }

  @Test func case49EmptyBatch() throws {
    #expect(try AdaptiveShape.small.head().logProb(Tensor<Float>.zeros([0, 8])).shape == [0, 20])
  }

  @Test func anyRank() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    let x = shape.input(6)
    let flat = try head.logProb(x)
    let deep = try head.logProb(x.reshaped(to: [3, 2, 8]))
    #expect(deep.shape == [3, 2, 20])
    #expect(bitDifference(deep.scalars, flat.scalars) == nil)
    let one = try head.logProb(x.row(4))
    #expect(one.shape == [20])
    #expect(bitDifference(one, try flat.row(4)) == nil)
    let expected = "expected inputs of shape [..., 8], found"
    #expect(refusal(.shape) { _ = try head.logProb(Tensor<Float>.zeros([8, 3])) } == expected + " [8, 3]")
    #expect(refusal(.shape) { _ = try head.logProb(Tensor<Float>(scalar: 1)) } == expected + " []")
  }

  @Test func rowsThatAreNotNumbers() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var x = shape.input(4)
    let good = try head.logProb(x)
    x[1, 3] = .nan
    x[2, 0] = .infinity
    let logProb = try head.logProb(x)
    for row in 0..<4 {
      let values = try logProb.row(row)
      if row == 1 || row == 2 {
        #expect(values.scalars.allSatisfy { $0.isNaN })
      } else {
        #expect(bitDifference(values, try good.row(row)) == nil)
      }
    }
    let (output, loss) = try head(x, Tensor<Int>([0, 3, 17, 17]))
    #expect(output.scalars.map(\.isNaN) == [false, true, true, false])
    #expect(try loss.item().isNaN)
  }

  @Test func storageIsReused() throws {
    let shape = AdaptiveShape.small
    let head = try shape.head()
    var result = try Tensor<Float>.full([3, 20], 7)
    let address = result.withUnsafeBufferPointer { $0.baseAddress }
    try head.logProb(shape.input(3), into: &result)
    #expect(result.withUnsafeBufferPointer { $0.baseAddress } == address)
    #expect(bitDifference(result, try head.logProb(shape.input(3))) == nil)
    #expect(refusal(.shape) { try head.logProb(Tensor<Float>([1]), into: &result) } != "")
    #expect(bitDifference(result, try head.logProb(shape.input(3))) == nil)
  }
}
