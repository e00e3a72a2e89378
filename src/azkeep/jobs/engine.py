"""engine build | export | import: one Pulumi CLI per machine, carried to where there is no network."""

from __future__ import annotations

import os
from pathlib import Path

from azkeep.engine.build import build_engine, export_engine, import_engine
from azkeep.engine.cache import VERSION, Cached, cache_root, cached
from azkeep.jobs.options import EngineOptions, Progress
from azkeep.model.report import EngineFound, Header, Report


def build(options: EngineOptions, progress: Progress) -> Report:
    """The engine in the user's cache, built if it is not there yet."""
    place = build_engine(_place(), environment=os.environ, progress=progress.phase)
    return _report(place, place.sha256() or "", "built")


def export(options: EngineOptions, progress: Progress) -> Report:
    """Writes the cached engine to `options.file`."""
    return _report(_place(), export_engine(_place(), Path(options.file or "")), "exported")


def import_(options: EngineOptions, progress: Progress) -> Report:
    """Takes the engine out of `options.file` into the cache, its checksum checked."""
    return _report(_place(), import_engine(_place(), Path(options.file or "")), "imported")


def _place() -> Cached:
    return cached(cache_root(os.environ))


def _report(place: Cached, sha256: str, action: str) -> Report:
    return Report(Header(), EngineFound(str(place.path), VERSION, f"cache ({place.origin()})", sha256, action))
