"""Stand-ins for the CUDA libraries that PyPI's PyTorch is linked with, so that its CPU half loads without them.

PyPI has PyTorch for Linux on x86-64 in its CUDA build only, which names more than two gigabytes of libraries that a
comparison on the CPU never calls. For each that is missing this writes a library of the same name, with the same symbol
versions, whose functions return an error (cudaErrorNoDevice). Nothing of the CPU half changes.
"""

import importlib.util
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict

SYSTEM = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|z|pthread|gcc_s|stdc\+\+|quadmath|gomp))\.so")
CUDA_SYMBOL = re.compile(r"_*(cu|nv|nccl|Cu)")
NO_DEVICE = 100


def needs(folder):
    """The libraries named but not there, and the CUDA symbols that are wanted as (name, version)."""
    missing, symbols = set(), set()
    present = {path.name for path in folder.iterdir()}
    for path in folder.glob("*.so*"):
        command = ["readelf", "--wide", "--dynamic", "--dyn-syms", path]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", text):
            if name not in present and not SYSTEM.match(name):
                missing.add(name)
        for line in text.splitlines():
            fields = line.split()
            if len(fields) >= 8 and fields[6] == "UND" and CUDA_SYMBOL.match(fields[7]):
                name, _, version = fields[7].partition("@")
                symbols.add((name, version))
    return missing, symbols


def write_stub(path, names, version, compiler):
    source = "".join(f"long {name}(void) {{ return {NO_DEVICE}; }}\n" for name in sorted(names))
    with tempfile.NamedTemporaryFile("w", suffix=".map") as script:
        script.write(f"{version} {{ global: *; }};\n")
        script.flush()
        command = [compiler, "-shared", "-fPIC", "-w", "-fno-builtin", "-x", "c", "-", f"-Wl,-soname,{path.name}"]
        command += [f"-Wl,--version-script={script.name}", "-o", str(path)]
        subprocess.run(command, check=True, input=source, text=True)


def main(folder):
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler or not shutil.which("readelf"):
        sys.exit("cuda_stubs.py: a C compiler (cc, gcc or clang) and readelf (binutils) are needed")
    missing, symbols = needs(folder)
    by_version = defaultdict(set)
    for name, version in symbols:
        by_version[version].add(name)
    # NVSHMEM's version is not named after its file; symbols without a version may come from any of the other libraries.
    version_of = {"libnvshmem_host.so.3": "NVSHMEM"}
    for library in sorted(missing):
        version = version_of.get(library, library)
        version = version if version in by_version else ""
        write_stub(folder / library, by_version[version], version, compiler)


if __name__ == "__main__":
    main(pathlib.Path(importlib.util.find_spec("torch").origin).parent / "lib")
