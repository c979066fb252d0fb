import ArgumentParser
@main struct Adasoft: ParsableCommand { func run() {} }
