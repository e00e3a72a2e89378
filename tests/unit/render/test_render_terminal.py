from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import render_examples as examples

from azkeep.errors import AzkeepError
from azkeep.model import report as results
from azkeep.model.drift import Audit
from azkeep.model.report import Header, Report
from azkeep.render import terminal
from azkeep.render.view import View

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", list(examples.REPORTS))
def test_text_is_as_reviewed(name: str, golden: Golden) -> None:
    """Each kind of result reads as its reviewed file says."""
    golden(f"text/{name}.txt", terminal.report(examples.REPORTS[name], View()))


def test_verbose_plan_is_as_reviewed(golden: Golden) -> None:
    """Verbose adds what stays as it is, and messages."""
    golden("text/plan-verbose.txt", terminal.report(examples.REPORTS["plan"], View(verbose=True)))


def test_errors_are_as_reviewed(golden: Golden) -> None:
    """Several problems are shown at once: what, where, what to type next."""
    golden("text/error.txt", terminal.failure(examples.ERROR, Header(), View()))


def test_ready_cloud_is_as_reviewed(golden: Golden) -> None:
    """The local cloud names its addresses and principals."""
    golden("text/local-serve.txt", terminal.report(Report(Header(), results.LocalReady(examples.READY)), View()))


@pytest.mark.parametrize("name", list(examples.REPORTS))
@pytest.mark.parametrize("view", [View(), View(verbose=True), View(color=True)])
def test_no_secret_is_shown(name: str, view: View) -> None:
    """A value marked secret appears in no text, whether by its type or by its change."""
    assert examples.CANARY not in terminal.report(examples.REPORTS[name], view)


@pytest.mark.parametrize("name", list(examples.REPORTS))
def test_colours_do_not_change_the_words(name: str) -> None:
    """A terminal shows the very words that a file gets."""
    coloured = terminal.report(examples.REPORTS[name], View(color=True))
    words = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert "\x1b[" in coloured or name in ("outputs", "config", "locks") or name.startswith("local-")
    assert [line.rstrip() for line in words.splitlines()] == terminal.report(
        examples.REPORTS[name], View()
    ).splitlines()


def test_rehearsal_is_said_first_and_last() -> None:
    """Nobody can take a rehearsal for the real thing, whatever part of the text they see."""
    lines = terminal.report(examples.REPORTS["plan-rehearsal"], View()).splitlines()
    assert lines[0].startswith("REHEARSAL: prod lives on Azure")
    assert lines[-1] == lines[0]


def test_raw_output_is_the_bare_value() -> None:
    """A script gets the value and nothing around it."""
    one = Report(Header(), results.Outputs({"id": "abc", "n": {"a": 1}}, chosen="id"))
    other = Report(Header(), results.Outputs({"id": "abc", "n": {"a": 1}}, chosen="n"))
    assert terminal.report(one, View(raw=True)) == "abc\n"
    assert terminal.report(other, View(raw=True)) == '{"a": 1}\n'


def test_secrets_are_shown_only_on_demand() -> None:
    """--show-secrets reveals outputs."""
    report = examples.REPORTS["outputs"]
    assert f'key           "{examples.CANARY}"' in terminal.report(report, View(show_secrets=True))


def test_control_characters_cannot_steer_the_terminal() -> None:
    """What a cloud or a program says reaches no terminal as an escape sequence."""
    error = AzkeepError("bad \x1b[2J name\x07", detail="\x1b]0;x\x07", fix="a\rb", subject="\x1b")
    text = terminal.failure(error, Header(), View())
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", text)
    assert "\\x1b[2J" in text


def test_nothing_is_shown_for_nothing() -> None:
    """An interactive tool has spoken for itself."""
    assert terminal.report(Report(Header(), results.Nothing()), View()) == ""


def test_what_was_left_out_is_not_in_sync() -> None:
    """An audit that shows a part of what it found says that nothing was found in it, and how much is not shown."""
    audited = examples.REPORTS["audit-in-sync"]
    assert isinstance(audited.result, Audit)
    assert "In sync: " in terminal.report(audited, View())
    part = terminal.report(replace(audited, result=replace(audited.result, hidden=2)), View())
    assert "In sync" not in part
    assert "No drift found: read 22 of 22 resources (100 %)" in part
    assert "2 findings left out by --severity, --since or --only" in part
