# swift-adaptive-softmax
#
#   make setup     install what is missing (libomp); run before the first build
#   make build     the libraries and the adasoft tool, release
#   make test      setup, every test, both OpenMP roads, the consumer package, AVX-512 and Arm, the house rules
#   make demo      score a real head over a real vocabulary (DATA=path for another folder of the same layout)
#   make bits      the kernels' bits on a million random cases (COUNT=1000000 SEED=n: those cases again)
#   make elsewhere the same bits on AVX-512 and 64-bit Arm, emulated on x86-64 (COUNT=4000 SEED=1)
#   make accuracy  worst errors of exp, log, log1p, tanh over every float, and of the softmax family, against their bounds
#   make tour      the five softmax modules, one after the other
#   make lint      formatting, imports and the arrows between the targets
#   make format    rewrite the sources in the house style
#   make asan      the tests under the address sanitizer
#   make ubsan     the tests with the C kernels under the undefined-behaviour sanitizer
#   make bench     time, rate and percentage of the machine's limit of each operation, a table at the end (FILTER=regexp)
#   make bench-peers   beside PyTorch, ONNX Runtime, JAX, NumPy and FAISS, in a Python environment of its own (ARGS=--quick)
#   make stream    a file of 8 GB through `adasoft score`: its memory, and its rate beside the kernels' alone (ROWS=2000000)
#   make docs      the documentation as a static site in .build-docs
#   make install   the adasoft tool, its manual page and completions under PREFIX (PREFIX=/usr/local)
#   make clean     remove everything that was built

PREFIX ?= /usr/local

# SwiftPM keeps an evaluated Package.swift for as long as the environment is the same: with what the manifest looks for
# in the environment, a libomp installed after a first build is seen by the next.
export SMX_OPENMP_SEEN = $(wildcard $(foreach d,/usr/lib/*-linux-gnu /usr/lib64 /usr/lib /usr/local/lib,$(d)/libomp.so $(d)/libomp5.so))

.PHONY: help setup build test demo bench bench-peers bits elsewhere accuracy tour lint format asan ubsan stream docs install clean

help:
	@sed -n 's/^#   /  /p' Makefile

setup:
	@bash Scripts/setup.sh

build: setup
	swift build -c release

test: setup
	@bash Scripts/test.sh

demo: build
	@sh Examples/demo.sh "$$(swift build -c release --show-bin-path)/adasoft" $(DATA)

bits: setup
	@swift run -c release -q prove bits $(or $(COUNT),1000000) $(SEED)

elsewhere:
	@bash Scripts/elsewhere.sh $(or $(COUNT),4000) $(SEED)

accuracy: setup
	@swift run -c release -q prove accuracy

tour: setup
	@swift run -c release -q Tour

lint:
	@bash Scripts/lint.sh

format:
	swift format --in-place --parallel $$(git ls-files '*.swift')
	@if command -v clang-format >/dev/null; then git ls-files '*.c' '*.h' | xargs clang-format -i; \
	else echo "make format: clang-format is not installed (pip install clang-format): C sources left as they are"; fi

asan: setup
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build-asan

ubsan: setup
	swift test --scratch-path .build-ubsan -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined

bench: setup
	@bash Benchmarks/bench.sh '$(FILTER)'

bench-peers: setup
	@bash Benchmarks/peers/run.sh --data "$(or $(DATA),Examples/small)" $(ARGS)

stream: build
	@swift build -c release --product stream
	@bash Scripts/stream.sh "$$(swift build -c release --show-bin-path)" $(or $(ROWS),2000000)

docs: setup
	@bash Scripts/docs.sh

# With Swift's own libraries inside: the tool runs where there is no Swift.
INSTALLED := -c release --static-swift-stdlib --scratch-path .build-install
install: setup
	swift build $(INSTALLED) --product adasoft
	swift build $(INSTALLED) --product generate-manual
	@bash Scripts/install.sh "$$(swift build $(INSTALLED) --show-bin-path)" "$(DESTDIR)$(PREFIX)"

clean:
	rm -rf .build .build-*
