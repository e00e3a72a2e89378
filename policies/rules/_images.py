"""References of container images: `host/name:tag` and `host/name@sha256:digest`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TAGGED = re.compile(r"[^\s@]*/?[^\s/@:]+:(?P<tag>\w[\w.-]{0,127})", re.ASCII)
_DIGEST = re.compile(r"[^\s@]+@sha256:[0-9a-f]{64}", re.IGNORECASE)


def is_pinned(reference: str) -> bool:
    """It names a digest, or a tag other than latest; no tag means latest."""
    text = reference.strip()
    tagged = _TAGGED.fullmatch(text)
    return _DIGEST.fullmatch(text) is not None or (tagged is not None and tagged["tag"].casefold() != "latest")


def is_from(reference: str, registries: Iterable[str]) -> bool:
    """It lies in one of `registries`: a host, or a host with the path that names have to begin with."""
    text = reference.strip().casefold()
    return any(text.startswith(f"{registry.strip().strip('/').casefold()}/") for registry in registries)
