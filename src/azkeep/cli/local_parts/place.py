"""Which local cloud a command means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def on_store(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--store", metavar="DIR", help="Its folder; without it the project's own.")(function)
