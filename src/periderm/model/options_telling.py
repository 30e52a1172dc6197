"""Settings of the ways to registries and of what the product tells of its own work. The whole list is `option_list`."""

from __future__ import annotations

from periderm.model.options import Option, OptionKind
from periderm.model.text import Text

TELLING: tuple[Option, ...] = (
    Option(
        name="registry.ca_file",
        variable="PERIDERM_REGISTRY_CA_FILE",
        kind=OptionKind.PATH,
        meaning=Text(
            "an authority (PEM) that is trusted for registries besides the system's",
            "除系统之外还信任的镜像仓库证书颁发者（PEM）",
        ),
    ),
    Option(
        name="registry.insecure",
        variable="PERIDERM_REGISTRY_INSECURE",
        kind=OptionKind.LIST,
        meaning=Text(
            "registries that may be asked without TLS or whatever their certificate says",
            "允许不使用 TLS 或不校验证书的镜像仓库",
        ),
    ),
    Option(
        name="registry.realms",
        variable="PERIDERM_REGISTRY_REALMS",
        kind=OptionKind.LIST,
        meaning=Text("hosts of token servers that credentials may be sent to", "允许向其发送凭据的令牌服务器主机"),
    ),
    Option(
        name="registry.redirects",
        variable="PERIDERM_REGISTRY_REDIRECTS",
        kind=OptionKind.LIST,
        meaning=Text("hosts that registries may lead to wherever they lie", "允许镜像仓库重定向到的主机"),
    ),
    Option(
        name="registry.cache_mib",
        variable="PERIDERM_REGISTRY_CACHE_MIB",
        kind=OptionKind.NUMBER,
        meaning=Text("how much of registries' layers is kept, in MiB", "保留的镜像仓库层数据量（MiB）"),
        default="20480",
        most=99999999,
        console=True,
    ),
    Option(
        name="log.level",
        variable="PERIDERM_LOG_LEVEL",
        kind=OptionKind.CHOICE,
        meaning=Text("the least important that is written", "写入日志的最低级别"),
        default="info",
        choices=("debug", "info", "warning", "error"),
        live=True,
        console=True,
    ),
    Option(
        name="log.format",
        variable="PERIDERM_LOG_FORMAT",
        kind=OptionKind.CHOICE,
        meaning=Text(
            "how a line looks: for people, as logfmt, or one JSON object", "日志行的格式：供人阅读、logfmt 或 JSON 对象"
        ),
        default="text",
        choices=("text", "logfmt", "json"),
        live=True,
        console=True,
    ),
    Option(
        name="metrics.open",
        variable="PERIDERM_METRICS_OPEN",
        kind=OptionKind.SWITCH,
        meaning=Text(
            "whether /metrics answers without the token in the file `metrics-token` of the state",
            "访问 /metrics 是否无需状态目录中 `metrics-token` 文件里的令牌",
        ),
        default="off",
        live=True,
    ),
    Option(
        name="metrics.agent",
        variable="PERIDERM_METRICS_AGENT",
        kind=OptionKind.TEXT,
        meaning=Text(
            "ADDRESS:PORT where the agent itself answers /healthz, /readyz and /metrics (127.0.0.1:8845, say); beyond loopback "
            "by TLS only",
            "代理自身响应 /healthz、/readyz 与 /metrics 的 地址:端口（例如 127.0.0.1:8845）；回环地址之外仅用 TLS",
        ),
    ),
    Option(
        name="metrics.worker",
        variable="PERIDERM_METRICS_WORKER",
        kind=OptionKind.TEXT,
        meaning=Text(
            "ADDRESS:PORT where a scan worker itself answers them (127.0.0.1:8846, say); beyond loopback by TLS only",
            "扫描进程自身响应上述路径的 地址:端口（例如 127.0.0.1:8846）；回环地址之外仅用 TLS",
        ),
    ),
    Option(
        name="metrics.tls_cert",
        variable="PERIDERM_METRICS_TLS_CERT",
        kind=OptionKind.PATH,
        meaning=Text(
            "the certificate that an agent and a worker show there (PEM, with its chain)",
            "代理与扫描进程在该处使用的证书（PEM，含证书链）",
        ),
    ),
    Option(
        name="metrics.tls_key",
        variable="PERIDERM_METRICS_TLS_KEY",
        kind=OptionKind.PATH,
        meaning=Text("its key (PEM)", "其私钥（PEM）"),
        shown=Text("in the same file", "与证书同一文件"),
    ),
    Option(
        name="traces.endpoint",
        variable="PERIDERM_TRACES_ENDPOINT",
        kind=OptionKind.TEXT,
        meaning=Text(
            "where traces are sent as OTLP over HTTP in JSON, such as http://127.0.0.1:4318/v1/traces; empty: nowhere",
            "以 OTLP/HTTP JSON 发送追踪的地址，如 http://127.0.0.1:4318/v1/traces；为空则不发送",
        ),
    ),
    Option(
        name="traces.share",
        variable="PERIDERM_TRACES_SHARE",
        kind=OptionKind.SHARE,
        meaning=Text("which share of the traces is kept, from 0 to 1", "保留的追踪比例，0 到 1"),
        default="1",
        console=True,
    ),
    Option(
        name="traces.headers_file",
        variable="PERIDERM_TRACES_HEADERS_FILE",
        kind=OptionKind.PATH,
        meaning=Text(
            "a file with header lines (NAME: VALUE) that go with them; nobody but its owner may read it",
            "随追踪发送的请求头文件（每行 NAME: VALUE）；仅所有者可读",
        ),
    ),
)
