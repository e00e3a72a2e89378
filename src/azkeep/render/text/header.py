"""Which stack, where and as whom; and that a rehearsal is one."""

from __future__ import annotations

from collections.abc import Iterator

from azkeep.model.report import Header
from azkeep.render.text.line import Line, Span, columns, line
from azkeep.render.values import clean

CLOUDS = {"local": "the local cloud", "azure": "Azure"}


def header_lines(header: Header) -> Iterator[Line]:
    """The stack and its cloud, then tenant, subscription, caller and commit where they are known."""
    name = header.stack or "?"
    title = f"{name}/{header.env}" if header.env else name
    where = f" on {CLOUDS.get(header.cloud, header.cloud)}" if header.cloud else ""
    yield line(Span(clean(title), "bold"), clean(where))
    commit = header.commit and header.commit[:12] + (", with uncommitted changes" if header.dirty else "")
    facts = (
        ("tenant", header.tenant),
        ("subscription", header.subscription),
        ("caller", header.caller),
        ("commit", commit),
    )
    yield from columns((name, clean(value)) for name, value in facts if value)


def rehearsal_line(header: Header) -> Line:
    """Said first and last, so that nobody takes a rehearsal for the real thing."""
    env = clean(header.env or "this environment")
    return (Span(f"REHEARSAL: {env} lives on Azure; this ran on the local cloud, Azure was not touched.", "warning"),)
