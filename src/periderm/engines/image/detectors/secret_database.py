"""Finds addresses of databases and queues that carry a password. Connects to none."""

from __future__ import annotations

import re

from periderm.engines.image.checks import spoken_for
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, BASE64, filler
from periderm.engines.image.secrets import SecretPattern
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


def _password(value: bytes) -> bool:
    """Not what manuals write, and no port of an address without a user."""
    return (
        spoken_for(value)
        and not value.isdigit()
        and value.lower() not in (b"port", b"mypass", b"guest", b"postgres", b"mysql", b"redis")
    )


def _url(name: str, what: Text, schemes: tuple[bytes, ...], source: str) -> SecretPattern:
    """The address of a service of one of these schemes, with a user and a password in it."""
    choice = b"(?:" + b"|".join(re.escape(scheme) for scheme in sorted(schemes, key=len, reverse=True)) + b")"
    at = b"@db.internal/shop\n"
    return SecretPattern(
        name=name,
        what=what,
        quick=rb"[a-z0-9]://[^\s:@/]{0,64}:[^\s@/]{4,128}@",
        exact=rb"(?<![A-Za-z0-9+])"
        + choice
        + rb"(?:\+[a-z0-9]{1,16})?://[^\s:@/'\"<>${}%]{0,64}:(?P<secret>[^\s@/'\"<>$%{}\\,()|*\[\]]{4,128})"
        rb"@[A-Za-z0-9\[][A-Za-z0-9_.:\]-]{0,252}",
        check=_password,
        show=0,
        loose=True,
        before=320,
        behind=320,
        examples=lambda: tuple(b"ADDRESS=" + scheme + b"://shop:" + filler(name, ALNUM, 14) + at for scheme in schemes),
        alike=lambda: (
            schemes[0] + b"://user:password" + at,
            schemes[0] + b"://${USER}:${PASSWORD}" + at,
            schemes[0] + b"://shop" + at,
        ),
        source=source,
    )


_SASL = b"sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username='shop' password='"


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    _url("postgres-url", Text("PostgreSQL address with a password", "带口令的 PostgreSQL 地址"), (b"postgres", b"postgresql",
        b"cockroachdb", b"timescaledb", b"redshift"), "https://www.postgresql.org/docs/current/libpq-connect.html"),
    _url("mysql-url", Text("MySQL address with a password", "带口令的 MySQL 地址"), (b"mysql", b"mariadb", b"mysqlx"),
        "https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html"),
    _url("mongodb-url", Text("MongoDB address with a password", "带口令的 MongoDB 地址"), (b"mongodb", b"mongodb+srv"),
        "https://www.mongodb.com/docs/manual/reference/connection-string/"),
    _url("redis-url", Text("Redis address with a password", "带口令的 Redis 地址"), (b"redis", b"rediss", b"valkey"),
        "https://www.iana.org/assignments/uri-schemes/prov/redis"),
    _url("amqp-url", Text("message queue address with a password", "带口令的消息队列地址"), (b"amqp", b"amqps", b"nats",
        b"mqtt",
        b"mqtts", b"stomp", b"kafka", b"pulsar"), "https://www.rabbitmq.com/docs/uri-spec"),
    _url("mssql-url", Text("SQL Server address with a password", "带口令的 SQL Server 地址"), (b"mssql", b"sqlserver"),
        "https://docs.sqlalchemy.org/en/20/core/engines.html"),
    _url("oracle-url", Text("Oracle address with a password", "带口令的 Oracle 地址"), (b"oracle",),
        "https://docs.sqlalchemy.org/en/20/core/engines.html"),
    _url("clickhouse-url", Text("analytics database address with a password", "带口令的分析数据库地址"), (b"clickhouse",
        b"clickhouses",
        b"snowflake", b"trino", b"presto", b"hive", b"cassandra", b"couchbase", b"neo4j", b"bolt", b"influxdb",
        b"elasticsearch"),
        "https://docs.sqlalchemy.org/en/20/core/engines.html"),
    _url("ldap-url", Text("directory address with a password", "带口令的目录地址"), (b"ldap", b"ldaps"),
        "https://www.rfc-editor.org/rfc/rfc4516"),
    _url("ftp-url", Text("file server address with a password", "带口令的文件服务器地址"), (b"ftp", b"ftps", b"sftp", b"smb",
        b"cifs",
        b"webdav", b"ssh", b"svn+ssh", b"rsync"), "https://www.rfc-editor.org/rfc/rfc1738"),
    _url("smtp-url", Text("mail server address with a password", "带口令的邮件服务器地址"), (b"smtp", b"smtps", b"imap",
        b"imaps",
        b"pop3"), "https://www.rfc-editor.org/rfc/rfc5092"),
    _url("basic-auth-url", Text("web address with a password", "带口令的网址"), (b"http", b"https", b"git+https", b"ws",
        b"wss"),
        "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1"),
    _url("proxy-url", Text("proxy address with a password", "带口令的代理地址"), (b"socks5", b"socks5h", b"socks4"),
        "https://www.rfc-editor.org/rfc/rfc1929"),
    SecretPattern(
        name="jdbc-url", what=Text("JDBC address with a password", "带口令的 JDBC 地址"),
        quick=rb"jdbc:[a-z0-9]{2,20}:[^\s\"'<>]{1,200}(?i:password)=",
        exact=rb"jdbc:[a-z0-9]{2,20}:[^\s\"'<>]{1,300}?(?i:password)=(?P<secret>[^\s&;\"'<>{}$]{4,128})", check=spoken_for,
        show=0, loose=True,
        examples=lambda: (b"url=jdbc:mysql://db.internal:3306/shop?user=shop&password=" + filler("jdbc", ALNUM,
        14) + b"&useSSL=true\n",),
        alike=lambda: (b"url=jdbc:mysql://db.internal:3306/shop?user=shop&password=${DB_PASSWORD}\n",
        b"jdbc:mysql://db/shop?user=u&password=password\n"),
        source="https://docs.oracle.com/javase/tutorial/jdbc/basics/connecting.html",
    ),
    SecretPattern(
        name="ado-net-string", what=Text("connection string with a password", "带口令的连接字符串"),
        quick=rb"(?i)(server|data source|host|addr|address|network address|driver)[ ]{0,2}=[^\n\"'<>]{1,300};[ ]{0,4}"
        rb"(pwd|password)[ ]{0,2}=",
        exact=rb"(?i)(?:server|data source|host|addr|address|network address|driver)[ ]{0,2}=[^\n\"'<>]{1,300};[ ]{0,"
        rb"4}(?:pwd|password)[ ]{0,2}=[ ]{0,2}(?P<secret>[^;\s\"'<>{}$%]{4,128})", check=spoken_for, show=0, loose=True,
        examples=lambda: (b'"Shop": "Server=tcp:db.internal,1433;Database=shop;User ID=shop;Password=' + filler("ado", ALNUM,
        14) + b';Encrypt=True;"\n',
                          b"DRIVER={ODBC Driver 18 for SQL Server};SERVER=db.internal;UID=shop;PWD=" + filler("odbc", ALNUM,
                          14) + b"\n"),
        alike=lambda: (b'"Shop": "Server=db.internal;Database=shop;User ID=shop;Password={your_password};"\n',
        b'"Server=db;Database=shop;Integrated Security=true;"\n'),
        source="https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-string-syntax",
    ),
    SecretPattern(
        name="libpq-string", what=Text("PostgreSQL parameters with a password", "带口令的 PostgreSQL 连接参数"),
        quick=rb"host=[^\s\"'=]{1,80} [^\n\"]{0,160}password=",
        exact=rb"host=[^\s\"'=]{1,80} [^\n\"]{0,160}?password='?(?P<secret>[^\s'\"<>{}$%]{4,128})", check=spoken_for, show=0,
        loose=True,
        examples=lambda: (b'dsn = "host=db.internal port=5432 user=shop password=' + filler("libpq", ALNUM,
        14) + b' dbname=shop"\n',),
        alike=lambda: (b'dsn = "host=db.internal user=shop password=%s dbname=shop"\n',),
        source="https://www.postgresql.org/docs/current/libpq-connect.html",
    ),
    SecretPattern(
        name="azure-redis-string", what=Text("Azure cache address with a key", "带密钥的 Azure 缓存地址"),
        quick=rb"redis\.cache\.windows\.net:[0-9]{2,5},password=",
        exact=rb"redis\.cache\.windows\.net:[0-9]{2,5},password=(?P<secret>[A-Za-z0-9+/]{42,44}=)", entropy=4.0, show=0,
        examples=lambda: (b"shop.redis.cache.windows.net:6380,password=" + filler("azredis", BASE64, 43) + b"=,ssl=True\n",),
        alike=lambda: (b"shop.redis.cache.windows.net:6380,password=<key>,ssl=True\n",),
        source="https://learn.microsoft.com/en-us/azure/azure-cache-for-redis/",
    ),
    SecretPattern(
        name="kafka-sasl-password", what=Text("login of a message broker's client", "消息中间件客户端口令"),
        quick=rb"LoginModule required[^\n]{0,160}password[ ]{0,2}=",
        exact=rb"LoginModule required[^\n]{0,160}?password[ ]{0,2}=[ ]{0,2}\\{0,2}[\"'](?P<secret>[^\"'\\\n<>{}$]{4,128})",
        check=spoken_for, show=0, loose=True,
        examples=lambda: (_SASL + filler("sasl", ALNUM, 14) + b"';\n",), alike=lambda: (_SASL + b"${PASSWORD}';\n",),
        source="https://kafka.apache.org/documentation/#security_sasl",
    ),
)
# fmt: on

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-009",
    title=Text("Keep a database password in an address", "连接地址中留有数据库口令"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Change the password, and build the address at run time from a mounted secret.",
        "更换口令，在运行时用挂载的密钥拼出地址。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(
                layers=((GivenFile("app/settings.py", b"DB = 'postgres" + b"ql://shop:t7Kq-92xVb@db.internal:5432/shop'\n"),),)
            ),
            "a program that carries its password",
        ),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/settings.py", b"DB = 'postgresql://${USER}:${PASSWORD}@db/shop'\n"),),)),
            "variables that are filled in later",
        ),
        Example(
            GivenImage(layers=((GivenFile("usr/share/doc/x", b"postgresql://user:password@host/db\n"),),)),
            "the form of an address in a manual",
        ),
    ),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
