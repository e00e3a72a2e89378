"""The local cloud beside a bare server: the same GET, PUT and list over TLS, in turns, as its store grows.

    python bench/emulator.py [--size RESOURCES] [--requests NUMBER] [--json FILE]

Both hold SIZE resources in groups of a hundred. One client, one connection, one request after the other; a figure is
the median of a request in milliseconds. The bare server is Starlette and SQLite and knows no token, no rule and no
record of who wrote what. The local cloud's own store is measured once more with a hundred resources, for its growth.
"""

from __future__ import annotations

import argparse
import http.client
import json
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.emulator import control
from azkeep.emulator.cloud import DEPLOYER
from azkeep.testing import emulator

HERE = Path(__file__).parent
GROUP = 100
VERSIONS = {"resourceGroups": "2025-04-01", "providers": "2024-11-30"}
TIMES = 4.0
MEGABYTES = 300
KINDS = ("GET", "PUT", "list")


@dataclass(frozen=True)
class Server:
    """One connection to a server, and the headers it wants."""

    connection: http.client.HTTPSConnection
    headers: Mapping[str, str]
    subscription: str

    def send(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        version = VERSIONS["providers" if "/providers/" in path else "resourceGroups"]
        content = None if body is None else json.dumps(body)
        self.connection.request(method, f"{path}?api-version={version}", content, dict(self.headers))
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def group(self, number: int) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/bench-{number}"

    def identities(self, number: int) -> str:
        return f"{self.group(number)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"


def fill(server: Server, first: int, last: int) -> None:
    """Writes the resources from `first` up to `last`."""
    for number in range(first, last):
        if number % GROUP == 0:
            expect(server.send("PUT", server.group(number // GROUP), {"location": "westeurope"}))
        place = server.identities(number // GROUP)
        expect(server.send("PUT", f"{place}/identity-{number}", {"location": "westeurope"}))


def expect(answer: tuple[int, bytes]) -> None:
    if answer[0] not in (200, 201):
        sys.exit(f"the server answered {answer[0]}: {answer[1].decode()[:300]}")


def measure(servers: Mapping[str, Server], size: int, requests: int) -> dict[str, dict[str, float]]:
    """Median milliseconds by server and kind; the servers take turns with every request."""
    taken: dict[str, dict[str, list[float]]] = {name: {kind: [] for kind in KINDS} for name in servers}
    for turn in range(requests):
        number = turn * 37 % size
        for name, server in servers.items():
            place = server.identities(number // GROUP)
            one = f"{place}/identity-{number}"
            body = {"location": "westeurope", "tags": {"turn": str(turn)}}
            asked = [("GET", "GET", one, None), ("PUT", "PUT", one, body)]
            if turn % 10 == 0:
                asked.append(("list", "GET", place, None))
            for kind, method, path, content in asked:
                began = time.perf_counter()
                answer = server.send(method, path, content)
                taken[name][kind].append(1000 * (time.perf_counter() - began))
                expect(answer)
    return {name: {kind: statistics.median(each) for kind, each in kinds.items()} for name, kinds in taken.items()}


@contextmanager
def bare(folder: Path, certificate: Path, trusted: ssl.SSLContext, subscription: str) -> Iterator[Server]:
    """The bare server, running."""
    command = [sys.executable, str(HERE / "bare_server.py"), str(folder / "bare.sqlite3"), str(certificate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        port = int(process.stdout.readline())
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusted)
        yield Server(connection, {"Content-Type": "application/json"}, subscription)
        connection.close()
        process.stdin.close()


def memory(pid: int) -> float:
    """Resident megabytes of a process."""
    told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(told.stdout) / 1024


@contextmanager
def both(folder: Path) -> Iterator[tuple[Server, Server, int]]:
    """The local cloud, the bare server, and the local cloud's process."""
    store = folder / "store"
    with emulator(store) as ready:
        trusted = ssl.create_default_context(cafile=ready["ca"])
        port = int(ready["arm"].rsplit(":", 1)[-1])
        token = control.mint_token(store, DEPLOYER)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        cloud = Server(http.client.HTTPSConnection("127.0.0.1", port, context=trusted), headers, ready["subscription"])
        with bare(folder, store / "server.pem", trusted, ready["subscription"]) as plain:
            yield cloud, plain, ready["pid"]
        cloud.connection.close()


def main() -> int:
    """Prints the figures; 1 if the local cloud misses a goal."""
    parser = argparse.ArgumentParser(description="the local cloud beside a bare Starlette and SQLite server")
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, both(Path(scratch)) as (cloud, plain, pid):
        fill(cloud, 0, GROUP)
        small = measure({"cloud": cloud}, GROUP, options.requests)["cloud"]
        fill(cloud, GROUP, options.size)
        fill(plain, 0, options.size)
        large = measure({"cloud": cloud, "bare": plain}, options.size, options.requests)
        resident = memory(pid)
    print(f"{'milliseconds':<14}{'bare':>8}{'local cloud':>13}{'times':>8}{f'at {GROUP}':>10}{'growth':>8}")
    times = {kind: large["cloud"][kind] / large["bare"][kind] for kind in KINDS}
    growth = {kind: large["cloud"][kind] / small[kind] for kind in KINDS}
    for kind in KINDS:
        ours, theirs = large["cloud"][kind], large["bare"][kind]
        print(f"{kind:<14}{theirs:>8.2f}{ours:>13.2f}{times[kind]:>8.1f}{small[kind]:>10.2f}{growth[kind]:>8.2f}")
    print(f"{resident:.0f} MB of memory with {options.size} resources")
    if options.json:
        found = {"size": options.size, "small": small, **large, "megabytes": resident}
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(max(times.values()) > TIMES or resident > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
