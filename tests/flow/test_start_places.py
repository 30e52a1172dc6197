"""Where things lie in an image."""

from __future__ import annotations

from periderm.engines.image.view import View
from periderm.flow.start_places import Places
from periderm.model.image import FileType, ImageConfig, LayerEntry

LIBC = "usr/lib/x86_64-linux-gnu/libc.so.6"
FILES = ("usr/bin/dash", "usr/sbin/php-fpm8.2", "usr/lib/postgresql/15/bin/postgres", "etc/init.d/postgres", "app/run")


def entry(path: str, kind: FileType = FileType.REGULAR, to: str = "") -> LayerEntry:
    """One entry."""
    return LayerEntry(path, kind, 0o755, 0, 0, 1, 0, to)


def make(working_directory: str = "", environment: tuple[str, ...] = ()) -> Places:
    """A merged file system with links."""
    view = View()
    view.begin_layer()
    for path in (
        *FILES,
        "usr/lib/x86_64-linux-gnu/libc.so.6",
        "opt/x/lib/liby.so",
        "opt/x/bin/y",
        "etc/nginx/sites-available/a",
        "run/keep",
    ):
        view.place(entry(path))
    for path, to in (("bin", "usr/bin"), ("usr/bin/sh", "dash"), ("var/run", "/run"), ("etc/nginx/sites-enabled/b", "../x")):
        view.place(entry(path, FileType.SYMLINK, to))
    config = ImageConfig(working_directory=working_directory, environment=environment)
    return Places(view, config, dict.fromkeys(FILES, ""))


def test_words_of_commands() -> None:
    """By the search path, by a path, by a pattern; through links; and nothing that is not there."""
    there = make(working_directory="/app")
    assert there.resolve("sh", "") == ["usr/bin/dash"]
    assert there.resolve("/bin/sh", "") == ["usr/bin/dash"]
    assert there.resolve("./run", "") == ["app/run"]
    assert there.resolve("/usr/lib/postgresql/*/bin/postgres", "") == ["usr/lib/postgresql/15/bin/postgres"]
    assert there.resolve("curl", "") == there.resolve("/usr/lib/x86_64-linux-gnu/libc.so.6", "") == []


def test_the_name_by_which_the_kernel_is_asked() -> None:
    """Of a link its own, as a script is told it."""
    assert make().called("sh", "usr/bin/dash") == "/usr/bin/sh"
    assert make(environment=("PATH=/bin",)).called("sh", "usr/bin/dash") == "/bin/sh"


def test_programs_by_name() -> None:
    """Wherever they lie but below /etc; patterns too."""
    assert make().named(("postgres", "php-fpm*")) == ["usr/lib/postgresql/15/bin/postgres", "usr/sbin/php-fpm8.2"]


def test_libraries() -> None:
    """A file's own path first, with $ORIGIN; else the system's."""
    assert make().libraries(("liby.so", "libc.so.6", "no.so"), ("$ORIGIN/../lib",), "opt/x/bin/run") == [
        "opt/x/lib/liby.so",
        "usr/lib/x86_64-linux-gnu/libc.so.6",
    ]


def test_settings_that_are_switched_on() -> None:
    """Of a pair of folders only what is linked."""
    there = make()
    assert there.enabled("etc/nginx/conf.d/x")
    assert there.enabled("etc/nginx/sites-available/b")
    assert not there.enabled("etc/nginx/sites-available/a")


def test_paths_as_the_kernel_tells_them() -> None:
    """Links of folders are followed as far as they are there; patterns stay."""
    there = make()
    assert there.settled("/var/run/x/*.sock") == "/run/x/*.sock"
    assert there.settled("mkdir /bin/x") == "mkdir /usr/bin/x"
    assert there.settled("tcp/80") == "tcp/80"


def test_links_on_the_search_path() -> None:
    """Names that lead to programs."""
    assert make().links() == {"sh": "/usr/bin/dash"}
