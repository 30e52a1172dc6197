"""The settings of a command: its arguments first, then the environment, then the file, then what they are by default."""

from __future__ import annotations

import argparse
import os
import posixpath

from periderm.model.option_list import BY_NAME
from periderm.model.options import checked, is_on
from periderm.model.settings import CONSOLE_SETTINGS, Settings
from periderm.wiring.told import take_console, told


def value_of(name: str) -> str:
    """What a setting says in this process. Raises UsageError if that is no value of it."""
    option = BY_NAME[name]
    found = told(option.variable)
    return checked(option, found) if found else option.default


def settings_from(options: argparse.Namespace) -> Settings:
    """Settings from arguments, environment and file; folders by user. Raises UsageError."""
    root = os.geteuid() == 0
    home = os.path.expanduser("~")
    state = options.state or value_of("paths.state")
    state = state or ("/var/lib/periderm" if root else os.path.join(home, ".local/state/periderm"))
    state = os.path.abspath(state)
    if getattr(options, "command", "") != "config":  # which has to work where that file is wrong, and reads it itself
        take_console(posixpath.join(state, CONSOLE_SETTINGS))
    cache = value_of("paths.cache") or ("/var/cache/periderm" if root else os.path.join(home, ".cache/periderm"))
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    language = options.lang or ("zh" if locale.startswith("zh") else "en")

    def switch(name: str) -> bool:
        return is_on(value_of(name))

    def number(name: str) -> int:
        return int(value_of(name))

    return Settings(
        state=state,
        cache=os.path.abspath(cache),
        language=language,
        port=number("server.port"),
        content_on=switch("agent.content"),
        baselines_on=switch("agent.baselines"),
        system_calls_on=switch("agent.system_calls"),
        scan_unused=switch("agent.scan_unused"),
        exempt=value_of("responses.exempt"),
        budget_cpu=number("agent.budget_cpu"),
        budget_memory_mib=number("agent.budget_memory_mib"),
        history_on=switch("history.on"),
        history_days=number("history.days"),
        history_mib=number("history.mib"),
        history_free_mib=number("history.free_mib"),
        history_share=switch("history.share"),
        history_fleet_mib=number("history.fleet_mib"),
        history_node_mib=number("history.node_mib"),
        history_node_rate=number("history.node_rate"),
        agents=value_of("server.agents"),
        listen=value_of("server.listen"),
        tls_cert=value_of("server.tls_cert"),
        tls_key=value_of("server.tls_key"),
        hosts=value_of("server.hosts"),
        certificate_seconds=number("server.certificate_seconds"),
        server=value_of("agent.server"),
        spool_mib=number("agent.spool_mib"),
        log_level=value_of("log.level"),
        log_format=value_of("log.format"),
        settings_locked=switch("server.settings_locked"),
        metrics_open=switch("metrics.open"),
        metrics_agent=value_of("metrics.agent"),
        metrics_worker=value_of("metrics.worker"),
        metrics_tls_cert=value_of("metrics.tls_cert"),
        metrics_tls_key=value_of("metrics.tls_key"),
        traces_endpoint=value_of("traces.endpoint"),
        traces_share=float(value_of("traces.share")),
        traces_headers_file=value_of("traces.headers_file"),
    )
