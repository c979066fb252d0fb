internal import ArgumentParser
internal import BatchScoring

struct Softmax2dCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "softmax2d",
    abstract: "softmax over the channels of images: [channels, height, width], or [images, channels, height, width].")

  @OptionGroup var options: ElementwiseOptions

  func run() throws { try options.perform(.softmax2d) }
}
