"""The content rules, one idea a file."""

from __future__ import annotations

from periderm.engines.content.detectors import (
    attack_tool,
    bot,
    credential_stealer,
    harmless_file,
    hiding_library,
    install_hook,
    kernel_hider,
    loader_script,
    login_backdoor,
    miner,
    obfuscated_script,
    packed_program,
    ransom_note,
    reverse_shell,
    server_page,
    web_shell,
)
from periderm.engines.content.judging import Detector

DETECTORS: tuple[Detector, ...] = (
    web_shell.DETECTOR,
    reverse_shell.DETECTOR,
    miner.DETECTOR,
    packed_program.DETECTOR,
    loader_script.DETECTOR,
    hiding_library.DETECTOR,
    attack_tool.DETECTOR,
    server_page.DETECTOR,
    obfuscated_script.DETECTOR,
    ransom_note.DETECTOR,
    credential_stealer.DETECTOR,
    login_backdoor.DETECTOR,
    install_hook.DETECTOR,
    bot.DETECTOR,
    kernel_hider.DETECTOR,
    harmless_file.DETECTOR,
)
