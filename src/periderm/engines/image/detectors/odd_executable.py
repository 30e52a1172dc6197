"""Finds programs where none belong: temporary folders, /dev, folders whose names hide. Does not look into them."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_TEMPORARY = (
    "tmp/",
    "var/tmp/",
    "dev/",
    "run/",
    "var/run/",
    "proc/",
    "sys/",
    "var/spool/mail/",
    "var/mail/",
    "boot/grub/fonts/",
)
# Hidden folders that tools make for themselves, in homes and in source trees.
_USUAL = frozenset(
    [
        ".git",
        ".local",
        ".config",
        ".cache",
        ".npm",
        ".nvm",
        ".venv",
        ".virtualenv",
        ".pyenv",
        ".rbenv",
        ".cargo",
        ".rustup",
        ".dotnet",
        ".sdkman",
        ".gradle",
        ".m2",
        ".yarn",
        ".bun",
        ".deno",
        ".bin",
        ".build-id",
        ".github",
        ".husky",
        ".vscode",
        ".vscode-server",
        ".bundle",
        ".gem",
        ".pnpm",
        ".pnpm-store",
        ".asdf",
        ".krew",
        ".kube",
        ".docker",
        ".oh-my-zsh",
        ".linuxbrew",
        ".julia",
        ".cpan",
        ".cpanm",
        ".conda",
        ".mamba",
        ".poetry",
        ".tox",
        ".nox",
        ".hg",
        ".svn",
        ".ci",
        ".circleci",
        ".gitlab",
        ".devcontainer",
        ".steampipe",
        ".terraform",
        ".terraform.d",
        ".ansible",
        ".composer",
        ".pub-cache",
        ".ghcup",
        ".opam",
        ".sbt",
        ".ivy2",
        ".nuget",
        ".pulumi",
        ".volta",
        ".fnm",
        ".jabba",
        ".mix",
        ".hex",
        ".elan",
        ".foundry",
        ".azure",
        ".aws",
        ".vim",
        ".emacs.d",
        ".tmux",
        ".fzf",
        ".zsh",
        ".libs",
        ".deps",
        ".well-known",
        ".internal",
        ".pre-commit",
        ".buildkite",
        ".claude",
        ".cursor",
        ".ssh",
        ".mvn",
        ".settings",
        ".ruby-lsp",
        ".pixi",
        ".uv",
        ".nix-profile",
        ".nix-defexpr",
        ".s2i",
        ".travis",
        ".bazel",
        ".cmake",
        ".ccache",
    ]
)
_SPACES = (" ", "\t", "\u00a0", "\u200b", "\u202e")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-063",
    title=Text("Hold a program in an odd place", "程序位于异常位置"),
    message=Text("{path} is a program {place}.", "{path} 是{place}的程序。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Delete it in the build, or install it where programs belong (/usr/local/bin, /opt). If nobody knows it, look into it.",
        "在构建中删除它，或安装到程序应在的目录（/usr/local/bin、/opt）。若来历不明，请检查其内容。",
    ),
    techniques=("T1036.005", "T1564.001"),
    fires=(
        Example(GivenImage(layers=((GivenFile("tmp/kinsing", b"\x7fELF", 0o755),),)), "left in /tmp"),
        Example(GivenImage(layers=((GivenFile("dev/shm/x", b"\x7fELF", 0o755),),)), "where memory is shared"),
        Example(GivenImage(layers=((GivenFile("usr/lib/.x/agent", b"\x7fELF", 0o755),),)), "in a hidden folder"),
        Example(GivenImage(layers=((GivenFile("opt/... /run", b"\x7fELF", 0o755),),)), "in a folder that looks like no name"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("opt/app/run", b"\x7fELF", 0o755),),)), "a place for programs"),
        Example(GivenImage(layers=((GivenFile("root/.local/bin/tool", b"\x7fELF", 0o755),),)), "a user's own programs"),
        Example(GivenImage(layers=((GivenFile("srv/node_modules/.bin/tsc", b"#!", 0o755),),)), "a folder that tools make"),
        Example(GivenImage(layers=((GivenFile("tmp/notes.txt", b"x", 0o644),),)), "no program"),
        Example(GivenImage(layers=((GivenFile("tmp/.wh.x", b"", 0o755),),)), "a mark of deletion"),
    ),
)


def _place(path: str, *, owned: bool) -> Text | None:
    parts = path.split("/")
    for part in parts:
        if part.startswith("...") or part.strip() != part or any(sign in part for sign in _SPACES[1:]):
            return Text("in a place whose name hides", "位于名称具有隐藏性的位置")
    if owned:
        return None
    if path.startswith(_TEMPORARY):
        return Text("in a place for temporary things", "位于临时目录中")
    if any(part.startswith(".") and part not in _USUAL for part in parts[:-1]) and path.startswith(_SYSTEM):
        return Text("in a hidden folder of the system", "位于系统的隐藏目录中")
    return None


_SYSTEM = ("usr/", "etc/", "lib/", "lib64/", "bin/", "sbin/", "var/", "boot/", "mnt/", "media/", "opt/", "srv/")


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a program."""
    if not facts.configured and not facts.managed:
        return  # a folder of whatever, with no system in it
    for file in facts.executables:
        place = _place(file.path, owned=bool(file.package))
        if place is not None:
            yield Hit(
                location=file.path,
                evidence=f"mode {file.mode:04o}, {file.size} bytes",
                layer=file.layer,
                package=file.package,
                values={"path": file.path, "place": place},
            )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE)
