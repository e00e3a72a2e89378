"""Which output of which resource an unknown input is.

The SDK sends an unknown as one sentinel, whatever it was. The objects that the program passed are still there: an
input that *is* another resource's Output object names that output exactly; one that was derived from it names its
resource by the property's dependencies.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi import _types

from azkeep.model.value import Reference, Secret, Unknown
from azkeep.program.monitor import reference_or_unknown


@dataclass(frozen=True)
class Given:
    """A resource object and the properties it was registered with."""

    resource: Any
    props: Any


@dataclass(frozen=True)
class _Sources:
    """Each resource's Output objects by identity, and the URNs of what the program declares itself: what it only
    reads, as a stack reference, is no resource of its own."""

    outputs: Mapping[int, tuple[str, str]]
    declared: frozenset[str]


@dataclass
class Provenance:
    """Collects what was passed to every resource of one program run."""

    given: list[Given] = field(default_factory=list)
    _lifted: dict[int, tuple[Any, str, Any]] = field(default_factory=dict)

    def watch(self) -> None:
        """From now on, in this process, remembers what resources are given, and outputs that are members of outputs."""
        self._watch_registrations()
        self._watch_members()

    def _watch_registrations(self) -> None:
        register = pulumi.resource.register_resource
        signature = inspect.signature(register)

        def remember(*args: Any, **named: Any) -> None:
            passed = signature.bind(*args, **named).arguments
            self.given.append(Given(passed["res"], passed["props"]))
            register(*args, **named)

        pulumi.resource.register_resource = remember

    def _watch_members(self) -> None:
        member: Callable[[Any, str], Any] = pulumi.Output.__getattr__

        def remember(output: Any, item: str) -> Any:
            found = member(output, item)
            self._lifted[id(found)] = (output, item, found)
            return found

        pulumi.Output.__getattr__ = remember

    async def restore(
        self, inputs: Mapping[str, Mapping[str, Any]], dependencies: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """`inputs` by URN, in the order in which the program made the resources, with References for Unknowns."""
        by_urn = {await given.resource.urn.future(): given for given in self.given}
        outputs = {
            id(value): (urn, name)
            for urn, given in by_urn.items()
            if urn in inputs
            for name, value in _named_outputs(given.resource)
        }
        sources = _Sources(outputs, frozenset(inputs))
        restored = {}
        for urn in (urn for urn in by_urn if urn in inputs):
            values = inputs[urn]
            raw = _by_wire_name(by_urn[urn].props, type(by_urn[urn].resource))
            urns = dependencies.get(urn, {})
            restored[urn] = {
                key: await self._restore(value, raw.get(key), sources, sources.declared.intersection(urns.get(key, ())))
                for key, value in values.items()
            }
        return restored

    async def _restore(self, value: Any, raw: Any, sources: _Sources, urns: frozenset[str]) -> Any:
        """`value` with References; `raw` is what the program gave for it, None if that cannot be told."""
        if isinstance(value, Secret):
            return Secret(await self._restore(value.value, raw, sources, urns))
        if isinstance(value, Unknown) and (found := self._source(raw, sources)) is not None:
            return found
        if isinstance(raw, pulumi.Output):
            resources = await raw.resources()
            urns = sources.declared.intersection([await resource.urn.future() for resource in resources])
            raw = None
        if isinstance(value, Unknown):
            return reference_or_unknown(tuple(urns) if raw is None else ())
        if isinstance(value, Mapping):
            members = _by_wire_name(raw, None)
            return {key: await self._restore(item, members.get(key), sources, urns) for key, item in value.items()}
        if isinstance(value, list):
            items = raw if isinstance(raw, list | tuple) and len(raw) == len(value) else [None] * len(value)
            return [await self._restore(item, given, sources, urns) for item, given in zip(value, items, strict=True)]
        return value

    def _source(self, raw: Any, sources: _Sources) -> Reference | None:
        if not isinstance(raw, pulumi.Output):
            return None
        if id(raw) in sources.outputs:
            return Reference(*sources.outputs[id(raw)])
        if id(raw) not in self._lifted:
            return None
        parent, item, _ = self._lifted[id(raw)]
        found = self._source(parent, sources)
        return Reference(found.urn, f"{found.output}.{camel_case(item)}") if found else None


def _named_outputs(resource: Any) -> list[tuple[str, Any]]:
    names = _types.resource_py_to_pulumi_names(type(resource))
    return [
        (names.get(name) or name, value) for name, value in vars(resource).items() if isinstance(value, pulumi.Output)
    ]


def _by_wire_name(props: Any, resource_class: type | None) -> dict[str, Any]:
    """The members of an object as the program built it, by the names that go to the engine."""
    if props is None or isinstance(props, pulumi.Output):
        return {}
    names: Mapping[str, str] = {}
    if _types.is_input_type(type(props)):
        names = _types.input_type_py_to_pulumi_names(type(props))
        props = _types.input_type_to_untranslated_dict(props)
    elif resource_class is not None:
        names = _types.resource_py_to_pulumi_names(resource_class)
    if not isinstance(props, Mapping):
        return {}
    return {names.get(key) or camel_case(str(key)): value for key, value in props.items()}


def camel_case(name: str) -> str:
    """`principalId` for `principal_id`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)
