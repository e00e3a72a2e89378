"""The SDK's debug log goes to nobody: it holds the values of properties, secrets among them.

What the program itself logs with `pulumi.log.debug` still reaches the engine.
"""

from __future__ import annotations

import sys
from typing import Any

import pulumi


def drop_sdk_debug_log() -> None:
    """From now on, in this process, debug messages whose caller is the SDK are dropped."""
    send = pulumi.log.debug

    def debug(msg: str, *rest: Any, **named: Any) -> None:
        caller = str(sys._getframe(1).f_globals.get("__name__", ""))
        if caller != "pulumi" and not caller.startswith("pulumi."):
            send(msg, *rest, **named)

    pulumi.log.debug = debug
