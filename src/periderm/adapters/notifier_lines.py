"""Notices as lines of JSON, or rows of CSV, appended to a file or written to standard output. The file is opened anew for each
delivery, so that whatever rotates it needs to tell nobody."""

from __future__ import annotations

import datetime
import os
import stat
import sys
from collections.abc import Callable

import msgspec

from periderm.formats.notices import table
from periderm.formats.notices.records import line, records_of
from periderm.formats.ocsf.notices import notice_event
from periderm.model.errors import NotifierError
from periderm.model.notice import Message, Notice

STDOUT = "-"


class Lines:
    """`ports.notifier.Notifier`. `path` is absolute, or '-' for standard output; `form` is
    'json', 'ocsf' or 'csv'."""

    def __init__(self, path: str, *, form: str = "json", write: Callable[[str], object] | None = None) -> None:
        self._path = path
        self._form = form
        self._write = write or sys.stdout.write

    def deliver(self, message: Message) -> str:
        """All lines at once, durable when it returns."""
        found = records_of(message)
        values = [self._line(message, notice, found.get(notice.subject_id)) for notice in message.notices]
        data = b"".join(values)
        if self._path == STDOUT:
            self._write(data.decode())
            sys.stdout.flush()
        else:
            self._append(data)
        return f"{len(values)} lines"

    def _line(self, message: Message, notice: Notice, record: object) -> bytes:
        if self._form == "csv":
            return table.row(message, notice, _moment(notice.time)).encode("utf-8", "replace")
        value = notice_event(message, notice, record) if self._form == "ocsf" else line(message, notice, record)
        return msgspec.json.encode(value) + b"\n"

    def _append(self, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        try:
            descriptor = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise NotifierError(
                f"{self._path} cannot be opened: {error.strerror}.", "Check the folder and its rights."
            ) from error
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NotifierError(f"{self._path} is no file.", "Name a file, or - for standard output.", again=False)
            before = os.fstat(descriptor).st_size
            if self._form == "csv" and not before:
                data = table.header().encode() + data
            try:
                _whole(descriptor, data)
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, before)  # half a line would spoil the next
                raise
        except OSError as error:
            raise NotifierError(f"{self._path} cannot be written: {error.strerror}.", "It is tried again.") from error
        finally:
            os.close(descriptor)


def _whole(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _moment(nanoseconds: int) -> str:
    seconds = max(0, min(nanoseconds // 10**9, 253_402_300_799))
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
