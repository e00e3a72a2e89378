"""A rule's docstring, taken apart into its sections."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent
from typing import Any

HEADINGS = ("Checks", "Why", "Bad", "Good", "Source")
_HEADING = re.compile(r"^(Checks|Why|Bad|Good|Source)(?: \((live)\))?:[ ]*(.*)$")


@dataclass(frozen=True)
class Example:
    """Documents to judge, the first of the rule's type first. `is_live` for what is read from a cloud.

    `parameters` are the values the rule's parameters have here, where they are not the defaults.
    """

    documents: tuple[Mapping[str, Any], ...]
    is_live: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sections:
    """`checks`, `why`, `source` are prose; each Bad and each Good section is an example."""

    checks: str
    why: str
    source: str
    bad: tuple[tuple[str, bool], ...]
    good: tuple[tuple[str, bool], ...]

    def bad_examples(self) -> tuple[Example, ...]:
        return tuple(_example(text, is_live) for text, is_live in self.bad)

    def good_examples(self) -> tuple[Example, ...]:
        return tuple(_example(text, is_live) for text, is_live in self.good)


def read_sections(docstring: str) -> Sections:
    """The sections of a docstring; a heading that is absent gives ""."""
    found: list[tuple[str, bool, list[str]]] = []
    for line in docstring.splitlines():
        heading = _HEADING.match(line)
        if heading:
            found.append((heading[1], heading[2] == "live", [heading[3]] if heading[3] else []))
        elif found:
            found[-1][2].append(line)
    prose = {name: " ".join(" ".join(lines).split()) for name, _, lines in found}
    return Sections(
        checks=prose.get("Checks", ""),
        why=prose.get("Why", ""),
        source=prose.get("Source", ""),
        bad=tuple((dedent("\n".join(lines)), is_live) for name, is_live, lines in found if name == "Bad"),
        good=tuple((dedent("\n".join(lines)), is_live) for name, is_live, lines in found if name == "Good"),
    )


def _example(text: str, is_live: bool) -> Example:
    import yaml

    given = yaml.safe_load(text)
    items = given if isinstance(given, list) else [given]
    parameters = {name: value for item in items for name, value in item.get("parameters", {}).items()}
    return Example(tuple(item for item in items if "parameters" not in item), is_live, parameters)
