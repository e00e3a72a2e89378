"""The two clouds, and the only place that knows which is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from azkeep.clouds.cloud import Cloud

__all__ = ["Cloud", "open_cloud"]

LOCAL = "local"
AZURE = "azure"


@contextmanager
def open_cloud(name: str, *, store: Path, environment: Mapping[str, str], subscription: str | None) -> Iterator[Cloud]:
    """The cloud `name`, closed at the end. `store` is the local cloud's folder; azure does not touch it.

    `subscription` None means the cloud's default one. Raises CloudError or AuthFailed.
    """
    if name == LOCAL:
        from azkeep.clouds import local

        with local.open_local(store, subscription) as cloud:
            yield cloud
        return
    from azkeep.clouds import azure

    with azure.open_azure(environment, subscription) as cloud:
        yield cloud
