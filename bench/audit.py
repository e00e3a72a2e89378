"""Audits of a big estate: azkeep against the engine's own refresh, on the same local cloud, with Azure's limits.

    python bench/audit.py [--size RESOURCES] [--latency MILLISECONDS] [--json FILE] [--keep FOLDER]

A stack of workspaces is applied once. Then every answer of the cloud is held back and request limits are on, and both
sides look for drift in turn: `azkeep audit`, from the start of its process to its end, and `pulumi refresh
--preview-only` of the same engine, provider and state, without the start of the cloud. `azkeep audit` also looks for
what nobody declared, which a refresh does not.

The floor is what `FOR_ALL` and `FOR_EACH` count: the fewest requests that show all of it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import workspaces
from azkeep.emulator import control
from azkeep.jobs.options import StackOptions
from azkeep.jobs.stack import open_stack
from azkeep.model.report import Report

OWN = ".azkeep/local"
FOR_ALL = (
    "Resource Graph",
    "resource groups",
    "role assignments",
    "locks",
    "vaults",
    "storage accounts",
    "Application Insights components",
    "machine learning workspaces",
)
FOR_EACH = {
    "computes, datastores, connections, outbound rules, online endpoints": 5,
    "containers of models, environments, codes, components and data": 5,
    "versions of four models and an environment": 5,
    "deployments of three online endpoints": 3,
    "blob and file services and management policies of the storage account": 3,
    "keys and secrets of the vault": 2,
    "diagnostic settings of workspace, account, vault, component, three endpoints and their deployments": 10,
}
"""Lists that one workspace needs, its companions included: none of them exists for a subscription or in Resource
Graph, whose rows may be minutes old and say that a thing is there, not what it is."""
UNSAVED = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""The engine writes its state once, at the end: what is measured comes after the apply."""


@dataclass(frozen=True)
class Looked:
    """One look for drift: seconds, and requests by kind, `total` among them."""

    seconds: float
    requests: Mapping[str, int]


class Silent:
    """Nobody is told anything."""

    def phase(self, text: str) -> None: ...

    def step(self, urn: str, operation: str, status: str) -> None: ...

    def line(self, text: str) -> None: ...

    def show(self, report: Report) -> None: ...

    def ask(self, question: str) -> bool:
        return False


def apply(root: Path) -> float:
    """Seconds in which the estate came into being."""
    began = time.monotonic()
    azkeep(root, "apply", workspaces.STACK, "--yes", "--quiet", **UNSAVED)
    return time.monotonic() - began


def azkeep(root: Path, *arguments: str, **environment: str) -> str:
    """What an azkeep command prints. Raises CalledProcessError."""
    command = [sys.executable, "-m", "azkeep", *arguments]
    done = subprocess.run(command, cwd=root, env={**os.environ, **environment}, check=True, capture_output=True)
    return done.stdout.decode()


def audit(root: Path) -> Looked:
    """`azkeep audit`, its process and its cloud started for it."""
    began = time.monotonic()
    document = json.loads(azkeep(root, "audit", workspaces.STACK, "--format", "json"))
    seconds = time.monotonic() - began
    if document["drifts"] or document["coverage"]["percent"] != 100.0:
        sys.exit("the audit of an estate that nobody touched is not silent and whole")
    return Looked(seconds, document["requests"])


def refresh(root: Path) -> Looked:
    """The engine's refresh, the cloud and the provider running already."""
    os.chdir(root)
    with open_stack(StackOptions(workspaces.STACK), Silent()) as opened:
        before, began = opened.cloud.transport.requests, time.monotonic()
        opened.session.ask(["refresh", "--preview-only", "--stack", opened.session.stack, "--non-interactive"])
        return Looked(time.monotonic() - began, {"total": opened.cloud.transport.requests - before})


def floor(count: int) -> int:
    """The fewest requests with which `count` workspaces of this estate can be seen whole."""
    return len(FOR_ALL) + count * sum(FOR_EACH.values())


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """Where the estate lies: `kept`, or a folder that goes at the end."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch).resolve()


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="audit a big estate beside the engine's refresh")
    parser.add_argument("--size", type=int, default=1000, help="resources, in workspaces of fifty; from 200 on")
    parser.add_argument("--latency", type=float, default=20.0, help="milliseconds by which every answer is held back")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for the estate; one that is there already is used again")
    return parser.parse_args()


def main() -> int:
    """Prints the figures; 1 if the audit asks more than the floor."""
    options = parse()
    with folder(options.keep) as root:
        store = root / OWN / "store"
        made = workspaces.write(root, -(-options.size // workspaces.EACH))
        if not store.exists():
            print(f"{made} resources applied in {apply(root):.0f} s", flush=True)
        control.slow_down(store, options.latency)
        control.throttle(store, True)
        ours, engine = audit(root), refresh(root)
    least = floor(made // workspaces.EACH)
    print(f"{'':<28} {'azkeep audit':>14} {'pulumi refresh':>15} {'ratio':>7}")
    requests = (ours.requests["total"], engine.requests["total"])
    print(f"{'requests':<28} {requests[0]:>14} {requests[1]:>15} {requests[1] / requests[0]:>7.1f}")
    print(f"{'seconds':<28} {ours.seconds:>14.1f} {engine.seconds:>15.1f} {engine.seconds / ours.seconds:>7.1f}")
    kinds = ", ".join(f"{number} {kind}" for kind, number in ours.requests.items() if number and kind != "total")
    print(f"azkeep's requests: {kinds}; floor {least}: {len(FOR_ALL)}, and {sum(FOR_EACH.values())} for each workspace")
    if options.json:
        found = {"resources": made, "azkeep": asdict(ours), "refresh": asdict(engine), "floor": least}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(requests[0] > least)


if __name__ == "__main__":
    sys.exit(main())
