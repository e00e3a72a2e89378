"""Declared faults, from YAML to the requests that they strike."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.fault_file import load
from azkeep.emulator.fault_kinds import KINDS
from azkeep.emulator.injected import ENDLESS, Fault, _strikes
from azkeep.emulator.messages import Request
from azkeep.emulator.target import parse
from azkeep.errors import Problems, SettingsError

SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/hub/subnets/web"


def written(folder: Path, text: str) -> Path:
    file = folder / "faults.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def request(method: str, path: str) -> Request:
    return Request(method, parse(path), {}, {}, b"", "https://127.0.0.1", path, "r", "c")


def test_everything_a_file_can_say(tmp_path: Path) -> None:
    """Kinds bring their answer, members beside them win, and chance has no end unless it is given one."""
    plan = load(
        written(
            tmp_path,
            """
            seed: 7
            latency: 20
            faults:
              - kind: throttled
                type: Microsoft.Network/virtualNetworks/subnets
                verb: [PUT, DELETE]
                times: 2
                retry_after: 3
              - kind: dropped-after
                name: hub-*
                probability: 0.25
              - {kind: gone, type: [Microsoft.KeyVault/*, Microsoft.Network/natGateways]}
              - {kind: late-failure, seconds: 0.5, code: Broken, message: "'{name}' broke"}
            """,
        )
    )
    assert (plan.seed, plan.latency) == (7, 20)
    throttled, dropped, gone, late = plan.faults
    assert gone.type == "Microsoft.KeyVault/*,Microsoft.Network/natGateways"
    assert (throttled.status, throttled.method, throttled.times, throttled.retry_after) == (429, "PUT,DELETE", 2, 3)
    assert throttled.type == "Microsoft.Network/virtualNetworks/subnets"
    assert (dropped.status, dropped.after, dropped.probability, dropped.times) == (0, True, 0.25, ENDLESS)
    assert (late.operation, late.code, late.message, late.seconds, late.times) == (
        "fails",
        "Broken",
        "'{name}' broke",
        0.5,
        1,
    )


def test_empty_file_declares_nothing(tmp_path: Path) -> None:
    """No content, no faults."""
    plan = load(written(tmp_path, ""))
    assert (plan.faults, plan.seed, plan.latency) == ((), 0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_loads(tmp_path: Path, kind: str) -> None:
    """A kind alone is a whole fault."""
    (fault,) = load(written(tmp_path, f"faults: [{{kind: {kind}}}]")).faults
    assert fault.status == KINDS[kind]["status"]
    assert fault.times == 1


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("faults: [", 1, "no YAML"),
        ("- kind: error", 1, "a mapping is expected"),
        ("fault: []", 1, "'fault' is not known"),
        ("faults:\n  kind: error", 2, "a list of faults"),
        ("faults:\n  - times: 2", 2, "has no kind"),
        ("faults:\n  - kind: meteor", 2, "'meteor' is no kind"),
        ("faults:\n  - kind: error\n    often: 2", 3, "'often' is not known"),
        ("faults:\n  - kind: error\n    times: many", 3, "'times' must be a number"),
        ("faults:\n  - kind: error\n    times: 1.5", 3, "'times' must be a number"),
        ("faults:\n  - kind: error\n    probability: 2", 3, "from 0.0 to 1.0"),
        ("faults:\n  - kind: error\n    verb: FETCH", 3, "'FETCH' is no verb"),
        ("faults:\n  - kind: error\n    path: '('", 3, "no regular expression"),
        ("faults:\n  - kind: error\n    path: a\n    name: b", 4, "either 'path' or 'name'"),
        ("faults:\n  - kind: error\n    type: [1]", 3, "'type' must be text"),
        ("latency: true", 1, "'latency' must be a number"),
    ],
)
def test_wrong_file(tmp_path: Path, text: str, line: int, words: str) -> None:
    """What is wrong is named with its line."""
    with pytest.raises(SettingsError, match=words) as caught:
        load(written(tmp_path, text))
    assert caught.value.source is not None
    assert (caught.value.source.file, caught.value.source.line) == (str(tmp_path / "faults.yaml"), line)


MANY = """sed: 7
latency: slow
faults:
  - kind: trottled
    verb: FETCH
    times: 1.5
  - kind: error
    nmae: hub-*
    path: '('
  - throttled
"""


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """All that is wrong in a file comes in one answer, by lines, each with what was meant."""
    with pytest.raises(Problems) as caught:
        load(written(tmp_path, MANY))
    assert [(error.source.line, error.summary, error.fix) for error in caught.value.errors if error.source] == [
        (1, "'sed' is not known here", "Did you mean 'seed'?"),
        (2, "'latency' must be a number from 0 to 60000, not 'slow'", ""),
        (4, "'trottled' is no kind of fault", "Did you mean 'throttled'?"),
        (5, "'FETCH' is no verb of HTTP", "choose from: *, DELETE, GET, HEAD, PATCH, POST, PUT"),
        (6, "'times' must be a number from -1 to 1000000, not 1.5", ""),
        (8, "'nmae' is not known here", "Did you mean 'name'?"),
        (9, "'path' is no regular expression: missing ), unterminated subpattern at position 0", ""),
        (
            10,
            "a mapping is expected here (`name: value` lines)",
            "write one or more of: code, delay, kind, message, name, path, probability, retry_after, seconds, skip,"
            " status, times, type, verb",
        ),
    ]


def test_absent_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "none.yaml")
    assert caught.value.subject == str(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("fault", "method", "path", "expected"),
    [
        (Fault("PUT", ""), "PUT", SUBNET, True),
        (Fault("PUT", ""), "GET", SUBNET, False),
        (Fault("put, delete", ""), "DELETE", SUBNET, True),
        (Fault("*", "/SUBNETS/web$"), "GET", SUBNET, True),
        (Fault("*", "", type="microsoft.network/virtualnetworks/subnets"), "GET", SUBNET, True),
        (Fault("*", "", type="Microsoft.Network/virtualNetworks"), "GET", SUBNET, False),
        (Fault("*", "", type="Microsoft.Network/*"), "GET", SUBNET, True),
        (Fault("*", "", type="Microsoft.KeyVault/vaults, Microsoft.Network/*"), "GET", SUBNET, True),
        (Fault("*", "", type="Microsoft.Network/virtualNetworks/subnets"), "GET", SUBNET.rpartition("/")[0], True),
        (Fault("*", "", type="Microsoft.Network/virtualNetworks/subnets"), "POST", f"{SUBNET}/join", True),
        (Fault("*", "", type="Microsoft.*"), "POST", "/tenant/oauth2/v2.0/token", False),
        (Fault("*", ""), "POST", "/tenant/oauth2/v2.0/token", True),
    ],
)
def test_which_requests_a_fault_concerns(fault: Fault, method: str, path: str, expected: bool) -> None:
    """Verb, path and type must all fit; a list counts as its members' type."""
    assert fault.concerns(request(method, path)) is expected


@given(st.text(alphabet="abc-.*+", min_size=1, max_size=6), st.text(alphabet="abc-.+", min_size=1, max_size=6))
def test_a_name_stands_for_itself(tmp_path_factory: Any, pattern: str, other: str) -> None:
    """In a name only the star has a meaning, and it does not reach over a slash."""
    folder = tmp_path_factory.mktemp("named")
    (fault,) = load(written(folder, f"faults: [{{kind: error, name: '{pattern}'}}]")).faults
    base = SUBNET.rpartition("/")[0]
    assert fault.concerns(request("GET", f"{base}/{pattern.replace('*', 'x')}"))
    if "*" not in pattern and other != pattern:
        assert not fault.concerns(request("GET", f"{base}/{other}"))
        assert not fault.concerns(request("GET", f"{base}/{pattern}/things/{other}"))


def test_chance_comes_from_the_seed() -> None:
    """One seed gives one sequence, another one another, and about as many hits as asked for."""
    fault = Fault("*", "", times=ENDLESS, probability=0.3)

    def sequence(seed: int) -> list[bool]:
        return [_strikes(fault, seed, 0, number, 0) for number in range(1, 1001)]

    assert sequence(1) == sequence(1)
    assert sequence(1) != sequence(2)
    assert 250 < sum(sequence(1)) < 350


@pytest.mark.parametrize(
    ("text", "method", "path", "expected"),
    [
        ("kind: error", "GET", "/subscriptions", True),
        ("kind: error", "POST", "/providers/Microsoft.ResourceGraph/resources", True),
        ("kind: error", "POST", "/tenant/oauth2/v2.0/token", False),
        ("kind: error, path: token", "POST", "/tenant/oauth2/v2.0/token", True),
        ("kind: error, type: Microsoft.ResourceGraph/*", "POST", "//providers/microsoft.resourcegraph/resources", True),
        ("kind: error, type: Microsoft.Insights/eventtypes/values", "GET",
         "/subscriptions/s/providers/Microsoft.Insights/eventtypes/management/values", True),
    ],
)  # fmt: skip
def test_what_a_fault_of_a_file_concerns(tmp_path: Path, text: str, method: str, path: str, expected: bool) -> None:
    """Resource Manager alone, unless a path says otherwise; Resource Graph and the activity log go by their types."""
    (fault,) = load(written(tmp_path, f"faults: [{{{text}}}]")).faults
    assert fault.concerns(request(method, path)) is expected


def test_first_requests_can_pass() -> None:
    """`skip` lets as many by, then `times` are struck."""
    fault = Fault("*", "", times=2, skip=1)
    struck, found = 0, []
    for number in range(1, 6):
        hit = _strikes(fault, 0, 0, number, struck)
        struck += hit
        found.append(hit)
    assert found == [False, True, True, False, False]


def test_faults_of_the_readme_are_as_it_says(tmp_path: Path) -> None:
    """The page's own file loads: a subnet write is throttled twice, a write in ten loses its answer, without end."""
    page = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(seed: .*?)```", page, re.DOTALL)
    file = tmp_path / "storm.yaml"
    file.write_text(text, encoding="utf-8")
    plan = load(file)
    throttled, dropped = plan.faults
    assert plan.seed == 7
    assert (throttled.status, throttled.type, throttled.method, throttled.times) == (
        429,
        "Microsoft.Network/virtualNetworks/subnets",
        "PUT",
        2,
    )
    assert (dropped.status, dropped.after, dropped.probability, dropped.times) == (0, True, 0.1, -1)
