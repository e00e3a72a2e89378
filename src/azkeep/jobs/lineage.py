"""audit --lineage: what each endpoint serves, and the sources that it came from. Only read, with the right to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from azkeep import types
from azkeep.audit import gaps
from azkeep.audit.assets import WORKSPACE_TYPE, workspace_of
from azkeep.audit.lineage import BATCH, ONLINE, Library, endpoint, pending
from azkeep.errors import EXIT_CHANGES, EXIT_INCOMPLETE, EXIT_OK, UsageError
from azkeep.jobs.options import AuditOptions
from azkeep.jobs.selecting import ids_of
from azkeep.jobs.stack import OpenStack
from azkeep.model.ids import ArmId, id_in
from azkeep.model.lineage import Endpoint, Lineage, Unread
from azkeep.model.report import Report
from azkeep.model.transport import Answer, EstateReader, Listing
from azkeep.model.value import Body, get

COLLECTIONS = {ONLINE: "onlineEndpoints", BATCH: "batchEndpoints"}
DEEPEST = 12
"""Rounds of reading; the chain has five: deployment, model, job, component, and what that names."""


def run(opened: OpenStack, options: AuditOptions) -> Report:
    """The lineage of every endpoint in the stack's workspaces; exit 2 for a gap, 5 if something could not be read."""
    state = opened.session.state()
    only = ids_of(options.stack.only, {resource.urn: resource.id for resource in state.resources if resource.id})
    ids = tuple(resource.id for resource in state.managed if resource.id)
    opened.progress.phase("Tracing what the endpoints serve")
    whole = traced(opened.cloud.reader(), ids, only)
    shown = gaps.at_least(whole.gaps, options.severity)
    found = replace(whole, gaps=shown, hidden=len(whole.gaps) - len(shown))
    code, reasons = verdict(found)
    return Report(opened.header(), found, reasons=reasons, exit_code=code)


def refuse_contradictions(options: AuditOptions) -> None:
    """Raises UsageError for options of the audit that a lineage knows nothing of."""
    given = {
        "--fix": options.fix,
        "--accept": options.accept,
        "--delete": bool(options.delete),
        "--since": options.since is not None,
        "--fail-on": options.fail_on is not None,
        "--state": options.state is not None,
    }
    names = [name for name, is_given in given.items() if is_given]
    if names:
        raise UsageError(
            f"--lineage and {', '.join(names)} cannot be given together",
            fix="azkeep audit STACK --lineage [--only ID] [--severity SEVERITY]",
        )


def traced(reader: EstateReader, managed: Iterable[str], only: Iterable[str] = ()) -> Lineage:
    """The lineage of the endpoints in the workspaces of the `managed` ids, those within `only` where it is given."""
    mine = {id.key for text in managed if (id := id_in(text))}
    endpoints, blind = _endpoints(reader, _workspaces(mine))
    if not blind:
        refuse_others(only, endpoints)
    endpoints = {id: body for id, body in endpoints.items() if _is_chosen(id, tuple(only))}
    lists = {Listing(f"{id}/deployments", _version(f"{ArmId.parse(id).type}/deployments")): id for id in endpoints}
    deployments: dict[str, dict[str, Body]] = {}
    for listing, answer in reader.lists(lists).items():
        deployments[lists[listing]] = _items(answer)
        blind = (*blind, *_blind(listing, answer))
    seen = {id for id in endpoints if f"{id}/deployments" not in {each.id for each in blind}}
    found: tuple[Endpoint, ...] = ()
    answers: dict[str, Answer] = {}
    for _ in range(DEEPEST):
        library = Library(answers)
        found = tuple(
            endpoint(id, endpoints[id], deployments[id], library, managed=ArmId.parse(id).key in mine)
            for id in sorted(seen, key=str.lower)
        )
        asked = pending(found)
        if not asked:
            break
        read = reader.documents((id, _version(ArmId.parse(id).type)) for id in asked)
        answers.update({ArmId.parse(id).key: answer for id, answer in read.items()})
    missing = (*blind, *gaps.unread(found))
    return Lineage(found, gaps.gaps(found), missing, calls=dict(reader.requests))


def refuse_others(only: Iterable[str], endpoints: Iterable[str]) -> None:
    """Raises UsageError for an id of `only` that no endpoint has, stands in or holds."""
    there = sorted(endpoints)
    wrong = next((each for each in only if not any(_is_chosen(id, (each,)) for id in there)), None)
    if wrong is not None:
        raise UsageError(
            f"no endpoint has the id {wrong}",
            detail="Endpoints are:\n" + "\n".join(there) if there else "There is no endpoint.",
            fix="--only takes an endpoint, a deployment of one, or what they stand in.",
            subject=wrong,
        )


def verdict(found: Lineage) -> tuple[int, tuple[str, ...]]:
    """Exit code and its reasons."""
    if found.gaps:
        return EXIT_CHANGES, ("a link between an endpoint and its sources is missing",)
    if found.unread:
        return EXIT_INCOMPLETE, (f"{len(found.unread)} of what was to be looked at could not be read",)
    return EXIT_OK, ()


def _endpoints(reader: EstateReader, workspaces: Iterable[str]) -> tuple[dict[str, Body], tuple[Unread, ...]]:
    lists = [
        Listing(f"{workspace}/{collection}", _version(f"{WORKSPACE_TYPE}/{collection}"))
        for workspace in workspaces
        for collection in COLLECTIONS.values()
    ]
    found: dict[str, Body] = {}
    blind: tuple[Unread, ...] = ()
    for listing, answer in reader.lists(lists).items():
        found.update(_items(answer))
        blind = (*blind, *_blind(listing, answer))
    return found, blind


def _workspaces(keys: Iterable[str]) -> tuple[str, ...]:
    """The workspaces that the ids are, or lie in, each once."""
    return tuple(sorted({here for key in keys if (here := workspace_of(key))}))


def _items(answer: Answer) -> dict[str, Body]:
    """ARM id → document of a list that could be read."""
    items = get(answer.body, "/value") if answer.ok else None
    found = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return {id.text: item for item in found if (id := id_in(str(item.get("id"))))}


def _blind(listing: Listing, answer: Answer) -> tuple[Unread, ...]:
    if answer.ok:
        return ()
    return (Unread(listing.path, f"{answer.error_code or answer.status}: {answer.error_message}"),)


def _is_chosen(id: str, only: tuple[str, ...]) -> bool:
    """True for an endpoint within what was chosen, and for the one that a chosen deployment belongs to."""
    here = ArmId.parse(id)
    chosen = [each for text in only if (each := id_in(text))]
    return not only or any(here.is_within(each) or each.is_within(here) for each in chosen)


def _version(arm_type: str) -> str:
    """The API version of a type; what azkeep has no type of, such as jobs, is read at that of models."""
    known = types.by_arm_type(arm_type) or types.by_arm_type(f"{WORKSPACE_TYPE}/models/versions")
    return known.api_version if known else ""
