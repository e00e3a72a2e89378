"""Settings of the wrong kind are told in the words of YAML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from azkeep.errors import AzkeepError, Problems
from azkeep.settings import azkeep_yaml
from azkeep.settings.auditing import IgnoreRule
from azkeep.settings.policies import PolicyChoice
from azkeep.settings.waivers import WAIVERS_FILE, WaiverEntry, load_waivers

FOREIGN = (
    "tuple",
    "dict",
    "instance",
    "Input",
    "Field",
    "String",
    "valid ",
    "PolicySettings",
    "None",
    "True",
    "{",
    "(",
)
WRONG = (7, 1.5, True, None, "", "many", [], [[]], {}, {"a": 1}, [{"a": None}])


def told(load: Any) -> str:
    """What is said of settings that cannot be, nothing for those that can."""
    try:
        load()
    except AzkeepError as error:
        return "\n".join(
            f"{each.summary} {each.fix}" for each in (error.errors if isinstance(error, Problems) else [error])
        )
    return ""


def spoilt() -> Iterator[dict[str, Any]]:
    """azkeep.yaml with each of its settings of each wrong kind."""
    for wrong in WRONG:
        yield from ({name: wrong} for name in azkeep_yaml.ProjectSettings.model_fields)
        yield from ({"policies": {name: wrong}} for name in azkeep_yaml.PolicySettings.model_fields)
        yield from ({"policies": {"environments": {"dev": {name: wrong}}}} for name in PolicyChoice.model_fields)
        yield from ({"audit": {"ignore": [{name: wrong}]}} for name in IgnoreRule.model_fields)


def without_examples(text: str) -> str:
    """`text` without what azkeep itself shows of YAML."""
    return text.replace("(`- …` lines)", "").replace("(`name: value` lines)", "")


def test_azkeep_yaml_of_wrong_kinds(tmp_path: Path) -> None:
    """No setting of a wrong kind is told in the names of Python's classes."""
    for document in spoilt():
        (tmp_path / "azkeep.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        said = without_examples(told(lambda: azkeep_yaml.load(tmp_path)))
        assert not [word for word in FOREIGN if word in said], f"{document}: {said}"


def test_waivers_of_wrong_kinds(tmp_path: Path) -> None:
    """Nor is a waiver."""
    for name in WaiverEntry.model_fields:
        for wrong in WRONG:
            (tmp_path / WAIVERS_FILE).write_text(yaml.safe_dump([{name: wrong}]), encoding="utf-8")
            said = without_examples(told(lambda: load_waivers(tmp_path, None, frozenset())))
            assert not [word for word in FOREIGN if word in said], f"{name}: {wrong}: {said}"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("policies: true", "`policies` must be a mapping (`name: value` lines), not true"),
        ("policies: {include: KV}", "`policies.include` must be a list (`- …` lines), not `KV`"),
        ("policies: {folder: }\nenv: 5", "`env` must be text, not `5`"),
        ("audit: {ignore: [{resource: a, reason: b, expires: soon}]}", "must be a date such as 2027-03-31, not `soon`"),
        ("audit: {ignore: [{resource: a, expires: 2099-01-01}]}", "`audit.ignore.0.reason` is missing Add `reason: …`"),
    ],
)
def test_words(tmp_path: Path, text: str, summary: str) -> None:
    """What is wanted, and what is there."""
    (tmp_path / "azkeep.yaml").write_text(text, encoding="utf-8")
    assert summary in told(lambda: azkeep_yaml.load(tmp_path))


def test_line_order(tmp_path: Path) -> None:
    """Problems come in the order of the file."""
    (tmp_path / "azkeep.yaml").write_text("env: 5\nfoo: 1\naudit:\n  ignore: x\n", encoding="utf-8")
    assert told(lambda: azkeep_yaml.load(tmp_path)).splitlines()[1].startswith("unknown setting `foo`")
