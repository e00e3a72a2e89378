"""How a command ends that cannot do its work: exit codes, messages, documents, and the report of a fault."""

from __future__ import annotations

import errno
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.unit.cli.answers import HEADER, STEP, Jobs, answering, failing

from azkeep.cli import main
from azkeep.errors import Interrupted, PlanStale, SettingsError, Source
from azkeep.jobs.options import (
    Progress,
)
from azkeep.model.plan import Outcome
from azkeep.model.report import Report
from azkeep.render import json as json_format


@pytest.mark.parametrize(("error", "code"), [(PlanStale("the plan is stale"), 4), (Interrupted("stopped"), 130)])
def test_errors_have_their_exit_code(error: Exception, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Each error's class decides the exit code."""
    assert main(["apply", "hub", "p.json"], jobs=failing(error)) == code
    assert capsys.readouterr().err == f"Error: {error}\n"


def test_error_is_a_document_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script finds failures where it asked for the result, with the stack in them."""
    error = SettingsError("wrong", fix="right it", source=Source("f.yaml", 3))
    typed = ["preview", "hub", "--env", "dev", "--format", "json", "--format", f"json={tmp_path}/e.json"]
    assert main(typed, jobs=failing(error)) == 1
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    jsonschema.Draft202012Validator(json_format.schema("error")).validate(found)
    assert (found["stack"], found["env"], found["errors"][0]["source"]) == ("hub", "dev", {"file": "f.yaml", "line": 3})
    assert json.loads((tmp_path / "e.json").read_text())["errors"] == found["errors"]
    assert shown.err == "Error: wrong\n  at   f.yaml:3\n  try  right it\n"


def test_usage_error_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    """Even a command line that cannot be parsed answers in the format that it names."""
    assert main(["preview", "hub", "--nope", "--format=json"], jobs=Jobs()) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["kind"], found["errors"][0]["code"]) == ("error", "usage")


def test_what_stopped_a_run_is_said_after_how_far_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    """An apply that failed half-way shows its outcome, then the error."""
    report = Report(HEADER, Outcome((STEP,), succeeded=False), ("failed",), 1, SettingsError("half-way", fix="again"))
    assert main(["apply", "hub", "--yes"], jobs=answering(report)) == 1
    shown = capsys.readouterr()
    assert "Failed: 1 created" in shown.out
    assert shown.err == "Error: half-way\n  try  again\n"


def test_fault_of_azkeep_leaves_a_masked_report(clean_environment: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An unexpected exception is exit 1, one sentence, and a private file that holds no secret."""
    secret = "q7Zr/T1xH0pW3sLmK9vB2nJ4cX6yD8eF5gA=="
    error = ValueError(f"cannot use AccountKey={secret}; password: hunter2, url https://u:pw@host")
    typed = ["preview", "hub", "-c", "db=hunter2"]
    assert main(typed, jobs=failing(error)) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("Error: azkeep failed with an internal error (ValueError). What happened is in ")
    assert "Traceback" not in shown.err
    (report,) = (clean_environment / ".local" / "state" / "azkeep" / "reports").iterdir()
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    text = report.read_text()
    assert "answers.py" in text
    assert "command: azkeep preview hub -c db=…" in text
    for hidden in (secret, "hunter2", "u:pw@"):
        assert hidden not in text + shown.err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "state.json"), "Error: Permission denied: state.json\n"),
        (OSError(errno.ENOSPC, "No space left on device"), "Error: No space left on device\n"),
    ],
)
def test_what_the_machine_refuses_is_no_fault_of_azkeep(
    error: OSError, said: str, clean_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk or a missing permission is said in its own words, without a report."""
    assert main(["preview", "hub"], jobs=failing(error)) == 1
    assert capsys.readouterr().err.startswith(f"{said}  try  ")
    assert not (clean_environment / ".local").exists()


def test_folder_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shell that stands in a removed folder is told so, without a report."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert main(["local", "log"]) == 1
    assert capsys.readouterr().err == (
        "Error: the folder that you are in has been removed\n  try  Change to one that exists: cd\n"
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(tmp_path: Path, closed: str) -> None:
    """A stream that the caller closed is no failure, and no file takes its place."""
    command = f"{sys.executable} -m azkeep schema plan {closed}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    assert ("$schema" in done.stdout) == (">&-" not in closed.replace("2>&-", ""))


def test_value_of_a_setting_is_in_no_report(clean_environment: Path) -> None:
    """A value typed behind `config set` is left out of the report of a fault."""
    assert main(["config", "set", "hub", "password", "hunter2", "--secret"], jobs=failing(ValueError("x"))) == 1
    (report,) = (clean_environment / ".local" / "state" / "azkeep" / "reports").iterdir()
    assert "command: azkeep config set hub password … --secret" in report.read_text()


def test_interrupt_is_exit_130(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends without a traceback."""

    def answer(options: Any, progress: Progress) -> Report:
        raise KeyboardInterrupt

    assert main(["preview", "hub"], jobs=Jobs(answer)) == 130
    assert capsys.readouterr().err.strip() == "Interrupted."
