"""Tells by name, mode and first bytes what kind of file this is for content rules: program, script, other text, or none.

Documents are none: manuals, change logs and examples show what attackers write, and nobody runs them.
"""

from __future__ import annotations

from periderm.engines.content.judging import Kind

_HEAD = 8192  # as grep(1) and git: a NUL in the beginning means binary
# What an interpreter, a web server or a scheduler takes by its name.
_SCRIPTS = frozenset(
    (
        ".php",
        ".php3",
        ".php4",
        ".php5",
        ".php7",
        ".php8",
        ".phtml",
        ".phar",
        ".pht",
        ".inc",
        ".module",
        ".jsp",
        ".jspx",
        ".jspf",
        ".jsw",
        ".jhtml",
        ".asp",
        ".aspx",
        ".asa",
        ".ashx",
        ".asmx",
        ".ascx",
        ".cer",
        ".soap",
        ".cfm",
        ".cfml",
        ".cfc",
        ".py",
        ".pyw",
        ".wsgi",
        ".pl",
        ".pm",
        ".cgi",
        ".rb",
        ".erb",
        ".rhtml",
        ".sh",
        ".bash",
        ".zsh",
        ".ksh",
        ".csh",
        ".fish",
        ".js",
        ".mjs",
        ".cjs",
        ".ts",
        ".lua",
        ".tcl",
        ".ps1",
        ".psm1",
        ".bat",
        ".cmd",
        ".vbs",
        ".groovy",
        ".service",
        ".timer",
        ".cron",
        ".htaccess",
        ".awk",
        ".r",
        ".hta",
    )
)
_DOCUMENTS = frozenset(
    (
        ".md",
        ".markdown",
        ".rst",
        ".adoc",
        ".asciidoc",
        ".tex",
        ".pod",
        ".1",
        ".2",
        ".3",
        ".4",
        ".5",
        ".6",
        ".7",
        ".8",
        ".po",
        ".pot",
        ".mo",
        ".html5",
        ".ipynb",
        ".css",
        ".map",
        ".svg",
        ".csv",
        ".tsv",
        ".log",
        ".lock",
        ".sum",
        ".xsd",
        ".xsl",
        ".dtd",
        ".yar",
        ".yara",
        ".rules",
        ".diff",
        ".patch",
    )
)
_PICTURES = frozenset((".gif", ".jpg", ".jpeg", ".png", ".ico", ".bmp", ".webp", ".pdf"))
_DOCUMENT_FOLDERS = ("usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/perl/")
# Runs whatever lies there, by any name.
_RUN_FOLDERS = (
    "etc/cron",
    "etc/init.d/",
    "etc/rc",
    "etc/profile",
    "etc/update-motd.d/",
    "etc/systemd/",
    "var/spool/cron/",
    "etc/network/",
)
_SHELL_FILES = frozenset((".bashrc", ".profile", ".bash_profile", ".zshrc", ".bash_login", ".bash_logout", "crontab"))


def kind_of(path: str, mode: int, data: bytes) -> Kind | None:
    """The kind of a file with such a beginning; None for what no rule looks at. `data` may be its head alone."""
    if data[:4] == b"\x7fELF":
        return Kind.PROGRAM
    name = path.rpartition("/")[2]
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if data.find(b"\0", 0, _HEAD) >= 0:
        # Code behind a picture's head, or in a server page with a NUL to fool who looks for texts.
        return Kind.SCRIPT if (ending in _SCRIPTS or ending in _PICTURES) and _pages(data) else None
    if _runs(path, name, ending, mode) or data[:2] == b"#!" or data.startswith((b"<?php", b"GIF89", b"<%@", b"<%!")):
        return Kind.SCRIPT
    return None if ending in _DOCUMENTS or path.startswith(_DOCUMENT_FOLDERS) else Kind.TEXT


def _runs(path: str, name: str, ending: str, mode: int) -> bool:
    """Whether something takes it for a program by where it lies and what it is called."""
    if ending in _SCRIPTS or ending in _PICTURES or name in _SHELL_FILES:
        return True
    return path.startswith(_RUN_FOLDERS) or (not ending and mode & 0o111 != 0)


def _pages(data: bytes) -> bool:
    """Whether a server would find code in it."""
    return b"<?php" in data or b"<?=" in data or b"<%" in data
