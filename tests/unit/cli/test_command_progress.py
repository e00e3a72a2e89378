from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import textwrap

import pytest

from azkeep.cli.frame.options import Display
from azkeep.cli.frame.progress import StderrProgress
from azkeep.model.report import Header, Outputs, Report

URN = "urn:pulumi:dev::hub::my:Net$azure-native:network:VirtualNetwork::vnet"


class Spinner:
    """Fills progress.Spinner and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def update(self, status: str) -> None:
        self.told.append(status)

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")


def speak(display: Display, spinner: Spinner | None = None) -> str:
    """What one typical job says."""
    stream = io.StringIO()
    with StderrProgress(display, lambda report: None, stream=stream, spinner=spinner) as progress:
        progress.phase("Applying")
        progress.step(URN, "create", "running")
        progress.step(URN, "create", "done")
        progress.step(URN, "same", "done")
        progress.step(URN, "replace", "failed")
        progress.line("two\nlines \x1b[31m")
        progress.show(Report(Header(), Outputs({})))
    return stream.getvalue()


def test_plain_lines_without_a_terminal() -> None:
    """A log gets a line for each phase and each resource that moved, none for what stays as it is."""
    assert speak(Display()).splitlines() == [
        "Applying…",
        "  created   network:VirtualNetwork  vnet",
        "  replace failed  network:VirtualNetwork  vnet",
        "  | two",
        "  | lines \\x1b[31m",
    ]


def test_verbose_also_says_what_begins() -> None:
    """--verbose names resources as they begin."""
    assert "  create running  network:VirtualNetwork  vnet" in speak(Display(verbose=True)).splitlines()


def test_quiet_is_silent() -> None:
    """--quiet says nothing of all that."""
    assert speak(Display(quiet=True)) == ""


def test_spinner_counts_and_makes_way() -> None:
    """On a terminal the spinner names the phase, counts what is done, and stops while a result is shown."""
    spinner = Spinner()
    text = speak(Display(), spinner)
    assert "Applying…" not in text
    assert spinner.told == ["start", "Applying…", "Applying… 1", "Applying… 2", "stop", "start", "stop"]


TALK = """
import sys
from datetime import UTC, datetime
from azkeep.cli import main
from azkeep.model.plan import Operation, Plan, Step
from azkeep.model.report import Header, Outputs, Report

def job(options, progress):
    progress.phase("Planning")
    step = Step(Operation.CREATE, None, "a/b", "st", "urn:pulumi:dev::hub::a:b:C::st")
    progress.show(Report(Header(stack="hub"), Plan((step,))))
    agreed = progress.ask("Apply this plan?")
    return Report(Header(), Outputs({"agreed": agreed, "terminal": options.terminal}))

sys.exit(main(["apply", "hub"], jobs=lambda name: job))
"""


def on_terminal(answer: str, environment: dict[str, str]) -> str:
    """What a terminal shows of a run that asks, and gets `answer`."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(TALK)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return seen.decode()


@pytest.mark.parametrize(("answer", "agreed"), [("y", "true"), ("yes", "true"), ("n", "false"), ("", "false")])
def test_plan_is_shown_before_the_question(answer: str, agreed: str) -> None:
    """At a terminal apply shows the plan, asks, and takes anything but yes for a no."""
    seen = on_terminal(answer, {})
    assert seen.index("1 to create") < seen.index("Apply this plan? [y/N]") < seen.index(f"agreed    {agreed}")
    assert "terminal  true" in seen


def test_colours_only_where_wanted() -> None:
    """A terminal gets colours; NO_COLOR takes them away and leaves the words."""
    assert "\x1b[32m+" in on_terminal("y", {})
    plain = on_terminal("y", {"NO_COLOR": "1"})
    assert "\x1b[32m" not in plain
    assert "  + a/b  st" in plain
