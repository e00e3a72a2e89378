"""The plan file as it lies on a disk: a line that names it, and what the stack's secrets provider has sealed.

The digest of a plan is the SHA-256 of its file, as `sha256sum` tells it. The first line holds the SHA-256 of the rest,
so that a changed byte is found without anything else; an approval is held to the digest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azkeep.engine.private import write_private
from azkeep.engine.sealing import Sealed, Sealer
from azkeep.errors import PlanStale, UsageError

KIND = "azkeep-plan"
HEAD = f'{{"kind": "{KIND}"'.encode()
"""How every plan file begins."""
FORMAT = 2
PREVIEW_AGAIN = "Preview again, review the new plan, and apply that: azkeep preview STACK --out reviewed.plan"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Envelope:
    """A plan file that is as it was saved, still sealed. `labels` say in clear whose plan it is."""

    path: Path
    digest: str
    labels: Mapping[str, str]
    sealed: Sealed


def write(path: Path, content: Mapping[str, Any], labels: Mapping[str, str], sealer: Sealer) -> str:
    """Writes `content` sealed, 0600, and gives the plan's digest. Raises UsageError where it cannot be written."""
    sealed = sealer.seal(_packed(content))
    body = json.dumps({**labels, "encryption": dict(sealed.encryption), "sealed": sealed.ciphertext}) + "\n"
    text = _first_line(_sha256(body.encode())) + body
    try:
        write_private(path, text)
    except OSError as error:
        raise UsageError(f"the plan cannot be saved as {path}: {error.strerror}", subject=str(path)) from error
    return _sha256(text.encode())


def read(path: Path, approved: str | None = None) -> Envelope:
    """The plan file at `path`. Raises UsageError if there is none, PlanStale if a byte of it is not as it was saved,
    or if `approved`, a digest, is another plan's."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"there is no plan file {path}", fix=f"azkeep preview STACK --out {path}") from error
    except OSError as error:
        raise _no_plan(path) from error
    digest = _sha256(raw)
    if approved is not None and digest != approved:
        raise PlanStale(
            "this is not the plan that was approved",
            detail=f"approved {approved}\nthis is {digest}",
            fix="Apply the file that was approved, or have this one reviewed and pass its digest.",
            subject=str(path),
        )
    first, _, body = raw.partition(b"\n")
    seal = _sha256(body)
    if not raw.startswith(HEAD) and seal.encode() not in first:
        raise _no_plan(path)
    if first + b"\n" != _first_line(seal).encode():
        raise _altered(path, first)
    return _envelope(path, digest, body)


def unpack(envelope: Envelope, sealer: Sealer) -> dict[str, Any]:
    """What was sealed. Raises WrongPassphrase, PlanStale where it cannot be opened."""
    opened = sealer.unseal(envelope.sealed)
    try:
        content = json.loads(zlib.decompress(base64.b64decode(opened, validate=True)))
    except (ValueError, zlib.error) as error:
        raise changed(envelope.path) from error
    if not isinstance(content, dict):
        raise changed(envelope.path)
    return content


def approved_digest(given: str) -> str:
    """`given` as digests are written. Raises UsageError if it is none."""
    digest = given.strip().lower().removeprefix("sha256:")
    if not _SHA256.fullmatch(digest):
        raise UsageError(
            f"{given} is not the digest of a plan: 64 hexadecimal digits",
            fix="Take it from what azkeep preview STACK --out FILE printed when the plan was reviewed.",
        )
    return digest


def changed(path: Path) -> PlanStale:
    """The error for a file that is not as it was saved."""
    return stale(["the file was changed after it was saved"], path)


def stale(moved: list[str], path: Path | None = None) -> PlanStale:
    """The error that names all that moved."""
    return PlanStale(
        "the plan no longer holds: " + moved[0],
        detail="\n".join(moved[1:]),
        fix=PREVIEW_AGAIN,
        subject=str(path) if path else "",
    )


def _envelope(path: Path, digest: str, body: bytes) -> Envelope:
    try:
        found = json.loads(body)
        encryption = {str(name): str(value) for name, value in found.pop("encryption").items()}
        sealed = Sealed(str(found.pop("sealed")), encryption)
        return Envelope(path, digest, {str(name): str(value) for name, value in found.items()}, sealed)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise changed(path) from error


def _altered(path: Path, first: bytes) -> PlanStale:
    """Of another format, if that is what the first line says, else changed."""
    try:
        named = json.loads(first).get("format")
    except (ValueError, AttributeError):
        return changed(path)
    return changed(path) if named == FORMAT else stale([f"its format is {named}, this azkeep reads {FORMAT}"], path)


def _first_line(seal: str) -> str:
    return json.dumps({"kind": KIND, "format": FORMAT, "seal": seal}) + "\n"


def _packed(content: Mapping[str, Any]) -> str:
    return base64.b64encode(zlib.compress(json.dumps(content).encode())).decode()


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _no_plan(path: Path) -> UsageError:
    return UsageError(
        f"{path} is not a plan file",
        detail="A plan file is what `azkeep preview --out` writes.",
        fix="azkeep preview STACK --out reviewed.plan",
        subject=str(path),
    )
