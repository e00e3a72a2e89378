"""Snapshots of a local cloud, kept beside its store or in a file elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from azkeep.emulator import injected, store_snapshots
from azkeep.emulator.cloud import THROTTLING, Cloud
from azkeep.emulator.store_snapshots import Snapshot
from azkeep.errors import UsageError

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
FOLDER = "snapshots"
ENDING = ".sqlite3"
FILE_ENDING = ".snapshot"
BEFORE = "before-restore"
"""Name of the snapshot that a restore makes first, so that it can be taken back."""
OF_THE_SERVER = (injected.FACT, injected.LATENCY, THROTTLING)
"""Facts that say how a cloud is served, not what is in it: a restore leaves them."""


def take(cloud: Cloud, name: str) -> Snapshot:
    """Keep the cloud as it is now, replacing an older snapshot of that name; never another kind of file.

    A name with a slash, or that ends in `.snapshot`, is a file anywhere. Raises UsageError.
    """
    file = file_of(cloud.store.folder, name)
    if file.parent.name == FOLDER and file.parent.parent == cloud.store.folder:
        file.parent.mkdir(mode=0o700, exist_ok=True)
    if file.exists():
        store_snapshots.read(file, name)
    try:
        store_snapshots.write(cloud.store, file)
    except OSError as error:
        raise UsageError(f"the snapshot cannot be written: {error.strerror}", subject=str(file)) from error
    return store_snapshots.read(file, name)


def put_back(cloud: Cloud, name: str) -> Snapshot:
    """Replace the cloud's content, as one write and also while it is served, by a snapshot; the present is kept as
    `before-restore`. Faults, latency and request limits stay. Raises UsageError."""
    file = file_of(cloud.store.folder, name)
    if not file.is_file():
        raise UsageError(
            f"there is no snapshot '{name}'", subject=str(file), fix="azkeep local snapshots lists those there are."
        )
    found = store_snapshots.read(file, name, cloud.secrets)
    facts = {each: cloud.facts.get(each) for each in OF_THE_SERVER}
    with store_snapshots.prepared(cloud.store, file, facts) as draft:
        take(cloud, BEFORE)
        cloud.store.copy_from(draft)
    return found


def all_of(folder: Path) -> tuple[Snapshot, ...]:
    """The snapshots beside the store in `folder`, oldest first; what is no readable snapshot is left out."""
    found = []
    for file in (folder / FOLDER).glob(f"*{ENDING}"):
        try:
            found.append(store_snapshots.read(file, file.name.removesuffix(ENDING)))
        except UsageError:
            continue
    return tuple(sorted(found, key=lambda each: (each.taken_at, each.name)))


def file_of(folder: Path, name: str) -> Path:
    """The file that `name` means. Raises UsageError for what is neither a name nor a file."""
    if "/" in name or name.endswith(FILE_ENDING):
        file = Path(name).expanduser()
        if file.is_dir() or not file.absolute().parent.is_dir():
            raise UsageError(f"`{name}` cannot be a snapshot: its folder does not exist, or it is one", subject=name)
        return file
    if not NAME.fullmatch(name):
        raise UsageError(
            f"'{name}' is no name for a snapshot",
            fix="Use letters, digits, '-', '_' and '.'; a file has a slash in it or ends in .snapshot.",
        )
    return folder / FOLDER / f"{name}{ENDING}"
