"""A place in a document, and the questions a rule may ask of it.

Every question answers with a Truth that knows the place it was asked at. A value that is not known answers UNKNOWN,
null counts as missing, names of properties and texts are compared without letter case, and a value of another kind
than the question is about answers WRONG.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from azkeep.model.value import Reference, Secret, Unknown, join, spelling
from azkeep.policy.truth import Evidence, NotDecided, State, Truth, all_of, any_of, every, fact, some

if TYPE_CHECKING:
    from azkeep.policy.document import Document


class _Missing:
    def __repr__(self) -> str:
        return "missing"


MISSING = _Missing()


@dataclass(frozen=True)
class Misplaced:
    """Something stands where an object or a list was expected."""

    value: Any


@dataclass(frozen=True)
class Node:
    """One place. `parts` are the unescaped parts of its JSON pointer in `document`.

    `is_hidden`: it lies inside a secret, so that no finding may show it.
    """

    document: Document
    parts: tuple[str, ...]
    value: Any
    is_hidden: bool = False

    @property
    def path(self) -> str:
        return join(self.parts)

    @property
    def plain(self) -> Any:
        """The value, taken out of its secret."""
        return _open(self.value)

    @property
    def name(self) -> str:
        """The last part of the path: the key of a member, the index of an item."""
        return self.parts[-1] if self.parts else ""

    def __getitem__(self, path: str) -> Node:
        """The place at a dotted path below this one, such as `properties.publicNetworkAccess`."""
        found = self
        for part in path.split("."):
            found = found.member(part)
        return found

    def member(self, key: str) -> Node:
        """The member called `key` in any letter case; unlike in a dotted path, `key` may hold dots."""
        value = _open(self.value)
        if value is MISSING:
            return self._below(key, MISSING)
        if isinstance(value, Unknown | Reference):
            return self._below(key, Unknown())
        if not isinstance(value, Mapping):
            return self._below(key, Misplaced(value))
        spelled = spelling(key, value)
        return self._below(spelled, value.get(spelled))

    def _below(self, part: str, value: Any) -> Node:
        return Node(self.document, (*self.parts, part), _or_missing(value), self.is_hidden or _is_secret(self.value))

    # -- what the place holds, for code that needs the value itself; each raises NotDecided for what is not known

    @property
    def is_missing(self) -> bool:
        """Absent or null."""
        return self.value is MISSING

    @property
    def text(self) -> str:
        """The string; "" where it is missing."""
        return str(self._known(str, ""))

    @property
    def number(self) -> float:
        """The number; 0 where it is missing."""
        return float(self._known((int, float), 0))

    def items(self) -> tuple[Node, ...]:
        """The items of a list; () where it is missing."""
        return tuple(self._below(str(index), item) for index, item in enumerate(self._known((list, tuple), ())))

    def members(self) -> tuple[Node, ...]:
        """The members of an object; () where it is missing."""
        found = self._known(Mapping, {})
        return tuple(self._below(str(key), item) for key, item in found.items())

    def keys(self) -> tuple[Node, ...]:
        """The keys of an object as values of their own, for objects keyed by ids; () where it is missing.

        In a declared document a key may be a Reference.
        """
        found = self._known(Mapping, {})
        return tuple(self._below(key if isinstance(key, str) else "?", key) for key in found)

    def walk(self, path: str) -> Iterator[Node]:
        """Every place at a dotted path with `*` for all items or members: `properties.rules.*.type`.

        A `*` at something missing gives nothing.
        """
        head, _, rest = path.partition(".")
        below = self._all() if head == "*" else (self.member(head),)
        for node in below:
            yield from node.walk(rest) if rest else (node,)

    def _all(self) -> tuple[Node, ...]:
        return self.members() if isinstance(_open(self.value), Mapping) else self.items()

    def _known(self, kind: Any, missing: Any) -> Any:
        value = _open(self.value)
        if value is MISSING:
            return missing
        if isinstance(value, Unknown | Reference):
            raise NotDecided(self._truth(State.UNKNOWN))
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise NotDecided(self._truth(State.WRONG))
        return value

    # -- questions

    def is_set(self) -> Truth:
        """Present and not empty; a reference to another resource is."""
        value = _open(self.value)
        if isinstance(value, Misplaced):
            return self._truth(State.WRONG)
        if isinstance(value, Unknown):
            return self._truth(State.UNKNOWN)
        if isinstance(value, Reference):
            return self._truth(State.TRUE)
        return self._fact(value is not MISSING and value not in ("", [], {}, ()))

    def has_text(self) -> Truth:
        """A string that is not blank, or a reference; anything else that is there is WRONG."""
        return self._of_kind(str, lambda value: bool(value.strip()), missing=False, reference=True)

    def is_secret(self) -> Truth:
        """Marked as a secret by the program, known or not."""
        return self._fact(self.is_hidden or _is_secret(self.value))

    def has_items(self) -> Truth:
        """A list or object with something in it."""
        return self._of_kind((list, tuple, Mapping), lambda value: len(value) > 0, missing=False)

    def has_members(self) -> Truth:
        """An object with something in it."""
        return self._of_kind(Mapping, lambda value: len(value) > 0, missing=False)

    def equals(self, *allowed: str | bool | int, missing: bool = False) -> Truth:
        """One of `allowed`, texts in any letter case; `missing` is the answer where nothing is there."""
        kinds = tuple({type(value) for value in allowed}) or (str,)
        wanted = {_folded(value) for value in allowed}
        return self._of_kind(kinds, lambda value: _folded(value) in wanted, missing=missing)

    def differs(self, *forbidden: str | bool | int, missing: bool = False) -> Truth:
        """None of `forbidden`, and of their kind; `missing` is the answer where nothing is there."""
        kinds = tuple({type(value) for value in forbidden}) or (str,)
        unwanted = {_folded(value) for value in forbidden}
        return self._of_kind(kinds, lambda value: _folded(value) not in unwanted, missing=missing)

    def is_true(self, *, missing: bool = False) -> Truth:
        return self.equals(True, missing=missing)

    def is_false(self, *, missing: bool = False) -> Truth:
        return self.equals(False, missing=missing)

    def matches(self, pattern: str, *, missing: bool = False) -> Truth:
        """The whole text matches the regular expression, in any letter case."""
        found = re.compile(pattern, re.IGNORECASE)
        return self._of_kind(str, lambda value: found.fullmatch(value) is not None, missing=missing)

    def at_least(self, lowest: float, *, missing: bool = False) -> Truth:
        return self._of_kind((int, float), lambda value: value >= lowest, missing=missing)

    def at_most(self, highest: float, *, missing: bool = False) -> Truth:
        return self._of_kind((int, float), lambda value: value <= highest, missing=missing)

    def satisfies(self, test: Callable[[str], bool], *, missing: bool = False) -> Truth:
        """A text for which `test` holds; a `test` that raises ValueError did not understand it, which is WRONG."""

        def answer(value: str) -> bool:
            return test(value)

        try:
            return self._of_kind(str, answer, missing=missing)
        except ValueError:
            return self._truth(State.WRONG)

    def contains(self, *wanted: str) -> Truth:
        """A list that has each of `wanted`, in any letter case; FALSE where it is missing."""
        return all_of(self.some(lambda item, text=text: item.equals(text)) for text in wanted)  # type: ignore[misc]

    def every(self, test: Callable[[Node], Truth], *, missing: bool = True) -> Truth:
        """All items or members pass; `missing` is the answer where there is no list, an empty one is TRUE."""
        return self._each(every, test, missing)

    def some(self, test: Callable[[Node], Truth]) -> Truth:
        """At least one item or member passes; FALSE where there is none."""
        return self._each(some, test, False)

    def points_to(self, target: Document) -> Truth:
        """The value is the ARM id of `target`, or its output."""
        return target.is_named_by(self)

    def same_id(self, other: Node) -> Truth:
        """One ARM id stands here and at `other`, be it as the output of its resource; FALSE where one is missing."""
        return self.document.estate.same_id(self, other)

    def resolve(self) -> Document | None:
        """The document of the estate whose id stands here; None where it is missing or not in the estate.

        Raises NotDecided where the id is not known.
        """
        return self.document.estate.resolve(self)

    def _each(self, quantifier: Callable[..., Truth], test: Callable[[Node], Truth], missing: bool) -> Truth:
        if self.value is MISSING:
            return self._fact(missing)
        try:
            items = self._all()
        except NotDecided as open_:
            return open_.truth
        found = quantifier(items, test)
        return Truth(found.state, found.evidence or (self.evidence(),), found.reason)

    def _of_kind(self, kind: Any, test: Callable[[Any], bool], *, missing: bool, reference: bool = False) -> Truth:
        value = _open(self.value)
        if value is MISSING:
            return self._fact(missing)
        if isinstance(value, Reference) and reference:
            return self._truth(State.TRUE)
        if isinstance(value, Unknown | Reference):
            return self._truth(State.UNKNOWN)
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if (
            isinstance(value, Misplaced)
            or not isinstance(value, kind)
            or (isinstance(value, bool) and bool not in kinds)
        ):
            return self._truth(State.WRONG)
        return self._fact(test(value))

    def evidence(self) -> Evidence:
        value = self.value.value if isinstance(self.value, Misplaced) else self.value
        found = None if value is MISSING else value
        return Evidence(self.document, self.path, Secret(found) if self.is_hidden and found is not None else found)

    def _fact(self, value: bool) -> Truth:
        return fact(value, self.evidence())

    def _truth(self, state: State) -> Truth:
        return Truth(state, (self.evidence(),))

    def wrong(self) -> Truth:
        """WRONG at this place: the value cannot be understood."""
        return self._truth(State.WRONG)

    def shown(self, truth: Truth) -> Truth:
        """`truth` with this place as its evidence."""
        return Truth(truth.state, (self.evidence(),), truth.reason)


def first_set(*nodes: Node) -> Node:
    """The first place that is not missing, else the last."""
    return next((node for node in nodes if not node.is_missing), nodes[-1])


def any_text(nodes: tuple[Node, ...], *wanted: str) -> Truth:
    """One of `nodes` equals one of `wanted`."""
    return any_of(node.equals(*wanted) for node in nodes)


def _open(value: Any) -> Any:
    return _open(value.value) if isinstance(value, Secret) else value


def _is_secret(value: Any) -> bool:
    return isinstance(value, Secret)


def _or_missing(value: Any) -> Any:
    return MISSING if _open(value) is None else value


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else (type(value) is bool, value)
