from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azkeep.errors import AzkeepError, Problems, SettingsError, Source
from azkeep.settings import yaml_lines


def test_every_value_has_its_line() -> None:
    """Keys and list items are found by JSON pointer, with the line they stand in."""
    document = yaml_lines.parse("a: 1\nb:\n  c/d:\n    - x\n    - y: 2\n", "f.yaml")
    assert document.value == {"a": 1, "b": {"c/d": ["x", {"y": 2}]}}
    assert document.lines["/b/c~1d"] == 3
    assert document.lines["/b/c~1d/1/y"] == 5


def test_unknown_pointer_has_the_line_around_it() -> None:
    """A thing that is missing is reported where it should stand."""
    document = yaml_lines.parse("a:\n  b:\n    c: 1\n", "f.yaml")
    assert document.source("/a/b/missing/more") == Source("f.yaml", 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("2026-01-31", "2026-01-31"),
        ("1:30", "1:30"),
        ("true", True),
        ("~", None),
        ("", None),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("0x1f", 31),
        ("'007'", "007"),
        ("1_000", 1000),
        ("10.0.0.0/16", "10.0.0.0/16"),
    ],
)
def test_scalars_are_read_as_pulumi_reads_them(text: str, expected: object) -> None:
    """No dates, no yes and no, no sexagesimal numbers."""
    assert yaml_lines.parse(f"a: {text}", "f.yaml").value == {"a": expected}


def test_syntax_error_names_the_line() -> None:
    """Broken YAML is one SettingsError with file and line, never a parser's own error."""
    with pytest.raises(SettingsError) as caught:
        yaml_lines.parse("a: 1\nb: [1, 2\nc: 3\n", "f.yaml")
    assert caught.value.source == Source("f.yaml", 3)


def test_repeated_keys_are_reported_together() -> None:
    """Every key that is given twice is a problem of its own, with both lines."""
    with pytest.raises(Problems) as caught:
        yaml_lines.parse("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "f.yaml")
    assert [(str(e.source), e.summary) for e in caught.value.errors] == [
        ("f.yaml:2", "`a` is given twice, first in line 1"),
        ("f.yaml:5", "`c` is given twice, first in line 4"),
    ]


def test_merge_keys_and_anchors_are_followed() -> None:
    """`<<` takes what an anchor names; what stands beside it wins."""
    text = "base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\n"
    assert yaml_lines.parse(text, "f.yaml").value["mine"] == {"x": 1, "y": 3}


def test_alias_of_itself_is_refused() -> None:
    """An alias within its own anchor ends in an error, not in endless work."""
    with pytest.raises(SettingsError, match="contains itself"):
        yaml_lines.parse("a: &a [*a]", "f.yaml")


def test_exploding_aliases_are_refused() -> None:
    """Aliases of aliases cannot use up memory."""
    levels = "\n".join(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 9)}]" for i in range(1, 9))
    with pytest.raises(SettingsError, match="too many values"):
        yaml_lines.parse("l0: &l0 [x]\n" + levels, "f.yaml")


def test_file_that_is_not_text(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are reported with their line."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: 1\nb: \xff\xfe\n")
    with pytest.raises(SettingsError) as caught:
        yaml_lines.load(path)
    assert caught.value.source == Source("x.yaml", 2)


# The writer's YAML 1.1 knows no exponent without a point: it writes such text plain, which YAML 1.2 reads as a number.
EXPONENT = re.compile(r"[-+]?[\d_.]+[eE][-+]?\d+")
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "), max_size=20
).filter(lambda text: not EXPONENT.fullmatch(text))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_reads_back_what_a_yaml_writer_wrote(written: object) -> None:
    """Any JSON value survives."""
    text = yaml.safe_dump(written, allow_unicode=True)
    assert yaml_lines.parse(text, "f.yaml").value == written


@given(st.text(max_size=60))
def test_any_text_gives_a_value_or_our_error(text: str) -> None:
    """No input brings out another exception."""
    with suppress(AzkeepError):
        assert yaml_lines.parse(text, "f.yaml").file == "f.yaml"
