"""How fast policies are judged: the whole of `azkeep check` beside Checkov, and the rules alone as estates grow.

Checkov runs in an environment of its own, made for the run, on a Terraform file of 25 resources that this script
writes. Both are timed from the start of the process to its end, best of three, in turns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from azkeep.policy.estate import Estate
from azkeep.policy.evaluate import evaluate
from azkeep.policy.loading import load_rules, shipped

CHECKOUT = Path(__file__).parents[1]
GOALS = {"check": 2.5, "documents": 1.0, "rules": 0.1}
TERRAFORM_KINDS = (
    ("azurerm_storage_account", 'account_tier = "Standard"\n  account_replication_type = "LRS"'),
    ("azurerm_key_vault", 'tenant_id = "00000000-0000-0000-0000-000000000001"\n  sku_name = "standard"'),
    ("azurerm_container_registry", 'sku = "Premium"'),
    ("azurerm_virtual_network", 'address_space = ["10.0.0.0/16"]'),
    ("azurerm_network_security_group", ""),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where a goal is missed, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-checkov", action="store_true", help="leave Checkov out")
    asked = parser.parse_args(arguments)
    found = {"check": best(check), "documents": documents(), "rules": rules(60)}
    for name, seconds in found.items():
        print(f"{name:<10} {seconds * 1000:8.0f} ms   goal {GOALS[name] * 1000:.0f} ms")
    for size in (500, 1_000, 5_000):
        seconds = rules(size)
        print(f"rules on {size:>5} resources {seconds * 1000:8.0f} ms, {seconds / size * 1000:.2f} ms a resource")
    if not asked.no_checkov:
        against_checkov()
    return int(any(seconds > GOALS[name] for name, seconds in found.items()))


def best(run: Callable[[], float], times: int = 3) -> float:
    return min(run() for _ in range(times))


def timed(command: Sequence[str], folder: Path) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - begun


def check() -> float:
    """Seconds of `azkeep check` on the secure workspace, as a user runs it."""
    command = [sys.executable, "-m", "azkeep", "check", "stacks/secure-workspace", "--env", "dev", "--quiet"]
    return timed(command, CHECKOUT)


def estate(size: int) -> list[dict[str, Any]]:
    """About `size` documents: the example bodies of every type, again and again in groups of their own."""
    bodies = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((CHECKOUT / "tests/bodies").glob("*.json"))
    ]
    found: list[dict[str, Any]] = []
    while len(found) < size:
        copy = len(found) // len(bodies)
        for body in bodies[: size - len(found)]:
            text = json.dumps(body).replace("/resourceGroups/", f"/resourceGroups/c{copy}-")
            found.append(json.loads(text))
    return found


def documents() -> float:
    """Seconds of `azkeep check --documents` on 60 documents, whole process."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "estate.json").write_text(json.dumps(estate(60)), encoding="utf-8")
        command = [sys.executable, "-m", "azkeep", "check", "--documents", folder, "--quiet"]
        return best(lambda: timed(command, CHECKOUT))


def rules(size: int) -> float:
    """Seconds of all rules on `size` documents, in this process."""
    loaded, given = load_rules(shipped()), estate(size)

    def once() -> float:
        made = Estate.of_documents(given, is_live=False)
        begun = time.perf_counter()
        evaluate(loaded, made)
        return time.perf_counter() - begun

    return best(once)


def against_checkov() -> None:
    """Prints both tools' whole times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        checkov = Path(folder) / "venv"
        subprocess.run([sys.executable, "-m", "venv", str(checkov)], check=True)
        installed = [str(checkov / "bin" / "pip"), "install", "--quiet", "checkov"]
        if subprocess.run(installed, check=False).returncode:
            print("Checkov could not be installed; nothing to compare with")
            return
        work = Path(folder) / "terraform"
        work.mkdir()
        (work / "main.tf").write_text(terraform(25), encoding="utf-8")
        command = [str(checkov / "bin" / "checkov"), "--file", "main.tf", "--compact", "--quiet", "--soft-fail"]
        pairs = [(check(), timed(command, work)) for _ in range(3)]
        ours, theirs = min(own for own, _ in pairs), min(other for _, other in pairs)
        print(f"azkeep check {ours:.2f} s, Checkov on 25 resources {theirs:.2f} s: {theirs / ours:.1f} times")


def terraform(count: int) -> str:
    """A Terraform file of `count` resources."""
    blocks = []
    for index in range(count):
        kind, more = TERRAFORM_KINDS[index % len(TERRAFORM_KINDS)]
        common = f'name = "bench{index}"\n  location = "westeurope"\n  resource_group_name = "bench"'
        blocks.append(f'resource "{kind}" "r{index}" {{\n  {common}\n  {more}\n}}\n')
    return "\n".join(blocks)


if __name__ == "__main__":
    sys.exit(main())
