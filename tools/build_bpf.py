"""Compiles bpf/periderm.bpf.c into the package, only when a source changed, and says what is missing to do so."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "bpf"
TARGET = ROOT / "src/periderm/adapters/bpf/periderm.bpf.o"
OLD_TARGET = TARGET.with_suffix(".old.o")
GUARD_TARGET = TARGET.with_name("guard.bpf.o")
VARIANTS: dict[Path, tuple[str, ...]] = {
    TARGET: (),
    OLD_TARGET: ("-DPERIDERM_PROBE_READ",),
    GUARD_TARGET: (),
}  # the second before Linux 6.2
FLAGS = ["-g", "-O2", "-mcpu=v3", "-target", "bpf", "-Wall", "-Wno-unused-function", "-Werror"]
PACKAGES = "clang llvm libbpf-dev"


def command(output: Path, *extra: str) -> list[str]:
    """The compiler's arguments. `extra` defines macros for a variant; the guard has a source of its own."""
    source = SOURCES / ("guard.bpf.c" if output.name.startswith("guard.") else "periderm.bpf.c")
    return ["clang", *FLAGS, "-D__TARGET_ARCH_x86", *extra, "-c", str(source), "-o", str(output)]


def fingerprint() -> str:
    """Digest of all sources and of the flags."""
    digest = hashlib.sha256(repr(command(TARGET)).encode())
    for path in sorted(SOURCES.glob("*.[ch]")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def missing() -> str:
    """'' or one sentence that says what is missing and how to get it."""
    if shutil.which("clang") is None:
        return f"clang is missing: apt-get install {PACKAGES}"
    if not any(Path(folder, "bpf/bpf_helpers.h").exists() for folder in ("/usr/include", "/usr/local/include")):
        return f"bpf/bpf_helpers.h is missing: apt-get install {PACKAGES}"
    return ""


def build(target: Path = TARGET, *, force: bool = False, extra: tuple[str, ...] = ()) -> bool:
    """True if it compiled, False if the object was up to date. Raises SystemExit with what is missing or wrong."""
    stamp = ROOT / ".cache" / f"{target.name}.{hashlib.sha256(str(target).encode()).hexdigest()[:8]}.stamp"
    wanted = fingerprint() + " ".join(extra)
    if not force and target.exists() and stamp.exists() and stamp.read_text() == wanted:
        return False
    if lack := missing():
        raise SystemExit(f"The kernel program cannot be built. {lack}")
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new.o")
    done = subprocess.run(command(fresh, *extra), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"clang failed:\n{done.stderr}")
    strip = shutil.which("llvm-strip") or shutil.which("llvm-strip-14")
    if strip:
        subprocess.run([strip, "-g", str(fresh)], check=True)
    fresh.replace(target)
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(wanted)
    return True


def main() -> int:
    """Builds; `--force` always."""
    force = "--force" in sys.argv[1:]
    for target, extra in VARIANTS.items():
        built = build(target, force=force, extra=extra)
        print(f"{'built' if built else 'up to date'}: {target.relative_to(ROOT)} ({target.stat().st_size // 1024} KiB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
