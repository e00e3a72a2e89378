"""Reading an event log while it is written."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from azkeep.engine.event_log import Event, Tail, parse, read, scrub


def line(sequence: int, text: str = "x") -> str:
    return json.dumps({"sequence": sequence, "diagnosticEvent": {"message": text}}) + "\n"


def wait_for(seen: list[Event], count: int) -> None:
    ends = time.monotonic() + 5
    while len(seen) < count and time.monotonic() < ends:
        time.sleep(0.01)


def test_events_arrive_while_the_file_grows(tmp_path: Path) -> None:
    """A line counts once it is whole, and each is told once."""
    path, seen = tmp_path / "log", list[Event]()
    with Tail(path, seen.append) as tail, path.open("w") as log:
        log.write(line(0) + line(1)[:10])
        log.flush()
        wait_for(seen, 1)
        assert [event.sequence for event in seen] == [0]
        log.write(line(1)[10:])
    assert [event.sequence for event in seen] == [0, 1]
    assert tail.events == tuple(seen)


@pytest.mark.parametrize("second", [1, 3, 40])
def test_the_second_phase_replaces_the_first(tmp_path: Path, second: int) -> None:
    """A truncated file starts over, shorter or already longer than what was read; the last phase is what counts."""
    path, seen = tmp_path / "log", list[Event]()
    with Tail(path, seen.append) as tail:
        path.write_text("".join(line(i, "dry") for i in range(3)))
        wait_for(seen, 3)
        path.write_text("".join(line(i, "real run") for i in range(second)))
    assert [event.payload["message"] for event in tail.events] == ["real run"] * second
    assert [event.payload["message"] for event in seen] == ["dry"] * 3 + ["real run"] * second


def test_a_listener_that_fails_loses_no_event(tmp_path: Path) -> None:
    """Reading goes on, and the failure is raised at the end."""
    path = tmp_path / "log"
    path.write_text(line(0) + line(1))

    def fail(event: Event) -> None:
        raise ValueError(event.sequence)

    tail = Tail(path, fail)
    with pytest.raises(ValueError, match="0"), tail:
        pass
    assert len(tail.events) == 2


def test_a_log_cut_off_by_a_kill_is_read_up_to_there(tmp_path: Path) -> None:
    """The last, broken line is left out; no file means no events."""
    path = tmp_path / "log"
    path.write_text(line(0) + line(1)[:-8])
    assert [event.sequence for event in read(path)] == [0]
    assert read(tmp_path / "none") == ()
    assert parse(["\n", "[]\n", "3\n"]) == ()


def test_values_of_a_violated_plan_are_not_kept(tmp_path: Path) -> None:
    """The engine names them in clear, secrets too: neither events nor a log that is kept hold them."""
    path = tmp_path / "log"
    path.write_text(line(0) + line(1, "x violates plan: properties changed: ++tags[{canary}!={[other] canary}]\n"))
    messages = [event.payload["message"] for event in read(path)]
    assert messages == ["x", "x violates plan: properties changed: ++tags"]
    scrub(path)
    assert "canary" not in path.read_text()
    assert [event.payload["message"] for event in read(path)] == messages
