"""A stack's deployment: what the engine has recorded. Pure functions on the document; reading it is in `backend`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlparse

from azkeep.engine.values import SECRET, SIGNATURE, decode
from azkeep.errors import Source

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"
VOLATILE = frozenset({"created", "propertyDependencies", "sourcePosition", "stackTrace"})
"""Members of a resource that say nothing about what is deployed; a refresh drops empty property dependencies."""


@dataclass(frozen=True)
class StateResource:
    """One recorded resource, as the engine wrote it; `document` is its own JSON object."""

    document: Mapping[str, Any]

    @property
    def urn(self) -> str:
        return str(self.document["urn"])

    @property
    def token(self) -> str:
        """The engine's type token, `azure-native:network:VirtualNetwork`."""
        return str(self.document["type"])

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def id(self) -> str | None:
        """The provider's id, None for components."""
        return self.document.get("id") or None

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """Inputs as declared; secrets are sealed Secrets."""
        return decode(self.document.get("inputs") or {})  # type: ignore[no-any-return]

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """Outputs as the provider answered; secrets are sealed Secrets."""
        return decode(self.document.get("outputs") or {})  # type: ignore[no-any-return]

    @property
    def dependencies(self) -> tuple[str, ...]:
        return tuple(self.document.get("dependencies") or ())

    @property
    def property_dependencies(self) -> dict[str, tuple[str, ...]]:
        """URNs that each input comes from."""
        return {key: tuple(urns or ()) for key, urns in (self.document.get("propertyDependencies") or {}).items()}

    @property
    def parent(self) -> str:
        return str(self.document.get("parent", ""))

    @property
    def provider(self) -> str:
        """`urn::id` of the provider resource, "" for components."""
        return str(self.document.get("provider", ""))

    @property
    def is_custom(self) -> bool:
        """True for what a provider manages, false for components."""
        return bool(self.document.get("custom"))

    @property
    def is_external(self) -> bool:
        """True for what the program only reads."""
        return bool(self.document.get("external"))

    @property
    def protect(self) -> bool:
        return bool(self.document.get("protect"))

    @property
    def awaits_delete(self) -> bool:
        """True for the old half of a replacement that did not end."""
        return bool(self.document.get("delete"))

    @property
    def awaits_replacement(self) -> bool:
        """True for what was deleted to be replaced and could not be created again."""
        return bool(self.document.get("pendingReplacement"))

    @property
    def failures(self) -> tuple[str, ...]:
        """What went wrong when it was made, if it exists but was never finished."""
        return tuple(self.document.get("initErrors") or ())

    @property
    def source(self) -> Source | None:
        """The innermost line of the project's own files that declared it at the last apply; None if none was kept."""
        frames = (frame.get("sourcePosition") for frame in self.document.get("stackTrace") or ())
        positions = (_position(text) for text in (self.document.get("sourcePosition"), *frames))
        return next((found for found in positions if found), None)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what is deployed: equal as long as nothing but bookkeeping changed."""
        return digest(_stable(self.document))


def _position(text: Any) -> Source | None:
    """`project:///__main__.py#12,4` as a place in the project's folder; None for a place outside it."""
    address = urlparse(str(text or ""))
    file, line = unquote(address.path).lstrip("/"), address.fragment.split(",")[0]
    is_inside = address.scheme == "project" and not file.startswith("..")
    return Source(file, int(line) if line.isdigit() else None) if is_inside else None


@dataclass(frozen=True)
class PendingOperation:
    """What the engine had begun and not finished. `kind` is creating, updating, deleting, reading or importing."""

    kind: str
    resource: StateResource


@dataclass(frozen=True)
class State:
    """One deployment. `document` is what `pulumi stack export` calls `deployment`; {} for a stack just made."""

    document: Mapping[str, Any]

    @cached_property
    def everything(self) -> tuple[StateResource, ...]:
        """All recorded resources, stack and providers included, in the engine's order: dependencies first."""
        return tuple(StateResource(resource) for resource in self.document.get("resources") or ())

    @cached_property
    def resources(self) -> tuple[StateResource, ...]:
        """What the program declares: without the stack itself and without providers."""
        return tuple(resource for resource in self.everything if not is_machinery(resource.token))

    @cached_property
    def managed(self) -> tuple[StateResource, ...]:
        """What a provider manages for this stack: no components, nothing only read, no leftovers of a replacement."""
        return tuple(
            found for found in self.resources if found.is_custom and not found.is_external and not found.awaits_delete
        )

    @cached_property
    def by_urn(self) -> dict[str, StateResource]:
        """Recorded resources by URN; of a replacement that did not end, the new half."""
        return {found.urn: found for found in sorted(self.everything, key=lambda found: not found.awaits_delete)}

    @cached_property
    def pending(self) -> tuple[PendingOperation, ...]:
        return tuple(
            PendingOperation(str(operation["type"]), StateResource(operation["resource"]))
            for operation in self.document.get("pending_operations") or ()
        )

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """Outputs of the stack, sorted by name; secrets are sealed Secrets."""
        stack = next((found for found in self.everything if found.token == STACK_TYPE), None)
        return dict(sorted(stack.outputs.items())) if stack else {}

    @cached_property
    def digests(self) -> dict[str, str]:
        """URN → digest of every resource and pending operation; what a plan is bound to."""
        found = {f"{item.urn}{'#delete' if item.awaits_delete else ''}": item.digest for item in self.resources}
        found.update({f"{item.resource.urn}#{item.kind}": item.resource.digest for item in self.pending})
        return found

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of them."""
        return digest(self.digests)

    @cached_property
    def types(self) -> frozenset[str]:
        """Every type token in the state: of resources, of each segment of a URN's type chain, of pending operations.

        An alias to a type outside this set cannot match anything.
        """
        found: set[str] = set()
        for resource in (*self.everything, *(operation.resource for operation in self.pending)):
            found.add(resource.token)
            for urn in (resource.urn, *(resource.document.get("aliases") or ())):
                parts = str(urn).split("::")
                if len(parts) > 2:
                    found.update(parts[2].split("$"))
        return frozenset(found)

    @property
    def has_secrets(self) -> bool:
        return f'"{SECRET}"' in json.dumps(self.document)


def is_machinery(token: str) -> bool:
    """True for the stack itself and for providers, which are no part of what is shown."""
    return token == STACK_TYPE or token.startswith(PROVIDER_PREFIX)


def from_export(document: Mapping[str, Any]) -> State:
    """The state in what `pulumi stack export` writes: `{"version", "deployment"}`."""
    return State(document.get("deployment") or {})


def to_export(state: State) -> dict[str, Any]:
    """What `pulumi stack import` reads."""
    return {"version": 3, "deployment": dict(state.document)}


def from_checkpoint(document: Mapping[str, Any]) -> State:
    """The state in a file of the file backend: `{"version", "checkpoint": {"stack", "latest"}}`."""
    return State((document.get("checkpoint") or {}).get("latest") or {})


def digest(value: Any) -> str:
    """SHA-256 of `value` as canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _stable(value: Any, *, top: bool = True) -> Any:
    """`value` without bookkeeping; ciphertexts go too, because each encryption of one secret differs."""
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET}
        return {key: _stable(item, top=False) for key, item in value.items() if not (top and key in VOLATILE)}
    if isinstance(value, list):
        return [_stable(item, top=False) for item in value]
    return value
