"""Settings of doors by TLS and of machines that join. Says only what they are; the whole list is `option_list`."""

from __future__ import annotations

from periderm.model.options import Option, OptionKind
from periderm.model.text import Text

FLEET: tuple[Option, ...] = (
    Option(
        name="server.agents",
        variable="PERIDERM_AGENTS",
        kind=OptionKind.TEXT,
        meaning=Text(
            "ADDRESS:PORT where agents of other machines are answered, by mutual TLS (0.0.0.0:8844, say)",
            "接受其他机器代理的 地址:端口，使用双向 TLS（例如 0.0.0.0:8844）",
        ),
    ),
    Option(
        name="server.listen",
        variable="PERIDERM_LISTEN",
        kind=OptionKind.TEXT,
        meaning=Text(
            "ADDRESS:PORT where the console and the API answer beside loopback, always by TLS",
            "控制台与 API 在回环地址之外监听的 地址:端口，始终使用 TLS",
        ),
    ),
    Option(
        name="server.tls_cert",
        variable="PERIDERM_TLS_CERT",
        kind=OptionKind.PATH,
        meaning=Text("the certificate shown there (PEM, with its chain)", "该监听使用的证书（PEM，含证书链）"),
        shown=Text("one of the server's own authority", "由服务器自有机构签发"),
    ),
    Option(
        name="server.tls_key",
        variable="PERIDERM_TLS_KEY",
        kind=OptionKind.PATH,
        meaning=Text("its key (PEM)", "其私钥（PEM）"),
        shown=Text("in the same file", "与证书同一文件"),
    ),
    Option(
        name="server.hosts",
        variable="PERIDERM_HOSTS",
        kind=OptionKind.LIST,
        meaning=Text(
            "names by which the console may be called there, beside its address", "除地址外，可用来访问控制台的主机名"
        ),
    ),
    Option(
        name="server.certificate_seconds",
        variable="PERIDERM_CERTIFICATE_SECONDS",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how long the certificate of a machine is good, in seconds; it is renewed at half of that",
            "机器证书的有效期（秒），过半时自动续签",
        ),
        default="86400",
        lowest=10,
        most=90 * 86400,
    ),
    Option(
        name="agent.server",
        variable="PERIDERM_SERVER",
        kind=OptionKind.TEXT,
        meaning=Text(
            "the address of a server on another machine (https://server.example:8844); this machine joins it by a token",
            "其他机器上的服务器地址（https://server.example:8844），本机凭令牌加入",
        ),
        shown=Text("the server of this machine", "本机的服务器"),
    ),
    Option(
        name="agent.spool_mib",
        variable="PERIDERM_SPOOL_MIB",
        kind=OptionKind.NUMBER,
        meaning=Text(
            "how much may wait here for a server that does not answer, in MiB; beyond it the oldest detail goes first",
            "服务器无响应时本机最多缓存的数据（MiB），超出则先舍弃最旧的细节",
        ),
        default="1024",
        lowest=32,
        most=1 << 20,
        console=True,
    ),
)
