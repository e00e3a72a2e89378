"""Running programs for an engine: isolation, output, failures, the gate."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fake_engine import FakeEngine, request, run, serving

from azkeep.errors import Source
from azkeep.program.host import ProgramHost
from azkeep.program.project import Project

GROUP = 'from pulumi_azure_native import resources\nresources.ResourceGroup("rg", location="westeurope")\n'


@contextmanager
def hosted(project: Project, lines: list[str], **options: Any) -> Iterator[tuple[ProgramHost, FakeEngine, str]]:
    engine = FakeEngine()
    settings: dict[str, Any] = {
        "environment": {},
        "parallel": 8,
        "kept_alias_types": frozenset(),
        "secret_outputs": {},
        **options,
    }
    with serving(engine) as address, ProgramHost(project, on_output=lines.append, **settings) as host:
        yield host, engine, address


def test_a_program_runs_twice_alike(stack: Callable[..., Project]) -> None:
    """A second run declares the same resources, those of a helper module included, and modules start afresh."""
    project = stack(
        "import helper\nhelper.count += 1\nprint('count', helper.count)\n" + GROUP,
        helper="count = 0\nfrom pulumi_azure_native import network\n"
        'network.RouteTable("table", resource_group_name="g")\n',
    )
    lines: list[str] = []
    with hosted(project, lines) as (host, engine, address):
        for preview in (True, False):
            assert run(host.address, address, project.folder, preview=preview).error == ""
        assert engine.names() == ["rg", "rg", "table", "table"]
        assert host.failures == ()
    assert lines == ["count 1", "count 1"]


def test_a_program_sees_its_own_folder_arguments_and_config(stack: Callable[..., Project]) -> None:
    """Working folder, argv, import path, environment and config are as Pulumi's own executor sets them."""
    project = stack(
        "import os, sys, pulumi\nprint(os.getcwd()); print(sys.argv); print(sys.path[0])\n"
        "print(os.environ['EXTRA']); print(pulumi.Config().require('size')); print(__name__, pulumi.get_stack())\n"
    )
    lines: list[str] = []
    with hosted(project, lines, environment={"EXTRA": "yes"}) as (host, _, address):
        assert run(host.address, address, project.folder, size="4").error == ""
    folder = str(project.folder)
    assert lines == [folder, f"['{folder}']", folder, "yes", "4", "__main__ dev"]


def test_an_engine_that_has_gone_already(stack: Callable[..., Project]) -> None:
    """A program whose engine left before it could say so is ended, not waited for."""
    project = stack("import time\ntime.sleep(60)\n")
    began = time.monotonic()
    with hosted(project, []) as (host, _, address):
        host.run(request(address, project.folder), lambda _: False)
        assert [failure.exception_type for failure in host.failures] == ["ProcessDied"]
    assert time.monotonic() - began < 30


def test_output_of_every_kind_is_forwarded(stack: Callable[..., Project], capfd: pytest.CaptureFixture[str]) -> None:
    """Prints, stderr and a child's output arrive line by line and never reach azkeep's own stdout."""
    project = stack(
        "import subprocess, sys\nprint('one'); print('two', file=sys.stderr)\n"
        "subprocess.run(['sh', '-c', 'echo three'])\nsys.stdout.write('four')\n"
    )
    lines: list[str] = []
    with hosted(project, lines) as (host, _, address):
        run(host.address, address, project.folder)
    assert lines == ["one", "two", "three", "four"]
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("main", "helper", "kind", "frames"),
    [
        (
            "import helper\nhelper.fail()\n",
            "def fail():\n    return {}['x']\n",
            "KeyError",
            [("__main__.py", 2), ("helper.py", 2)],
        ),
        ("import helper\n", "x = (\n", "SyntaxError", [("__main__.py", 1), ("helper.py", 1)]),
        ("import sys\nsys.exit(3)\n", "", "SystemExit", [("__main__.py", 2)]),
        (
            GROUP + "import pulumi\npulumi.Output.from_input(1).apply(lambda one: one / 0)\n",
            "",
            "ZeroDivisionError",
            [("__main__.py", 4)],
        ),
    ],
)
def test_a_failure_names_the_stacks_own_lines(
    stack: Callable[..., Project], main: str, helper: str, kind: str, frames: list[tuple[str, int]]
) -> None:
    """The engine gets one short line; the host keeps the frames of the stack's files alone."""
    project = stack(main, helper=helper)
    with hosted(project, []) as (host, _, address):
        answer = run(host.address, address, project.folder)
        (failure,) = host.failures
    assert failure.exception_type == kind
    assert failure.frames == tuple(Source(*frame) for frame in frames)
    assert answer.error == failure.summary
    assert "\n" not in answer.error
    assert "Traceback" not in failure.error().detail


@pytest.mark.parametrize("code", ["", "0"])
def test_leaving_well_is_no_failure(stack: Callable[..., Project], code: str) -> None:
    """`sys.exit()` after a registration ends the program well, the registration stands."""
    project = stack(GROUP + f"import sys\nsys.exit({code})\n")
    with hosted(project, []) as (host, engine, address):
        assert run(host.address, address, project.folder).error == ""
        assert engine.names() == ["rg"]
        assert host.failures == ()


def test_a_process_that_dies_is_a_failure(stack: Callable[..., Project]) -> None:
    """Neither `os._exit` nor a fatal signal passes for success."""
    project = stack(
        "import os, signal, pulumi\n"
        "os.kill(os.getpid(), signal.SIGKILL) if pulumi.Config().get('kill') else os._exit(0)\n"
    )
    with hosted(project, []) as (host, _, address):
        assert "exit code 0" in run(host.address, address, project.folder).error
        assert "signal 9" in run(host.address, address, project.folder, kill="1").error
        assert host.failures[0].exception_type == "ProcessDied"


MANY = "from pulumi_azure_native import resources\nfor i in range(12):\n    resources.ResourceGroup(f'rg{i}')\n"


def test_no_more_registrations_than_allowed_are_in_flight(stack: Callable[..., Project]) -> None:
    """Twelve resources with room for three never are more than three at once."""
    with hosted(project := stack(MANY), [], parallel=3) as (host, engine, address):
        engine.release.clear()
        threading.Timer(1.0, engine.release.set).start()
        assert run(host.address, address, project.folder).error == ""
    assert engine.most_in_flight == 3
    assert len(engine.names()) == 12


def test_stop_lets_what_runs_finish_and_starts_nothing(stack: Callable[..., Project]) -> None:
    """After a stop the three in flight come back, no fourth is sent, and the program fails as interrupted."""
    project = stack(MANY)
    with hosted(project, [], parallel=3) as (host, engine, address):
        engine.release.clear()
        answers: list[Any] = []
        runner = threading.Thread(target=lambda: answers.append(run(host.address, address, project.folder)))
        runner.start()
        deadline = time.monotonic() + 20
        while engine.in_flight < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        host.stop_registering()
        time.sleep(0.3)
        assert not answers
        engine.release.set()
        runner.join(timeout=20)
        assert len(engine.names()) == 3
        assert "Interrupted" in answers[0].error
        assert host.failures[0].is_interrupted
        assert not engine.ended


def test_a_stop_before_the_run_registers_nothing(stack: Callable[..., Project]) -> None:
    """A host that was stopped refuses a later run too."""
    with hosted(project := stack(GROUP), []) as (host, engine, address):
        host.stop_registering()
        assert "Interrupted" in run(host.address, address, project.folder).error
        assert engine.registered == []


def test_secret_outputs_are_asked_for(stack: Callable[..., Project]) -> None:
    """The outputs that the service returns in clear are marked, whatever the API version of the token."""
    project = stack(
        "from pulumi_azure_native import storage\nimport pulumi\n"
        "storage.StorageAccount('a', resource_group_name='g', kind='StorageV2', sku={'name': 'Standard_LRS'},"
        " opts=pulumi.ResourceOptions(additional_secret_outputs=['kind']))\n"
    )
    marked = {"azure-native:storage:StorageAccount": ("primaryKey", "kind")}
    with hosted(project, [], secret_outputs=marked) as (host, engine, address):
        run(host.address, address, project.folder)
    (account,) = [request for request in engine.registered if request.custom]
    assert list(account.additionalSecretOutputs) == ["kind", "primaryKey"]


def test_the_sdks_debug_log_goes_to_nobody(stack: Callable[..., Project]) -> None:
    """No debug message of the SDK reaches the engine; the program's own does."""
    project = stack(GROUP + "import pulumi\npulumi.log.debug('mine')\n")
    with hosted(project, [], speed=False) as (host, engine, address):
        run(host.address, address, project.folder)
    assert [message.message for message in engine.logged] == ["mine"]


def test_a_program_ends_with_its_host(stack: Callable[..., Project]) -> None:
    """Closing the host ends a program that would run on."""
    project = stack("import os, time\nprint(os.getpid())\ntime.sleep(60)\n")
    lines: list[str] = []
    with hosted(project, lines) as (host, _, address):
        runner = threading.Thread(target=_run_quietly, args=(host.address, address, project.folder))
        runner.start()
        deadline = time.monotonic() + 20
        while not lines and time.monotonic() < deadline:
            time.sleep(0.02)
    runner.join(timeout=20)
    assert not _alive(int(lines[0]))


def _run_quietly(host: str, engine: str, folder: Path) -> None:
    import grpc

    try:
        run(host, engine, folder)
    except grpc.RpcError:
        return


def _alive(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True


HOST = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from fake_engine import FakeEngine, request, run, serving
from azkeep.program.host import ProgramHost
from azkeep.program.project import load_project
project = load_project(Path(sys.argv[2]))
with serving(FakeEngine()) as address, ProgramHost(
    project, environment={}, parallel=4, kept_alias_types=frozenset(), secret_outputs={},
    on_output=lambda line: print(line, flush=True),
) as host:
    run(host.address, address, project.folder)
"""


def test_a_program_dies_with_azkeep(stack: Callable[..., Project]) -> None:
    """A kill -9 of azkeep leaves neither the program nor the process that forked it."""
    project = stack("import os, time\nprint(os.getpid(), os.getppid())\ntime.sleep(60)\n")
    command = [sys.executable, "-c", HOST, str(Path(__file__).parent), str(project.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as azkeep:
        assert azkeep.stdout is not None
        pids = [int(pid) for pid in azkeep.stdout.readline().split()]
        azkeep.kill()
    assert len(pids) == 2
    assert [pid for pid in pids if _alive(pid)] == []
