"""Which formats say something of a command's result: in the others it would be an empty document."""

from __future__ import annotations

from typing import Any

from azkeep.cli.frame.parameters import FormatChoice
from azkeep.errors import UsageError
from azkeep.render import formats

JUDGING = ("check", "preview", "apply", "audit")
OFFERS = {"junit": JUDGING, "sarif": JUDGING, "svg": ("graph", "audit")}
"""Format → the commands whose results it can tell; any other format can tell all of them."""
TELLING = ("list_rules", "explain", "lineage")
"""Options that have a command tell what is neither a judgement nor an estate."""


def refuse_unoffered(name: str, command: str, options: Any, chosen: tuple[FormatChoice, ...]) -> None:
    """Raises UsageError for a format that has nothing to say of the job `name`, before it does anything; `command` is
    what was typed for it."""
    telling = next((option for option in TELLING if getattr(options, option, None)), None)
    offered = [each for each in formats() if each not in OFFERS or (name in OFFERS[each] and telling is None)]
    wrong = next((choice.name for choice in chosen if choice.name not in offered), None)
    if wrong is None:
        return
    flag = f" --{telling.partition('_')[0]}" if telling else ""
    raise UsageError(
        f"`{command}{flag}` has nothing to say in the format {wrong}",
        fix=f"Choose one of {', '.join(offered)}; {wrong} is for {', '.join(OFFERS[wrong])}.",
        subject=wrong,
    )
