import AdaptiveSoftmax
import Foundation
import TensorFiles
import Testing

@testable import BatchScoring

struct HeadFileTests {
  @Test(arguments: IOMode.allCases)
  func everyWayOfReadingGivesTheSameHead(io: IOMode) throws {
    let files = try Files(rows: 5)
    let head = try HeadFile(path: files.path("head.safetensors"), io: io).load(threads: 1)
    #expect(head.cutoffs == [10, 16, 20])
    #expect(head.inFeatures == 8)
    let weights = try SafetensorsFile(path: files.path("head.safetensors"), io: .read)
    for (name, tensor) in try head.stateDict() {
      #expect(try weights.tensor(name, as: Float.self) == tensor)
    }
  }

  /// Writers need not align: the same head behind a header of an odd length.
  @Test func unalignedWeightsArePacked() throws {
    // Enough rows for a target in every band: the mean over none is NaN, which equals nothing.
    let files = try Files(rows: 10)
    let expected = try files.job(batchSize: 10, output: nil).run()
    let url = URL(fileURLWithPath: files.path("head.safetensors"))
    var data = try Data(contentsOf: url)
    let length = data.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    withUnsafeBytes(of: length + 1) { data.replaceSubrange(0..<8, with: $0) }
    data.insert(UInt8(ascii: " "), at: 8 + Int(length))
    try data.write(to: url)
    #expect(try files.job(batchSize: 10, output: nil).run() == expected)
  }

  @Test func summaryCountsBytes() throws {
    let files = try Files(rows: 5)
    let summary = try HeadSummary(path: files.path("head.safetensors"))
    #expect(summary.clusters.map(\.name) == ["head", "tail 0", "tail 1"])
    #expect(summary.clusters.map(\.classes) == [0..<10, 10..<16, 16..<20])
    #expect(summary.clusters.map(\.projection) == [nil, 4, 2])
    #expect(summary.clusters.map(\.bytes) == [432, 224, 96])
    #expect(summary.parameters == 188 && summary.bytes == 752 && summary.dtype == "float32")
  }
}
