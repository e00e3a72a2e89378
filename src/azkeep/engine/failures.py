"""From what the engine says when it gives up to errors that name the next step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from azkeep.engine.event_log import Event
from azkeep.engine.events import diagnostics_of, without_traceback
from azkeep.engine.state import is_machinery
from azkeep.errors import EngineError, PlanStale, StackLocked, StackMissing, StateDamaged, WrongPassphrase
from azkeep.model.plan import Diagnostic
from azkeep.types import by_token

_LOCK = re.compile(r"created by (?P<holder>\S+) \(pid (?P<pid>\d+)\) at (?P<taken>\S+)")
WAIT = "Wait some minutes, then azkeep apply STACK: it goes on from what was done."
ANEW = "The local cloud begins anew with azkeep destroy STACK and then azkeep local reset."
AGAIN = "The cloud failed by itself: azkeep apply STACK tries again, and goes on from what was done."
FIXES = {
    "Duplicate resource URN": "Give each resource of one type a name of its own in the program.",
    "the local cloud has no type": "Leave it out where the stack's settings say so, or run this environment on azure.",
    "StorageAccountAlreadyTaken": "Choose another name: a storage account's is unique in all of Azure.",
    "StorageAccountInAnotherResourceGroup": "Choose another name: a storage account's is unique in all of Azure.",
    "the Resource Manager could not be reached": "Once it answers again, azkeep apply STACK looks up what was begun.",
    "already exists in deleted state": f'Declare it with create_mode="recover" to have it back, choose another name, or'
    f" give it up: az keyvault purge --name NAME, unless it is protected from that. {ANEW}",
    "AnotherOperation": "Azure is still at work on it: once that has ended, azkeep apply STACK goes on.",
    "Throttled": WAIT,
    "TooManyRequests": WAIT,
    "PrincipalNotFound": "If it was made just now, wait a minute, then azkeep apply STACK. Else correct principal_id.",
    "InUseSubnetCannotBeDeleted": "Remove what is named there, or wait until its service has, then azkeep apply STACK.",
    "InternalServerError": AGAIN,
    "ServiceUnavailable": AGAIN,
    "due to a change of providers": "The SDK is another than at the last apply: azkeep apply STACK once, then again.",
    "SubscriptionNotFound": "Correct the id; on the local cloud AZKEEP_LOCAL_SUBSCRIPTIONS=ID,ID names further ones."
    " Then azkeep apply STACK.",
    "Soft-deleted workspace exists": "Recover it in the Azure portal (Azure Machine Learning, Recently deleted), or"
    f" choose another name. One of this stack: azkeep audit STACK --fix --purge ID makes it anew. {ANEW}",
    "InvalidResourceReference": "Declare the resource that is named there, or correct its id, then azkeep apply STACK.",
}
"""A phrase of the engine, the provider or ARM → what to do."""
REGIONS = re.compile(
    r"The provided location '(?P<given>[^']*)' is not available .*?(?P<list> List of available regions(?: .*)? is"
    r" '(?P<known>[^']*)'\.?)",
    re.DOTALL,
)
"""How ARM refuses a region, with all that there are."""
ENDED = "the Pulumi engine was ended before it was done"
TAKE_OVER = "azkeep apply STACK looks up what was begun, and goes on from there."
GO_ON = "Correct the cause, then azkeep apply STACK: it goes on from what was done."
PLAN_BROKEN = re.compile(
    r"violates plan|resource .* is not in plan|not allowed by (the )?plan|expected resource operations for"
)


def of_text(text: str, stack: str) -> EngineError | None:
    """The error behind what the CLI wrote to stderr before it began any work; None if it is none of these."""
    lock = _LOCK.search(text)
    if "currently locked" in text:
        holder = f"{lock['holder']}, process {lock['pid']}, since {lock['taken']}" if lock else "another run"
        return StackLocked(
            f"stack {stack} is held by {holder}",
            fix=f"Wait for it with --lock-timeout 5m, or, if that run is dead: azkeep unlock STACK --env {stack}",
            subject=stack,
        )
    if "no stack named" in text:
        return StackMissing(f"stack {stack} has no state", fix=f"azkeep apply STACK --env {stack}", subject=stack)
    if "incorrect passphrase" in text or "passphrase must be set" in text:
        missing = "must be set" in text
        return WrongPassphrase(
            f"no passphrase is given for stack {stack}" if missing else f"the passphrase does not open stack {stack}",
            fix="export PULUMI_CONFIG_PASSPHRASE_FILE=FILE with the passphrase that the stack was made with, or unset"
            " PULUMI_CONFIG_PASSPHRASE where azkeep made one itself",
            subject=stack,
        )
    if "failed to load checkpoint" in text or "snapshot integrity failure" in text:
        return StateDamaged(f"the state of stack {stack} cannot be used", detail=first_error(text), subject=stack)
    return None


def of_run(text: str, events: Iterable[Event], stack: str) -> EngineError | PlanStale:
    """The error of a run that failed: what the engine said itself, the first error as summary."""
    found = of_text(text, stack)
    if found is not None:
        return found
    seen = tuple(events)
    errors = [item for item in diagnostics_of(seen) if item.severity == "error"]
    broken = [item.message for item in errors if PLAN_BROKEN.search(item.message)]
    has_begun = any(event.kind == "resOpFailedEvent" for event in seen)
    if has_begun:
        # What hangs on a failed resource is then missing too; only the failure itself is news.
        errors = [item for item in errors if not PLAN_BROKEN.search(item.message)] or errors
    elif broken:
        return PlanStale(
            "the program does not do what was planned",
            detail="\n".join(broken),
            fix="Preview again, review the new plan, and apply that: azkeep preview STACK --out reviewed.plan",
            subject=errors[0].urn,
        )
    if not errors:
        said = first_error(text)
        return EngineError(said, subject=stack) if said else EngineError(ENDED, fix=TAKE_OVER, subject=stack)
    return _of_resources(errors, stack, GO_ON if has_begun else "")


def _of_resources(errors: Sequence[Diagnostic], stack: str, otherwise: str) -> EngineError:
    """The first error as summary, all others below it, each with its resource unless that is the first's.

    `otherwise` is the fix of what has none of its own.
    """
    head = errors[0]
    region = REGIONS.search(head.message)
    first, *rest = _plain(head.message.replace(region["list"], "") if region else head.message).splitlines()
    below = [line.strip() for line in (*rest, *([region["list"]] if region else []))]
    for item in errors[1:]:
        lines = _plain(item.message).splitlines()
        where = "" if item.urn == head.urn else _resource(item.urn)
        below += [f"{where}{lines[0]}", *(line.strip() for line in lines[1:])]
    known = next((fix for phrase, fix in FIXES.items() if phrase in head.message), otherwise)
    close = get_close_matches(region["given"].lower().replace(" ", ""), region["known"].split(",")) if region else []
    known = f"Did you mean {close[0]}?" if close else known
    return EngineError(
        f"{_resource(head.urn)}{first.rstrip('.')}", detail="\n".join(below), fix=known, subject=head.urn or stack
    )


def _resource(urn: str) -> str:
    """`name (type): ` of a resource, "" for the stack itself and for no resource."""
    parts = urn.split("::", 3)
    if len(parts) < 4 or is_machinery(parts[2]):
        return ""
    token = parts[2].rsplit("$", 1)[-1]
    type_ = by_token(token)
    return f"{parts[3]} ({type_.arm_type if type_ else token}): "


def _plain(message: str) -> str:
    """`message` without engine words for what a user declared."""
    if "Duplicate resource URN" in message:
        return "it is declared twice"
    return message.strip()


def first_error(text: str) -> str:
    """The CLI's own first error message, without `error:` and without a traceback."""
    lines = [line for line in without_traceback(text).splitlines() if line.strip()]
    chosen = next((line for line in lines if line.startswith("error: ")), lines[0] if lines else "")
    return chosen.removeprefix("error: ").strip()
