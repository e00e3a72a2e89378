"""Where one machine keeps its Pulumi CLI: outside of any checkout, by version, platform and module list."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION = "3.220.0"
"""The Pulumi CLI that azkeep builds: the newest whose modules the Go module proxy serves whole."""

MODULE = Path(__file__).parent / "module"
RECORD = "engine.json"


@dataclass(frozen=True)
class Cached:
    """One engine in the cache. `path` is its binary, which may not be there yet."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "pulumi"

    def sha256(self) -> str | None:
        """The checksum recorded when the engine was put here; None if there is none or it did not come whole."""
        try:
            record = json.loads((self.folder / RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return str(record["sha256"]) if self.path.is_file() and record.get("version") == VERSION else None

    def record(self, sha256: str, origin: str) -> None:
        """Marks the engine as whole."""
        document = {"version": VERSION, "sha256": sha256, "origin": origin}
        (self.folder / RECORD).write_text(json.dumps(document) + "\n", encoding="utf-8")

    def origin(self) -> str:
        """How the engine came here: built, imported, or by the official installer."""
        return str(json.loads((self.folder / RECORD).read_text(encoding="utf-8")).get("origin", "built"))


def cache_root(environment: Mapping[str, str] = os.environ) -> Path:
    """`$XDG_CACHE_HOME/azkeep/engine`, or the same under `~/.cache`."""
    given = environment.get("XDG_CACHE_HOME")
    base = Path(given) if given and Path(given).is_absolute() else Path.home() / ".cache"
    return base / "azkeep" / "engine"


def cached(root: Path) -> Cached:
    """This machine's place for the engine that azkeep builds."""
    modules = hashlib.sha256((MODULE / "go.sum").read_bytes()).hexdigest()[:12]
    return Cached(root / f"{VERSION}-{platform_name()}-{modules}")


def is_offline(environment: Mapping[str, str]) -> bool:
    """True if AZKEEP_OFFLINE forbids every request to outside hosts."""
    return environment.get("AZKEEP_OFFLINE", "") not in ("", "0")


def platform_name() -> str:
    """Go's name of this platform: `linux-amd64`, `darwin-arm64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}-{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
