"""An ARM type and an SDK's operations on it: what to send, and what has become of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from azure.core.exceptions import HttpResponseError
from tests.contract.sdks import departures
from tests.contract.sdks.catalogue import Operations, arguments
from tests.contract.sdks.estate import GROUP, Estate
from tests.contract.sdks.models import Kind, Scalar, read, written
from tests.contract.sdks.plausible import LEFT_OUT, Maker, Part, with_part

from azkeep.model.value import get, leaves, put, remove, split
from azkeep.types import by_arm_type
from azkeep.types.resource_type import ResourceType


@dataclass(frozen=True)
class Case:
    """One ARM type with the operations of one SDK on it."""

    type_: ResourceType
    operations: Operations
    group: Any
    estate: Estate

    @property
    def id(self) -> str:
        return self.estate.ids[self.type_.arm_type]

    @property
    def example(self) -> Mapping[str, Any]:
        return self.estate.examples[self.type_.arm_type]

    @property
    def model(self) -> type:
        return self.operations.model_class(self.group)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        return tuple(Maker(self.type_, self.known).parts(self.model))

    def known(self, pointer: str, kind: Kind) -> Any:
        """A value for a property that goes by more than its kind; None where it does not."""
        if (self.type_.arm_type, pointer) in departures.ELSEWHERE:
            return LEFT_OUT
        found = (
            departures.value(self.type_.arm_type, pointer),
            self._linked(pointer),
            self._shown(pointer),
            departures.by_name(pointer) if isinstance(kind, Scalar) else None,
        )
        return next((each for each in found if each is not None), None)

    def _linked(self, pointer: str) -> Any:
        """A resource of the right type where the property names one."""
        links = {link.path: link.types for link in self.type_.links}
        for inline, child in self.type_.inline.items():
            child_type = by_arm_type(child)
            links |= {f"{inline}/*{link.path}": link.types for link in child_type.links} if child_type else {}
        kinds = links.get(pointer, ())
        unknown = f"{GROUP}/providers/{kinds[0]}/elsewhere" if kinds else None
        return next((self.estate.ids[kind] for kind in kinds if kind in self.estate.ids), unknown)

    def _shown(self, pointer: str) -> Any:
        """What the example has there, if that is no list or object."""
        shown = get(self.example, pointer.replace("*", "0"))
        return None if isinstance(shown, list | Mapping) else shown

    def problems(self, part: Part) -> Iterator[str]:
        """What is wrong after `part` was written into the example and read again."""
        id = self.id_for(part)
        try:
            model = read(self.model, self.body(part))
            done = getattr(self.group, self.operations.put)(*arguments(id), model)
            if hasattr(done, "result"):
                done.result()
            found = written(getattr(self.group, self.operations.get)(*arguments(id)))
        except HttpResponseError as error:
            yield f"{part} is refused: {error.error.message if error.error else error}"
            return
        finally:
            if id != self.id:
                self.estate.delete(id)
        for pointer, value in leaves(written(model)):
            if value is not None and not self._is_excepted(pointer) and not alike(get(found, pointer), value):
                yield f"{part} is lost: {pointer} was {value!r}, is {get(found, pointer)!r}"

    def body(self, part: Part) -> dict[str, Any]:
        """The example with `part` in it."""
        body: Any = self.example
        for pointer in departures.instead(self.type_.arm_type, part.pointer):
            body = remove(body, pointer)
        for pointer, value in departures.WITH.get((self.type_.arm_type, part.pointer), {}).items():
            body = put(body, pointer, value)
        return with_part(body, part)

    def id_for(self, part: Part) -> str:
        """Another resource where the part can only be given at creation."""
        own = departures.ANOTHER.get((self.type_.arm_type, str(part)))
        if own is not None:
            return own
        ruled = any(
            matches(part.pointer, rule.path) or matches(rule.path, part.pointer) for rule in self.type_.immutable
        )
        at_creation = ((self.operations.sdk, self.type_.arm_type), (self.type_.arm_type, part.pointer))
        if not ruled and not departures.AT_CREATION & set(at_creation):
            return self.id
        parent, name = self.id.rsplit("/", 1)
        return f"{parent}/{name[:12]}{zlib.crc32(str(part).encode()):x}"

    def _is_excepted(self, pointer: str) -> bool:
        own = [place for kind, place in departures.SERVICES if kind in ("*", self.type_.arm_type)]
        return any(matches(pointer, place) for place in (*own, *self.type_.secrets, *self.type_.write_only))


def matches(pointer: str, pattern: str) -> bool:
    """True where `pointer` is, or lies below, what `pattern` names; `*` stands for any part, in either."""
    pairs = zip(split(pointer.lower()), split(pattern.lower()), strict=False)
    return len(split(pointer)) >= len(split(pattern)) and all(want in ("*", part) for part, want in pairs)


def alike(kept: Any, sent: Any) -> bool:
    """Texts compare without case and blanks, as ids and enums do."""
    if isinstance(kept, str) and isinstance(sent, str):
        return kept.replace(" ", "").lower() == sent.replace(" ", "").lower()
    return bool(kept == sent) or (sent in ({}, []) and kept is not None)
