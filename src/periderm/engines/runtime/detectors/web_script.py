"""RUN-062: a script is laid into a folder that a web server serves, by a server, an upload or an intruder: a web shell.

Compiled templates and caches are not meant; an application that updates its own plug-ins is a note. A look into the
content (CONTENT rows) makes it certain.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_ENDINGS = (
    r"php[3-8s]?|phtml|pht|phar|inc|jspx?|jspf|jsw|jsv|jhtml|aspx?|ashx|asmx|asa|cer|cfml?|cfc|pl|pm|cgi|fcgi|py|rb"
    r"|erb|lua|sh|war|ear|shtml?|stm|groovy|do|action"
)
_SCRIPT = re.compile(
    rf".*\.(?:{_ENDINGS})(?:[. ]|::\$data)?|.*\.(?:php\d?|phtml|jspx?|aspx?|phar)\.[a-z0-9]{{2,5}}|.*/(?:\.htaccess"
    rf"|\.user\.ini|web\.config)",
    re.IGNORECASE,
)
_CGI = re.compile(r".*/cgi-bin/[^/]+")
_SETTINGS = re.compile(r".*/(?:\.htaccess|\.user\.ini|web\.config)")
_SERVED = re.compile(
    r"/var/www/.*|/srv/.*|/usr/share/nginx/.*|/usr/local/(?:apache2|nginx|lsws|openresty)/.*|/usr/local/tomcat/webapps.*"
    r"|/opt/[^/]*(?:tomcat|jboss|wildfly|jetty|glassfish|payara)[^/]*/.*"
    r"|/var/lib/(?:tomcat\d*|jetty\d*|nginx|wwwrun|lighttpd)/.*|/usr/lib/cgi-bin/.*|/(?:app|data|web|www|site|htdocs|code"
    r"|workspace|public)/.*"
    r"|.*/(?:html|htdocs|public_html|public|webroot|wwwroot|webapps|deployments|autodeploy|cgi-bin|uploads?|files|media"
    r"|images?|static|inetpub|wp-content|sites/default)/.*"
)
_MADE = re.compile(  # what frameworks compile and keep
    r".*/(?:cache|caches|tmp|temp|sessions?|templates_c|compiled?|compilation|smarty\w*|twig|blade|views/[0-9a-f]{40}"
    r"|storage/framework|var/cache|bootstrap/cache|__pycache__|node_modules"
    r"|work/Catalina|jsp_servlet|generated|di|vendor/composer|wp-content/(?:cache|upgrade|et-cache|litespeed|w3tc-config"
    r"|wflogs|updraft|ai1wm-backups)|typo3temp|\.cache|proxies|DoctrineProxies|runtime|logs?"
    r"|locks?|opcache|php_storage|files/php|translations|latte|assets/cache)/.*|.*\.(?:pyc|class)(?:\.\d+)?"
    r"|.*/[0-9a-f]{32,64}(?:_\d+)?(?:\.\w+)*\.php"
)
_OWN_UPDATES = re.compile(
    r".*/(?:wp-content/(?:plugins|themes|languages|mu-plugins|upgrade[\w-]*)|wp-(?:includes|admin)|core|modules|themes"
    r"|plugins|extensions|vendor|administrator|components|app/etc)/.*|.*/(?:wp-config|config|configuration|settings"
    r"|LocalSettings|config\.inc|env|version|maintenance)\.php|.*/config/[^/]+\.php"
)
_UPLOADS = re.compile(
    r".*/(?:uploads?|files|media|images?|img|avatars?|attachments?|userfiles|static|assets|css|js|fonts|tmp_upload)/.*",
    re.IGNORECASE,
)
_PLAIN = re.compile(r".*\.(?:py|rb|sh|pl|pm|lua|inc|do|action|erb|groovy)")
_WEB_ROOT = re.compile(
    r"/var/www/.*|.*/(?:html|htdocs|public_html|webroot|wwwroot|webapps|cgi-bin|uploads?)/.*|/srv/(?:www|http)/.*"
)
_TRANSFERS = frozenset(
    {
        "vsftpd",
        "proftpd",
        "pure-ftpd",
        "sftp-server",
        "smbd",
        "rsync",
        "davfs2",
        "in.ftpd",
        "ftpd",
        "tusd",
        "minio",
        "internal-sftp",
    }
)
_DATABASES = frozenset(
    {"mysqld", "mariadbd", "postgres", "redis-server", "valkey-server", "mongod", "clickhouse-server", "memcached"}
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.MEDIUM,
    server=Severity.HIGH,
    program=None,
    start=None,
    configuration=None,
)
_WEB_SHELL = re.compile(r"web.?shell|backdoor|php.?shell|jsp.?shell", re.IGNORECASE)
_DEPLOYERS = frozenset(
    {"git", "composer", "pip", "npm", "rsync", "tar", "unzip", "svn", "wp", "drush", "cp", "cap", "vim", "vi", "nano"}
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is EventKind.CONTENT:
        return _content(context)
    raw = paths.changed(context)
    if not raw or context.process.runtime:
        return None
    path = paths.place(raw, context).path
    if not (_SCRIPT.fullmatch(path) or _CGI.fullmatch(path)) or not _SERVED.fullmatch(path):
        return None
    severity = _severity(path, context)
    if severity is None:
        return None
    return Verdict(
        object=path, severity=lower(severity) if context.failed else severity, evidence={"how": event.kind.name.lower()}
    )


def _severity(path: str, context: Context) -> Severity | None:  # noqa: PLR0911 -- one reason a line
    who, what = actors.actor(context), context.command
    made = _MADE.fullmatch(path) is not None and not _UPLOADS.fullmatch(path)
    transfer = what.name in _TRANSFERS
    database = programs.server(context.process.exe, context.process.argv) in _DATABASES
    if transfer or database:
        return (
            None
            if made
            else Severity.MEDIUM
            if transfer and what.name in ("rsync", "sftp-server", "internal-sftp")
            else Severity.HIGH
        )
    found = _GRADES.get(who)
    if found is None or who is Actor.INTRUDER:
        return found
    if made:
        return None
    if who is Actor.PERSON:
        return Severity.LOW if what.name in _DEPLOYERS or context.package_manager is not None else found
    if context.package_manager is not None or programs.base(programs.script(what)) in (
        "wp",
        "wp-cli.phar",
        "drush",
        "artisan",
        "console",
        "occ",
    ):
        return None
    if not context.contained and not programs.server(context.process.exe, context.process.argv) and context.server is None:
        return None
    if _UPLOADS.fullmatch(path):
        return found
    if _OWN_UPDATES.fullmatch(path):
        return Severity.LOW
    if _PLAIN.fullmatch(path) and not _WEB_ROOT.fullmatch(path):
        return Severity.MEDIUM  # a program's own folder, not a web server's
    return Severity.MEDIUM if _SETTINGS.fullmatch(path) else found


def _content(context: Context) -> Verdict | None:
    """A rule of content matched a script: where it is served, or by the rule's own word."""
    event = context.event
    path = paths.place(event.text, context).path
    named = _WEB_SHELL.search(event.raw) is not None or any(_WEB_SHELL.search(a) for a in event.argv)
    served = (_SCRIPT.fullmatch(path) or _CGI.fullmatch(path)) and _SERVED.fullmatch(path)
    if not named and not served:
        return None
    severity = Severity.CRITICAL if named and served else Severity.HIGH
    if actors.packaged(context) or context.building:
        severity = Severity.MEDIUM
    return Verdict(object=path, severity=severity, evidence={"rule": event.raw, "how": "content"})


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_FPM = runs(1, 0, "/usr/sbin/php-fpm8.2", "php-fpm: master", at=0.0)
_POOL = runs(2, 1, "/usr/sbin/php-fpm8.2", "php-fpm: pool www", uid=33)
_SH = runs(3, 2, "/usr/bin/dash", "sh", "-c", "…", uid=33)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-062",
        title=Text("Write a script into a folder that is served", "向对外提供的目录写入脚本"),
        message=Text("{process} in {subject} wrote {object}.", "{subject} 中的 {process} 写入了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the file away before it is called, keep a copy, and look at the request that brought it. Serve from a "
            "read-only "
            "file system, and never execute scripts in upload folders.",
            "在文件被访问之前移走并保留副本，检查带来它的请求。从只读文件系统提供内容，并禁止在上传目录中执行脚本。",
        ),
        techniques=("T1505.003",),
        behaviours=(62,),
        fires=(
            Example(
                scene(_FPM, _POOL, opens(2, "/var/www/html/uploads/a.php", write=True)),
                "an upload ends as a script; nothing is started",
            ),
            Example(
                scene(_NGINX, row(EventKind.RENAME, 1, "/srv/dav/x.jsp", raw="/var/lib/nginx/body/0000000001")),
                "a server renames it into place",
            ),
            Example(
                scene(_FPM, _POOL, _SH, opens(3, "/var/www/html/cache/.x.phtml", write=True)),
                "a shell below, hidden in a cache",
            ),
            Example(
                scene(runs(1, 0, "/usr/sbin/mysqld", "mysqld", at=0.0), opens(1, "/var/www/html/x.php", write=True)),
                "a database writes it (INTO OUTFILE)",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/java", "java", "Bootstrap", at=0.0),
                    opens(1, "/usr/local/tomcat/webapps/x.war", write=True, at=900),
                ),
                "an archive for the application server",
            ),
            Example(scene(_FPM, _POOL, opens(2, "/var/www/html/img/a.php.jpg", write=True)), "two endings"),
            Example(
                scene(
                    _FPM, _POOL, row(EventKind.CONTENT, 2, "/var/www/html/wp-content/plugins/a/b.php", raw="webshell.eval-post")
                ),
                "its content tells",
            ),
            Example(
                scene(
                    runs(12, 1, "/usr/sbin/apache2", "apache2", on=HOST), opens(12, "/var/www/html/s.php", write=True, on=HOST)
                ),
                "on a host",
            ),
        ),
        quiet=(
            Example(
                scene(_FPM, _POOL, opens(2, "/var/www/html/var/cache/twig/ab/abcdef.php", write=True)), "a compiled template"
            ),
            Example(scene(_FPM, _POOL, opens(2, "/app/storage/framework/views/" + "a" * 40 + ".php", write=True)), "Blade"),
            Example(scene(_FPM, _POOL, opens(2, "/var/www/html/uploads/a.jpg", write=True)), "a picture"),
            Example(scene(_FPM, _POOL, opens(2, "/var/www/html/index.php")), "a script is read"),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/bash", "bash", "/docker-entrypoint.sh", at=0.0),
                    runs(2, 1, "/usr/bin/tar", "tar", "x", at=1.0),
                    opens(2, "/var/www/html/wp-login.php", write=True, at=1.0),
                ),
                "a start script unpacks the application",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/python3.11", "gunicorn", at=0.0),
                    opens(1, "/app/__pycache__/x.cpython-311.pyc", write=True),
                ),
                "compiled Python",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/git", "git", "pull"), opens(2, "/srv/site/index.php", write=True)), "a deployment"
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=paths.CHANGES,
            writes=True,
            text=(
                rf"(?i)\.({_ENDINGS})([. ]|::\$data)?$",
                r"(?i)\.(php\d?|phtml|jspx?|aspx?|phar)\.[a-z0-9]{2,5}$",
                r"/(\.htaccess|\.user\.ini|web\.config)$",
                r"/cgi-bin/[^/\n]+$",
            ),
        ),
        Interest(kinds=(EventKind.CONTENT,)),
    ),
    judge=_judge,
)
