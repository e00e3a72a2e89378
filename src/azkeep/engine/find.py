"""Finding the Pulumi CLI, and building it where there is none. Runs before azkeep's dependencies are installed:
only the standard library is imported.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

from azkeep.engine.cache import VERSION, Cached, cache_root, cached, is_offline, sha256_of
from azkeep.errors import AzkeepError, EngineError, EngineMissing

OLDEST = (3, 200, 0)
PROBE_SECONDS = 5.0
START_SECONDS = 60.0
LINE_SECONDS = 15.0
INSTALLER = "https://get.pulumi.com"
KNOWN = "known.json"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Engine:
    """A Pulumi CLI that runs. `version` has no `v`; `origin` says where it was found."""

    path: Path
    version: str
    origin: str


@dataclass(frozen=True)
class Looked:
    """One place that was looked at. `engine` is None if it gave none, `note` says why, or what was found."""

    place: str
    note: str
    engine: Engine | None = None


def find_engine(
    *, may_build: bool, progress: Say, environment: Mapping[str, str] = os.environ, may_install: bool = True
) -> Engine:
    """The first supported Pulumi CLI of: AZKEEP_PULUMI, PATH, the user's cache, the official installer (not with
    AZKEEP_OFFLINE=1), a build from Go modules. Raises EngineMissing, EngineBuildFailed, or EngineError for an
    AZKEEP_PULUMI that is none."""
    looked = look(environment)
    found = next((place.engine for place in looked if place.engine), None)
    if found is not None:
        return found
    place = cached(cache_root(environment))
    if may_install:
        looked = (*looked, _installed(place, environment, progress))
        if looked[-1].engine is not None:
            return looked[-1].engine
    if not may_build:
        raise _missing((*looked, Looked("build", "not allowed here")))
    from azkeep.engine.build import build_engine

    return _of_cache(build_engine(place, environment=environment, progress=progress))


def look(environment: Mapping[str, str] = os.environ) -> tuple[Looked, ...]:
    """Every place that needs no network, in order, up to the first that has a supported CLI."""
    root = cache_root(environment)
    looked: list[Looked] = []
    for search in (_named, _on_path, _in_cache):
        looked.append(search(environment, root))
        if looked[-1].engine is not None:
            break
    return tuple(looked)


def version_of(path: Path, root: Path | None = None) -> str | None:
    """The version of the CLI at `path`, without `v`; None if it does not run or says none within 5 s. The answer is
    remembered in `root` for as long as the file stays as it is."""
    try:
        found = path.resolve().stat()
    except OSError:
        return None
    key = f"{path.resolve()}:{found.st_mtime_ns}:{found.st_size}"
    remembered = _remembered(root)
    if key in remembered:
        return remembered[key]
    version = _ask_version(path)
    if version is not None and root is not None:
        _remember(root, {**remembered, key: version})
    return version


def _named(environment: Mapping[str, str], root: Path) -> Looked:
    given = environment.get("AZKEEP_PULUMI")
    if not given:
        return Looked("AZKEEP_PULUMI", "not set")
    path = Path(given).expanduser()
    version = version_of(path, root)
    if version is None or not is_supported(version):
        raise EngineError(
            f"AZKEEP_PULUMI names {given}, which is no Pulumi CLI that azkeep can use",
            detail=f"It says version {version}." if version else "It does not run, or does not say its version.",
            fix=f"Name a Pulumi CLI of version {_dotted(OLDEST)} or newer, or unset AZKEEP_PULUMI",
            subject=given,
        )
    return Looked("AZKEEP_PULUMI", given, Engine(path.resolve(), version, "AZKEEP_PULUMI"))


def _on_path(environment: Mapping[str, str], root: Path) -> Looked:
    found = shutil.which("pulumi", path=environment.get("PATH", ""))
    if found is None:
        return Looked("PATH", "no pulumi")
    version = version_of(Path(found), root)
    if version is None:
        return Looked("PATH", f"{found} does not say its version")
    if not is_supported(version):
        return Looked("PATH", f"{found} is {version}, older than {_dotted(OLDEST)}")
    return Looked("PATH", found, Engine(Path(found), version, "PATH"))


def _in_cache(environment: Mapping[str, str], root: Path) -> Looked:
    place = cached(root)
    if place.sha256() is None:
        return Looked("cache", f"no engine in {place.folder}")
    return Looked("cache", str(place.path), _of_cache(place))


def _of_cache(place: Cached) -> Engine:
    return Engine(place.path, VERSION, f"cache ({place.origin()})")


def _installed(place: Cached, environment: Mapping[str, str], progress: Say) -> Looked:
    """The official CLI, put into the cache by Pulumi's own installer."""
    if is_offline(environment):
        return Looked("official installer", "not asked: AZKEEP_OFFLINE is set")
    if not _answers(INSTALLER):
        return Looked("official installer", "cannot be reached")
    try:
        from pulumi.automation import PulumiCommand
        from semver import VersionInfo
    except ImportError:
        return Looked("official installer", "needs the pulumi package, which is not installed yet")
    progress(f"Installing the Pulumi engine {VERSION}, once per machine")
    folder = place.folder / "official"
    try:
        PulumiCommand.install(root=str(folder), version=VersionInfo.parse(VERSION))
        place.folder.mkdir(parents=True, exist_ok=True)
        os.replace(folder / "bin" / "pulumi", place.path)
    except Exception as error:
        # The installer is a script: whatever it fails with, the build comes next.
        return Looked("official installer", f"failed: {error}")
    place.record(sha256_of(place.path), "installed")
    return Looked("official installer", str(place.path), _of_cache(place))


def _answers(url: str) -> bool:
    """True if `url` answers within 5 s, name resolution included."""
    answered = threading.Event()

    def ask() -> None:
        try:
            request = urllib.request.Request(url, method="HEAD")
            with urllib.request.urlopen(request, timeout=PROBE_SECONDS):
                answered.set()
        except HTTPError as refusal:
            refusal.close()
        except OSError:
            return

    # Name resolution has no timeout of its own.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PROBE_SECONDS)
    return answered.is_set()


def is_supported(version: str) -> bool:
    """True for 3.200.0 and newer within major version 3."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    return OLDEST <= numbers < (OLDEST[0] + 1,)


def _ask_version(path: Path) -> str | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run(
            [str(path), "version"], capture_output=True, text=True, timeout=START_SECONDS, check=True, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v?(\d+\.\d+\.\d+\S*)", said.stdout)
    return found[1] if found else None


def _remembered(root: Path | None) -> dict[str, str]:
    if root is None:
        return {}
    try:
        return dict(json.loads((root / KNOWN).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _remember(root: Path, known: Mapping[str, str]) -> None:
    kept = dict(list(known.items())[-20:])
    try:
        root.mkdir(parents=True, exist_ok=True)
        beside = root / f"{KNOWN}.{os.getpid()}"
        beside.write_text(json.dumps(kept), encoding="utf-8")
        beside.replace(root / KNOWN)
    except OSError:
        return  # a cache that cannot be written only costs time


def _missing(looked: tuple[Looked, ...]) -> EngineMissing:
    return EngineMissing(
        "there is no Pulumi CLI on this machine",
        detail="\n".join(f"{place.place}: {place.note}" for place in looked),
        fix="azkeep engine build, or azkeep engine import FILE, or install Pulumi and put it on PATH",
    )


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(str(number) for number in numbers)


class _Lines:
    """Progress on stderr: one line that is written over on a terminal, else a line every 15 seconds."""

    def __init__(self) -> None:
        self._said = 0.0

    def say(self, line: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            print(line, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Finds or builds the engine, its path on stdout, progress on stderr; `--quiet` prints no path."""
    try:
        found = find_engine(may_build=True, progress=_Lines().say)
    except AzkeepError as error:
        print("\n".join(part for part in (f"error: {error}", error.detail, error.fix) if part), file=sys.stderr)
        return error.exit_code
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if "--quiet" not in arguments:
        print(found.path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
