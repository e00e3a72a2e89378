"""One call of the engine: what it answers, complains of, and leaves on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from azkeep.engine.process import Completed, run_attached, run_engine
from azkeep.errors import EngineError


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Answers with its stdin and what lies in its temporary folder, complains, and ends with 3."""
    path = tmp_path / "program"
    path.write_text('#!/bin/sh\ncat\necho complaint >&2\ngrep -rh canary "$TMPDIR"\nexit 3\n')
    path.chmod(0o700)
    return path


def run(program: Path, *, wants_output: bool) -> Completed:
    temporary = program.parent / "temporary"
    temporary.mkdir()
    return run_engine(
        program,
        [],
        folder=program.parent,
        environment={},
        temporary=temporary,
        wants_output=wants_output,
        given="canary\n",
    )


def test_an_answer_never_lies_on_the_disk(program: Path) -> None:
    """What was answered, which may be secrets, is in no file while the engine still runs."""
    assert run(program, wants_output=True) == Completed(3, "canary\n", "complaint")


def test_an_answer_that_nobody_asked_for_is_dropped(program: Path) -> None:
    """The exit code and the complaint are there all the same."""
    assert run(program, wants_output=False) == Completed(3, "", "complaint")


def test_an_engine_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(EngineError) as caught:
        run(tmp_path / "absent", wants_output=True)
    assert caught.value.subject == str(tmp_path / "absent")


def test_an_attached_engine_gets_ctrl_c_alone(tmp_path: Path) -> None:
    """Its SIGINT ends neither the caller nor the engine before its time, and the exit code is the engine's."""
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\ntrap 'exit 7' INT\nkill -INT $PPID\nkill -INT $$\nsleep 5\n")
    program.chmod(0o700)
    assert run_attached(program, [], folder=tmp_path, environment={}, temporary=tmp_path) == 7
