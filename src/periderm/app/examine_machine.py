"""Turns the facts of a machine into checks: what works, what works without the rest, how to get it. Looks at nothing itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from periderm.model.diagnosis import NOTHING, Check, Condition
from periderm.model.text import Text
from periderm.ports.diagnosis import MachineFacts

_DISK = 1_000_000_000
_MEMLOCK_KERNEL = (5, 11)  # since then the kernel counts BPF memory in cgroups: kernel commit 97306be45fbe
_OLDEST = (5, 17)  # the helper bpf_loop: kernel commit e6f2dd0f8067
# What the library or program is called by package managers. Where we do not know the distribution, the thing is named.
_PACKAGES: dict[str, dict[str, str]] = {
    "debian": {"libbpf.so.1": "libbpf1", "libbpf headers": "libbpf-dev"},
    "fedora": {"libbpf.so.1": "libbpf", "libbpf headers": "libbpf-devel"},
    "rhel": {"libbpf.so.1": "libbpf", "libbpf headers": "libbpf-devel"},
    "suse": {"libbpf.so.1": "libbpf1", "libbpf headers": "libbpf-devel"},
    "alpine": {"libbpf.so.1": "libbpf", "libbpf headers": "libbpf-dev"},
    "arch": {"libbpf.so.1": "libbpf", "libbpf headers": "libbpf"},
}
_INSTALLERS = {
    "debian": "apt-get install",
    "fedora": "dnf install",
    "rhel": "dnf install",
    "suse": "zypper install",
    "alpine": "apk add",
    "arch": "pacman -S",
}
_SCANNING = Text("Images can be scanned; the server and the console work.", "仍可扫描镜像；服务器和控制台可用。")


def install(facts: MachineFacts, *things: str) -> Text:
    """How to get programs or libraries on this distribution."""
    family = next((i for i in facts.os_ids if i in _INSTALLERS), "")
    if not family:
        names = ", ".join(things)
        return Text(f"Install {names} with your distribution's package manager.", f"用发行版的包管理器安装 {names}。")
    names = " ".join(dict.fromkeys(_PACKAGES[family].get(thing, thing) for thing in things))
    return Text(f"{_INSTALLERS[family]} {names}", f"{_INSTALLERS[family]} {names}")


def release(kernel: str) -> tuple[int, int]:
    """(major, minor) of a kernel release; (0, 0) if it does not begin so."""
    match = re.match(r"(\d+)\.(\d+)", kernel)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def examine(facts: MachineFacts, runtimes: Sequence[tuple[str, str]]) -> tuple[Check, ...]:
    """Judges the facts. `runtimes` are (name, what is missing or '')."""
    scan = _scan(facts)
    sensor_parts = (_privilege(facts), _kernel(facts), _libbpf(facts), _object(facts))
    return (
        scan,
        _state(facts),
        _port(facts),
        *sensor_parts,
        _sensor(sensor_parts),
        _pins(facts),
        _memlock(facts),
        _prevention(facts, sensor_parts),
        _cgroup(facts),
        _runtimes(runtimes),
        _sample(facts),
        _building(facts),
    )


def _check(name: str, title: Text, ok: bool, found: Text, still: Text = NOTHING, step: Text = NOTHING) -> Check:  # noqa: PLR0917 -- read as a sentence
    if ok:
        return Check(name=name, title=title, condition=Condition.WORKS, found=found)
    return Check(name=name, title=title, condition=Condition.MISSING, found=found, still=still, next_step=step)


def _scan(facts: MachineFacts) -> Check:
    missing = ", ".join(facts.modules_missing)
    return _check(
        "scan",
        Text("Scan images", "扫描镜像"),
        not missing,
        Text("Python modules are there; needs no root", "Python 模块齐全；不需要 root")
        if not missing
        else Text(f"Python modules are missing: {missing}", f"缺少 Python 模块：{missing}"),
        Text("`--help` and this command.", "`--help` 和本命令。"),
        Text("pip install periderm (into a fresh environment)", "pip install periderm（装入全新的环境）"),
    )


def _state(facts: MachineFacts) -> Check:
    free = f"{facts.disk_free / 1e9:.1f} GB"
    title = Text("Keep state", "保存状态")
    if not facts.state_writable:
        return _check(
            "state",
            title,
            False,
            Text(f"{facts.state} is not writable", f"{facts.state} 不可写"),
            Text("Scanning without keeping the result.", "可扫描，但不保存结果。"),
            Text("Name another folder with --state.", "用 --state 指定其他目录。"),
        )
    found = Text(f"{facts.state}, {free} free", f"{facts.state}，剩余 {free}")
    if facts.disk_free >= _DISK:
        return _check("state", title, True, found)
    return Check(
        name="state",
        title=title,
        condition=Condition.PARTLY,
        found=found,
        still=Text(
            "It works until the disk is full; then nothing acknowledged is lost.", "磁盘写满前可用；已确认的数据不会丢失。"
        ),
        next_step=Text("Free 1 GB, or name another folder with --state.", "腾出 1 GB，或用 --state 指定其他目录。"),
    )


def _port(facts: MachineFacts) -> Check:
    states = {
        "free": Text(f"127.0.0.1:{facts.port} is free", f"127.0.0.1:{facts.port} 空闲"),
        "ours": Text(f"the product answers at 127.0.0.1:{facts.port}", f"本产品正在 127.0.0.1:{facts.port} 提供服务"),
        "taken": Text(f"another program has 127.0.0.1:{facts.port}", f"其他程序占用了 127.0.0.1:{facts.port}"),
    }
    return _check(
        "port",
        Text("Show the console", "显示控制台"),
        facts.port_state != "taken",
        states[facts.port_state],
        Text("Commands that need no server.", "不需要服务器的命令。"),
        Text("periderm up --port N, or PERIDERM_PORT=N", "periderm up --port N，或设置 PERIDERM_PORT=N"),
    )


def _privilege(facts: MachineFacts) -> Check:
    lacking = [] if facts.root else ["root"]
    if facts.root:
        held = set(facts.capabilities)
        lacking = [] if "CAP_SYS_ADMIN" in held or {"CAP_BPF", "CAP_PERFMON"} <= held else ["CAP_SYS_ADMIN"]
    return _check(
        "privilege",
        Text("Privilege for the kernel", "内核权限"),
        not lacking,
        Text("root, with the capabilities that BPF asks for", "root，并持有 BPF 所需的能力")
        if not lacking
        else Text(f"not held: {', '.join(lacking)}", f"未持有：{', '.join(lacking)}"),
        _SCANNING,
        Text("Run as root on the host (in a container: --privileged).", "在主机上以 root 运行（容器中加 --privileged）。"),
    )


def _kernel(facts: MachineFacts) -> Check:
    title = Text("Kernel with BTF", "带 BTF 的内核")
    still = _SCANNING
    if release(facts.kernel) < _OLDEST:
        text = Text(f"Linux {facts.kernel} is older than 5.17", f"Linux {facts.kernel} 早于 5.17")
        return _check("kernel", title, False, text, still, Text("Use a newer kernel.", "请使用更新的内核。"))
    if not facts.btf:
        text = Text(
            f"Linux {facts.kernel} without /sys/kernel/btf/vmlinux", f"Linux {facts.kernel} 没有 /sys/kernel/btf/vmlinux"
        )
        step = Text("Use a kernel built with CONFIG_DEBUG_INFO_BTF=y.", "请使用 CONFIG_DEBUG_INFO_BTF=y 编译的内核。")
        return _check("kernel", title, False, text, still, step)
    # A caller without root is refused by the kernel anyway, which says nothing of the kernel.
    if facts.root and facts.bpf:
        text = Text(f"the kernel refuses bpf(2): {facts.bpf}", f"内核拒绝 bpf(2)：{facts.bpf}")
        step = Text("Is this a container, or is the kernel locked down?", "是否在容器中，或内核处于 lockdown？")
        return _check("kernel", title, False, text, still, step)
    return _check(
        "kernel",
        title,
        True,
        Text(f"Linux {facts.kernel}, {facts.architecture}", f"Linux {facts.kernel}，{facts.architecture}"),
    )


def _libbpf(facts: MachineFacts) -> Check:
    return _check(
        "libbpf",
        Text("libbpf", "libbpf"),
        facts.libbpf,
        Text("libbpf.so.1 is there", "已有 libbpf.so.1")
        if facts.libbpf
        else Text("libbpf.so.1 is missing", "缺少 libbpf.so.1"),
        _SCANNING,
        install(facts, "libbpf.so.1"),
    )


def _object(facts: MachineFacts) -> Check:
    return _check(
        "bpf-object",
        Text("Kernel program", "内核程序"),
        bool(facts.bpf_object),
        Text(facts.bpf_object, facts.bpf_object) if facts.bpf_object else Text("it was not built", "尚未编译"),
        _SCANNING,
        Text("`make build` in a checkout; a wheel brings it built.", "在源码目录执行 `make build`；wheel 自带编译好的程序。"),
    )


def _sensor(parts: Sequence[Check]) -> Check:
    lacking = [part for part in parts if part.condition is Condition.MISSING]
    return _check(
        "sensor",
        Text("Watch processes, files and network", "监视进程、文件和网络"),
        not lacking,
        Text("the kernel sensor can run", "内核传感器可以运行")
        if not lacking
        else Text(
            "needs: " + ", ".join(part.title.en for part in lacking), "缺少：" + "、".join(part.title.zh for part in lacking)
        ),
        Text(
            "Scanning, and judging recorded events with `periderm replay`.", "仍可扫描，并用 `periderm replay` 分析录制的事件。"
        ),
        Text("See the lines above.", "见上面几行。"),
    )


def _pins(facts: MachineFacts) -> Check:
    return _check(
        "bpffs",
        Text("Keep watching while the agent restarts", "代理重启期间持续监视"),
        facts.bpffs,
        Text("bpffs is mounted at /sys/fs/bpf", "bpffs 已挂载于 /sys/fs/bpf")
        if facts.bpffs
        else Text("bpffs is not mounted at /sys/fs/bpf", "bpffs 未挂载于 /sys/fs/bpf"),
        Text(
            "The agent mounts it if it may; else events during its restart are lost and counted.",
            "代理会尝试挂载；否则重启期间的事件会丢失并计数。",
        ),
        Text("mount -t bpf bpf /sys/fs/bpf", "mount -t bpf bpf /sys/fs/bpf"),
    )


def _memlock(facts: MachineFacts) -> Check:
    limit = "unlimited" if facts.memlock < 0 else f"{facts.memlock // 1024} KiB"
    modern = release(facts.kernel) >= _MEMLOCK_KERNEL
    ok = modern or facts.memlock < 0 or facts.memlock >= 64 * 1024 * 1024 or "CAP_SYS_RESOURCE" in facts.capabilities
    return _check(
        "memlock",
        Text("Memory for the kernel program", "内核程序的内存"),
        ok,
        Text(
            f"memlock limit {limit}" + (", which this kernel does not apply to BPF" if modern else ""),
            f"memlock 上限 {limit}" + ("，此内核对 BPF 不适用" if modern else ""),
        ),
        Text("The sensor may fail to load.", "传感器可能无法加载。"),
        Text("ulimit -l unlimited", "ulimit -l unlimited"),
    )


def _prevention(facts: MachineFacts, parts: Sequence[Check]) -> Check:
    title = Text("Stop programs in the kernel", "在内核中阻断程序")
    if any(part.condition is Condition.MISSING for part in parts):
        text = Text("needs the sensor", "需要传感器")
        return _check(
            "prevention",
            title,
            False,
            text,
            Text("Alerts from recordings.", "可对录制的事件告警。"),
            Text("See above.", "见上文。"),
        )
    there = {"BPF LSM": "bpf" in facts.lsm, "fanotify": not facts.fanotify}
    also, lacks = ([name for name, works in there.items() if works is wanted] for wanted in (True, False))
    en = f"; a policy may refuse by {' and '.join(also)} too" if also else ""
    zh = f"；策略还可通过 {'、'.join(also)} 拒绝" if also else ""
    if lacks:
        en += f"; not here, and not needed: {', '.join(lacks)}"
        zh += f"；此处没有且并不需要：{'、'.join(lacks)}"
    return _check(
        "prevention",
        title,
        True,
        Text(f"by a signal at exec{en}", f"通过 exec 时的信号{zh}"),
    )


def _cgroup(facts: MachineFacts) -> Check:
    return _check(
        "cgroup",
        Text("Tell containers apart", "区分容器"),
        facts.cgroup in ("v2", "hybrid"),
        Text(f"cgroups: {facts.cgroup or 'none'}", f"cgroup：{facts.cgroup or '无'}"),
        Text("Containers are told by their mount namespaces alone.", "只能按挂载命名空间区分容器。"),
        Text("mount -t cgroup2 none /sys/fs/cgroup/unified", "mount -t cgroup2 none /sys/fs/cgroup/unified"),
    )


def _runtimes(runtimes: Sequence[tuple[str, str]]) -> Check:
    there = [name for name, missing in runtimes if not missing]
    return _check(
        "runtimes",
        Text("Name containers and images", "识别容器和镜像"),
        bool(there),
        Text("records found of: " + ", ".join(there), "找到的运行时记录：" + "、".join(there))
        if there
        else Text("no records of podman, docker or containerd", "没有 podman、docker 或 containerd 的记录"),
        Text("The plain host is watched all the same.", "仍可监视主机本身。"),
        Text("Nothing to do if no containers run here.", "若不运行容器则无需处理。"),
    )


def _sample(facts: MachineFacts) -> Check:
    lacking = [p for p in ("podman", "debootstrap") if not facts.programs.get(p)]
    if not (facts.programs.get("runc") or facts.programs.get("crun")):
        lacking.append("runc")
    if not (facts.programs.get("clang") or facts.programs.get("gcc")):
        lacking.append("clang")
    ok = facts.root and not lacking
    return _check(
        "sample",
        Text("Run the sample and its attack", "运行示例及其攻击"),
        ok,
        Text("podman, an OCI runtime and debootstrap are there", "podman、OCI 运行时和 debootstrap 齐全")
        if ok
        else Text(
            "missing: " + ", ".join([*lacking, *([] if facts.root else ["root"])]),
            "缺少：" + "、".join([*lacking, *([] if facts.root else ["root"])]),
        ),
        Text("Everything but `demo` and `up --sample`.", "除 `demo` 和 `up --sample` 外均可用。"),
        install(facts, *lacking) if lacking else Text("Run it as root.", "以 root 运行。"),
    )


def _building(facts: MachineFacts) -> Check:
    has = bool(facts.programs.get("clang"))
    return Check(
        name="build",
        title=Text("Build the kernel program", "编译内核程序"),
        condition=Condition.WORKS if has else Condition.PARTLY,
        found=Text("clang is there", "已有 clang") if has else Text("clang is missing", "缺少 clang"),
        still=NOTHING if has else Text("Only building needs it; running does not.", "只有编译需要；运行不需要。"),
        next_step=NOTHING if has else install(facts, "clang", "libbpf headers"),
    )
