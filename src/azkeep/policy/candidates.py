"""Documents that stand in some relation to another one, each with how certain the relation is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from azkeep.policy.truth import TRUE, State, Truth, all_of, any_of, settle

if TYPE_CHECKING:
    from azkeep.policy.document import Document


@dataclass(frozen=True)
class Candidates:
    """(document, relation) pairs; relations are TRUE or UNKNOWN."""

    pairs: tuple[tuple[Document, Truth], ...] = ()

    def __iter__(self) -> Iterator[Document]:
        """Those that are certain. Raises NotDecided at one that is not."""
        for document, relation in self.pairs:
            if relation:
                yield document

    def any(self) -> Truth:
        """There is one; UNKNOWN where there may be."""
        return any_of(relation for _, relation in self.pairs)

    def some(self, test: Callable[[Document], Truth]) -> Truth:
        """One passes `test`; UNKNOWN where only an uncertain one does."""
        return any_of(_both(relation, settle(lambda each=document: test(each))) for document, relation in self.pairs)  # type: ignore[misc]

    def every(self, test: Callable[[Document], Truth]) -> Truth:
        """All pass `test`, TRUE for none; what an uncertain one fails is UNKNOWN."""
        return all_of(_implied(relation, settle(lambda each=document: test(each))) for document, relation in self.pairs)  # type: ignore[misc]

    def where(self, test: Callable[[Document], Truth]) -> Candidates:
        """Those that pass `test`; what is not known to pass stays as uncertain."""
        kept = []
        for document, relation in self.pairs:
            both = _both(relation, settle(lambda each=document: test(each)))  # type: ignore[misc]
            if both.state in (State.TRUE, State.UNKNOWN):
                kept.append((document, both))
        return Candidates(tuple(kept))

    def __add__(self, other: Candidates) -> Candidates:
        return Candidates(self.pairs + other.pairs)


def certain(documents: tuple[Document, ...]) -> Candidates:
    """All of them, without doubt."""
    return Candidates(tuple((document, TRUE) for document in documents))


def _both(relation: Truth, passed: Truth) -> Truth:
    """NOT_APPLICABLE is no pass: a conjunction would leave it out, and the relation alone would count as one."""
    return passed if passed.state is State.NOT_APPLICABLE else all_of((relation, passed))


def _implied(relation: Truth, required: Truth) -> Truth:
    if relation.state is State.TRUE or required.state in (State.TRUE, State.NOT_APPLICABLE):
        return required
    return relation
