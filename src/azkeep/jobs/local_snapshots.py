"""local snapshot | restore | snapshots: a local cloud as it was."""

from __future__ import annotations

from azkeep.clouds import snapshots
from azkeep.clouds.local import refuse_busy
from azkeep.jobs.local import existing_store
from azkeep.jobs.options import LocalSnapshotOptions, Progress
from azkeep.model.local import LocalSnapshot, LocalSnapshots
from azkeep.model.report import Header, Report


def take(options: LocalSnapshotOptions, progress: Progress) -> Report:
    """Keeps the local cloud as it is now, served or not."""
    found = snapshots.take(existing_store(options.local), options.name)
    return Report(Header(cloud="local"), LocalSnapshot("saved", found))


def put_back(options: LocalSnapshotOptions, progress: Progress) -> Report:
    """Makes the local cloud what it was, served or not; not while a command is at work on it."""
    store = existing_store(options.local)
    refuse_busy(store)
    return Report(Header(cloud="local"), LocalSnapshot("restored", snapshots.put_back(store, options.name)))


def listed(options: LocalSnapshotOptions, progress: Progress) -> Report:
    """The snapshots kept beside the store."""
    return Report(Header(cloud="local"), LocalSnapshots(snapshots.all_of(existing_store(options.local))))
