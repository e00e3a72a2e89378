"""Children whose parent is not in the estate: nobody else would judge them."""

from __future__ import annotations

from collections.abc import Callable

from azkeep.policy import NOT_APPLICABLE, Document, Truth, settle, when


def unless_with_parent(child: Document, test: Callable[[], Truth]) -> Truth:
    """`test`, NOT_APPLICABLE where the parent is judged with its children, or is still to be seen."""
    if child.estate.is_part:
        return NOT_APPLICABLE
    return when(settle(lambda: child.fact(child.parent() is None)), test)
