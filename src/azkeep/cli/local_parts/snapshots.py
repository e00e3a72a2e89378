"""Keep the local cloud as it is, and put it back."""

from __future__ import annotations

import click

from azkeep.cli.frame.options import Display, takes
from azkeep.cli.frame.run import perform
from azkeep.cli.local_parts.place import on_store
from azkeep.jobs.options import LocalOptions, LocalSnapshotOptions

NAME = click.argument("name", metavar="NAME|FILE")


@click.command("snapshot")
@NAME
@on_store
@takes()
def snapshot(*, display: Display, store: str | None, name: str) -> None:
    """Keep the local cloud as it is now.

    It may be served meanwhile. An older snapshot of that name is replaced. With a slash, or ending in .snapshot, it is
    a file anywhere. Secrets in it can be opened with this cloud's key alone, so it is restored where it was taken.

    Example: azkeep local snapshot before-drill
    """
    perform("local_snapshots.take", LocalSnapshotOptions(LocalOptions(store), name), display)


@click.command("restore")
@NAME
@on_store
@takes()
def restore(*, display: Display, store: str | None, name: str) -> None:
    """Put the local cloud back to a snapshot.

    It may be served meanwhile. The present becomes the snapshot before-restore. What stacks recorded is elsewhere and
    stays.

    Example: azkeep local restore before-drill
    """
    perform("local_snapshots.put_back", LocalSnapshotOptions(LocalOptions(store), name), display)


@click.command("snapshots")
@on_store
@takes()
def snapshots(*, display: Display, store: str | None) -> None:
    """List the local cloud's snapshots, oldest first.

    Example: azkeep local snapshots
    """
    perform("local_snapshots.listed", LocalSnapshotOptions(LocalOptions(store)), display)
