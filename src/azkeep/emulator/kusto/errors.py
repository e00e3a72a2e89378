"""What a query can have wrong with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where in the query: `line` counts from 1, `column` from 0, as Azure counts them."""

    line: int
    column: int
    token: str


@dataclass(eq=False)
class QueryError(Exception):
    """A query that cannot be run. `place` is known for what the parser finds."""

    code: str
    message: str
    place: Place | None = None
    expected: str = ""

    def __str__(self) -> str:
        return self.message


def parser_failure(place: Place, expected: str) -> QueryError:
    """The query is not well-formed at `place`."""
    return QueryError("ParserFailure", f"expected {expected}, found '{place.token}'", place, expected)


def semantic(message: str) -> QueryError:
    """The query is well-formed and means nothing."""
    return QueryError("SemanticError", message)


def unknown_function(name: str) -> QueryError:
    return QueryError("UnknownFunction", f"Unknown function: '{name}'.")


def not_known_here(what: str) -> QueryError:
    """Azure may know it; the local cloud does not."""
    return QueryError("NotSupported", f"{what} is not part of the query language that the local cloud understands")
