"""Which environment a resource belongs to, by tag."""

from __future__ import annotations

from azkeep.policy import Document, Truth

PRODUCTION = ("production", "prod")


def in_production(*documents: Document | None, tag: str = "environment") -> Truth:
    """The first of `documents` that has `tag` says production; FALSE where none has it.

    Give the nearest first: the resource, then what encloses it. None stands for what is not in the estate.
    """
    tags = [document["tags"].member(tag) for document in documents if document is not None]
    carrier = next((each for each in tags if not each.is_missing), None)
    if carrier is None:
        return next(document for document in documents if document is not None).fact(False)
    return carrier.equals(*PRODUCTION)
