"""PHP's process manager: where pools listen, whose rights they take, what they log, which extensions are loaded.

Sources: php-fpm.conf, www.conf and php.ini of PHP 8.2.
"""

from __future__ import annotations

from periderm.formats.service_settings.directives import Form, group, keyed, listens, notes, path, runs, user
from periderm.model.file_note import Note

PROGRAMS = ("php-fpm*",)

TABLE: dict[str, Form] = {
    "listen": listens,
    "user": user,
    "group": group,
    "pid": path("write"),
    "error_log": path("write"),
    "slowlog": path("write"),
    "access.log": path("write"),
    "chdir": path("read", "/**"),
    "include": path("read"),
    "extension": path("execute"),
    "zend_extension": path("execute"),
    "session.save_path": path("write", "/sess_*"),
    "upload_tmp_dir": path("write", "/php*"),
    "php_value[session.save_path]": path("write", "/sess_*"),
    "php_admin_value[error_log]": path("write"),
    "php_admin_value[upload_tmp_dir]": path("write", "/php*"),
    "sendmail_path": runs,
}


def read(data: bytes, _path: str) -> list[Note]:
    """The facts of one file."""
    return notes(keyed(data.decode("utf-8", "replace")), TABLE)
