"""Every setting of the product, in the order of its file: the one place that the file, the environment, `periderm config`
and the reference are made from. Values of this machine are elsewhere."""

from __future__ import annotations

from periderm.model.options import Option, OptionKind
from periderm.model.options_agent import AGENT
from periderm.model.options_fleet import FLEET
from periderm.model.options_telling import TELLING
from periderm.model.text import Text

SECTIONS: dict[str, Text] = {
    "paths": Text("Where things lie.", "数据存放位置。"),
    "server": Text("The server and its console.", "服务器与控制台。"),
    "agent": Text("What watches this machine.", "监视本机的代理。"),
    "history": Text("The events that were seen.", "观察到的事件的历史。"),
    "rules": Text("Rules of your own.", "自定义规则。"),
    "responses": Text("What may be acted on.", "可以处置的对象。"),
    "registry": Text(
        "How registries are reached. Credentials stand in the environment, or where docker and podman keep theirs.",
        "如何访问镜像仓库。凭据放在环境变量中，或由 docker、podman 保存。",
    ),
    "log": Text("What the processes write about their own work.", "各进程关于自身工作的日志。"),
    "metrics": Text("Figures for Prometheus, at /metrics.", "供 Prometheus 抓取的指标（/metrics）。"),
    "traces": Text("OpenTelemetry traces of our own work.", "自身工作的 OpenTelemetry 追踪。"),
}

_HERE: tuple[Option, ...] = (
    Option(
        name="paths.state",
        variable="PERIDERM_STATE",
        kind=OptionKind.PATH,
        meaning=Text("the folder with everything durable; `--state` goes before it", "存放所有持久数据的目录；`--state` 优先"),
        shown=Text(
            "`/var/lib/periderm` for root, `~/.local/state/periderm` for others",
            "root 为 `/var/lib/periderm`，其他用户为 `~/.local/state/periderm`",
        ),
    ),
    Option(
        name="paths.cache",
        variable="PERIDERM_CACHE",
        kind=OptionKind.PATH,
        meaning=Text("the folder with what can be made again", "存放可重新生成的数据的目录"),
        shown=Text("`/var/cache/periderm` or `~/.cache/periderm`", "`/var/cache/periderm` 或 `~/.cache/periderm`"),
    ),
    Option(
        name="paths.ownership",
        variable="PERIDERM_OWNERSHIP",
        kind=OptionKind.PATH,
        meaning=Text("the file that says who answers for this machine", "说明本机负责人的文件"),
        default="/etc/periderm/ownership",
    ),
    Option(
        name="paths.pins",
        variable="PERIDERM_PINS",
        kind=OptionKind.PATH,
        meaning=Text("the folder in bpffs where the agent pins its programs and maps", "代理在 bpffs 中固定程序与映射的目录"),
        shown=Text("`/sys/fs/bpf/periderm`", "`/sys/fs/bpf/periderm`"),
    ),
    Option(
        name="server.port",
        variable="PERIDERM_PORT",
        kind=OptionKind.NUMBER,
        meaning=Text("the port on loopback where the server and the console answer", "服务器与控制台在回环地址上的端口"),
        default="8843",
        most=65535,
    ),
    Option(
        name="server.settings_locked",
        variable="PERIDERM_SETTINGS_LOCKED",
        kind=OptionKind.SWITCH,
        meaning=Text(
            "whether settings come from this file and the environment alone: the console changes none, and what was set there "
            "does not count",
            "是否只采用本文件与环境变量中的设置：控制台不能更改任何设置，此前在控制台设置的值也不生效",
        ),
        default="off",
        live=True,
    ),
)

OPTIONS: tuple[Option, ...] = (*_HERE, *FLEET, *AGENT, *TELLING)

# What stands in the environment only: secrets, and what one process of the product tells another.
VARIABLES: tuple[Option, ...] = (
    Option(
        name="",
        variable="PERIDERM_JOIN",
        kind=OptionKind.TEXT,
        meaning=Text(
            "the join token that `periderm agent` takes up, once; `@FILE` reads it from a file",
            "`periderm agent`使用一次的加入令牌；`@文件` 表示从文件读取",
        ),
    ),
    Option(
        name="",
        variable="PERIDERM_CONFIG",
        kind=OptionKind.PATH,
        meaning=Text("the file with all settings; `--config` goes before it", "包含所有设置的文件；`--config` 优先"),
        shown=Text(
            "`/etc/periderm/periderm.toml` for root, `~/.config/periderm/periderm.toml` for others",
            "root 为 `/etc/periderm/periderm.toml`，其他用户为 `~/.config/periderm/periderm.toml`",
        ),
    ),
    Option(
        name="",
        variable="PERIDERM_PROTECTED",
        kind=OptionKind.TEXT,
        meaning=Text("set by the agent for its helper: a process that is never hit", "由代理为其助手进程设置：永不处置的进程"),
    ),
    Option(
        name="",
        variable="PERIDERM_REGISTRY_HOST",
        kind=OptionKind.TEXT,
        meaning=Text(
            "the registry that the next three are for; they are sent to no other", "以下三项所属的镜像仓库；不会发往其他仓库"
        ),
    ),
    Option(
        name="",
        variable="PERIDERM_REGISTRY_USERNAME",
        kind=OptionKind.TEXT,
        meaning=Text("who signs in there", "登录用户名"),
    ),
    Option(
        name="",
        variable="PERIDERM_REGISTRY_PASSWORD",
        kind=OptionKind.TEXT,
        meaning=Text("with which password", "登录密码"),
    ),
    Option(
        name="",
        variable="PERIDERM_REGISTRY_TOKEN",
        kind=OptionKind.TEXT,
        meaning=Text("or with which identity token (OAuth2 refresh token)", "或身份令牌（OAuth2 刷新令牌）"),
    ),
)

BY_NAME: dict[str, Option] = {option.name: option for option in OPTIONS}
BY_VARIABLE: dict[str, Option] = {option.variable: option for option in (*OPTIONS, *VARIABLES)}
