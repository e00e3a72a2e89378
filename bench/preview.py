"""Previews of growing estates: azkeep's program host against the plain SDK, same engine, same provider.

    python bench/preview.py [--sizes 50,200,400,1000,2000] [--repeat N] [--limit SECONDS] [--json FILE] [--engine PATH]

Both sides use the pulumi and azure-native of this environment; the plain side is the SDK's own language server in a
process of its own. The provider answers at once, so what is measured is the program, the SDK and the engine. A time
counts everything from the start of the host to the end of the preview; the best of the repeats counts. A plain preview
that is expected to take longer than the limit is left out, and the largest size's ratio is then a lower bound.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import estate
from azkeep.program import speed
from azkeep.program.host import ProgramHost
from azkeep.program.project import load_project

HERE = Path(__file__).parent
PARALLEL = 16
RATIO_AT = (200, 1000)
MOST_PER_RESOURCE = 0.010
FIXED = 3.0


@dataclass(frozen=True)
class Measured:
    """One size. Times are seconds, None where not measured; `per_resource` is azkeep's, in milliseconds."""

    resources: int
    azkeep: float
    plain: float | None

    @property
    def ratio(self) -> float | None:
        return None if self.plain is None else self.plain / self.azkeep

    @property
    def per_resource(self) -> float:
        return 1000 * self.azkeep / self.resources

    @property
    def is_within_budget(self) -> bool:
        return self.azkeep <= FIXED + MOST_PER_RESOURCE * self.resources


@dataclass(frozen=True)
class Bench:
    """A scratch folder with a backend, an engine and a provider."""

    engine: str
    folder: Path
    environment: dict[str, str]

    def preview(self, stack: Path, address: str, limit: float) -> None:
        """Runs one preview to its end. Raises TimeoutExpired after `limit` seconds, CalledProcessError if it fails."""
        arguments = ["preview", "--stack", "dev", f"--client={address}", "--parallel", str(PARALLEL)]
        self._run(stack, arguments, limit)

    def make_stack(self, count: int) -> tuple[Path, int]:
        """A stack of about `count` resources, and how many they are."""
        stack = self.folder / f"estate{count}"
        made = estate.write(stack, count)
        backend = stack / ".state"
        backend.mkdir()
        self.environment["PULUMI_BACKEND_URL"] = backend.as_uri()
        self._run(stack, ["stack", "init", "dev"], 60)
        return stack, made

    def _run(self, stack: Path, arguments: list[str], limit: float) -> None:
        subprocess.run(
            [self.engine, *arguments, "--non-interactive"],
            cwd=stack,
            env=self.environment,
            check=True,
            capture_output=True,
            timeout=limit,
        )


def time_azkeep(bench: Bench, stack: Path, limit: float) -> float:
    """Seconds of one preview with azkeep's host, its start included."""
    began = time.monotonic()
    with ProgramHost(
        load_project(stack),
        environment={},
        parallel=PARALLEL,
        kept_alias_types=frozenset(),
        secret_outputs={},
        on_output=lambda line: None,
    ) as host:
        bench.preview(stack, host.address, limit)
        return time.monotonic() - began


def time_plain(bench: Bench, stack: Path, limit: float) -> float:
    """Seconds of one preview with the SDK as it is, the start of its process included."""
    began = time.monotonic()
    with process([sys.executable, str(HERE / "plain_host.py"), str(stack)]) as port:
        bench.preview(stack, f"127.0.0.1:{port}", limit)
        return time.monotonic() - began


@contextmanager
def process(command: list[str]) -> Iterator[str]:
    """The first line that a child process prints; it ends with the context."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield child.stdout.readline().strip()
        finally:
            child.kill()


def measure(bench: Bench, count: int, repeat: int, limit: float, with_plain: bool) -> Measured:
    """The best of `repeat` previews on each side, taken in turns so that both meet the same machine."""
    stack, made = bench.make_stack(count)
    azkeep: list[float] = []
    plain: list[float] = []
    for _ in range(repeat):
        azkeep.append(time_azkeep(bench, stack, limit))
        if with_plain:
            plain.append(time_plain(bench, stack, limit))
    return Measured(made, min(azkeep), min(plain) if plain else None)


def measure_all(bench: Bench, sizes: list[int], repeat: int, limit: float) -> list[Measured]:
    """One row for each size; plain is left out from where its last time says that it would exceed the limit."""
    rows: list[Measured] = []
    for count in sizes:
        last = next((row for row in reversed(rows) if row.plain is not None), None)
        expected = 0.0 if last is None or last.plain is None else last.plain * count / last.resources
        row = measure(bench, count, repeat, limit, with_plain=expected < limit)
        rows.append(row)
        print(_line(row), flush=True)
    return rows


def _line(row: Measured) -> str:
    plain = "-" if row.plain is None else f"{row.plain:.2f}"
    ratio = "-" if row.ratio is None else f"{row.ratio:.1f}"
    within = "yes" if row.is_within_budget else "NO"
    return f"{row.resources:>9} {row.azkeep:>10.2f} {plain:>9} {ratio:>7} {row.per_resource:>8.1f} {within:>8}"


def versions() -> dict[str, str]:
    """The packages that are compared."""
    return {name: importlib.metadata.version(name) for name in ("pulumi", "pulumi-azure-native")}


def find_engine(given: str | None) -> str:
    """`given`, else what azkeep finds without building."""
    if given:
        return given
    from azkeep.engine.find import find_engine as find

    return str(find(may_build=False, progress=lambda line: None).path)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="time previews with azkeep and with the plain SDK")
    parser.add_argument("--sizes", default="50,200,400,1000,2000")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--limit", type=float, default=150.0, help="most seconds for one preview")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--engine")
    return parser.parse_args()


def main() -> int:
    """Prints the table; 1 if a size is over its budget or a ratio under 4."""
    options = parse()
    print(f"{'resources':>9} {'azkeep s':>10} {'plain s':>9} {'ratio':>7} {'ms each':>8} {'budget':>8}", flush=True)
    with tempfile.TemporaryDirectory() as scratch, process([sys.executable, str(HERE / "echo_provider.py")]) as port:
        environment = {
            **os.environ,
            "PULUMI_DEBUG_PROVIDERS": f"azure-native:{port}",
            "PULUMI_CONFIG_PASSPHRASE": "bench",
            "PULUMI_HOME": str(Path(scratch) / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        bench = Bench(find_engine(options.engine), Path(scratch).resolve(), environment)
        sizes = [int(size) for size in options.sizes.split(",")]
        rows = measure_all(bench, sizes, options.repeat, options.limit)
    if options.json:
        document = {
            "versions": versions(),
            "changes": [change.name for change in speed.applied()],
            "rows": [{**asdict(row), "ratio": row.ratio, "per_resource_ms": row.per_resource} for row in rows],
        }
        options.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    slow = [row for row in rows if row.resources in RATIO_AT and row.ratio is not None and row.ratio < 4]
    return int(bool(slow) or not all(row.is_within_budget for row in rows))


if __name__ == "__main__":
    sys.exit(main())
