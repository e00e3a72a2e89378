"""How a result is to be shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """`verbose` adds what is left alone and values in full; `raw` and `show_secrets` are for outputs alone;
    `one_line` is for a document that another program reads as one line."""

    color: bool = False
    verbose: bool = False
    raw: bool = False
    show_secrets: bool = False
    one_line: bool = False
