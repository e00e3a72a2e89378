"""local serve | edit | create | delete | reset | log: the local cloud itself, and a foreign hand in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from http import HTTPStatus
from pathlib import Path
from typing import Any

from azkeep import types
from azkeep.clouds.hand import Hand, activity, empty, somebody
from azkeep.clouds.local import DEPLOYER, running_server
from azkeep.errors import AzkeepError, Problems, RequestFailed, UsageError
from azkeep.jobs.options import (
    LocalCreateOptions,
    LocalDeleteOptions,
    LocalEditOptions,
    LocalLogOptions,
    LocalOptions,
    LocalResetOptions,
    LocalServeOptions,
    Progress,
)
from azkeep.jobs.stack import STORE
from azkeep.model.ids import ArmId
from azkeep.model.report import Header, LocalChange, LocalLog, LocalReady, LocalReset, Nothing, Report
from azkeep.model.transport import Answer
from azkeep.model.value import Body, get, join, put, split
from azkeep.settings.project import OWN_FOLDER, find_root
from azkeep.types.resource_type import ResourceType
from azkeep.types.validation import members_beside


def serve(options: LocalServeOptions, progress: Progress) -> Report:
    """Serves the local cloud until it is told to stop."""
    from azkeep.clouds.local import Serving, serve_attached

    header, store = Header(cloud="local"), store_of(options.local)
    running = running_server(store)
    if running is not None:
        raise UsageError(
            f"this local cloud is already served at {running['arm']}",
            fix="Use that one, stop it, or name another folder with --store.",
            subject=str(store),
        )
    serve_attached(
        store,
        Serving(
            port=options.port,
            realistic=options.realistic,
            faults=Path(options.faults) if options.faults else None,
            latency=options.latency,
            throttling=options.throttling,
            full_paths=options.full_paths,
        ),
        announce=lambda ready: progress.show(Report(header, LocalReady(ready))),
        note=progress.line if options.log_requests else None,
    )
    return Report(header, Nothing())


def edit(options: LocalEditOptions, progress: Progress) -> Report:
    """Changes properties of one resource as somebody else would. Raises RequestFailed with ARM's own refusal."""
    id, type_ = _resource(options.id)
    with somebody(existing_store(options.local), options.actor or DEPLOYER, options.role) as hand:
        before = _get(hand, id, type_)
        after: Any = before
        for path, value in options.changes:
            after = put(after, pointer_of(path), value)
        for note in _strange(type_, before, after, [path for path, _ in options.changes]):
            progress.line(note)
        answer = _done(hand.transport.run("PUT", id.text, api_version=type_.api_version, body=after), id)
        return _changed("edit", id, hand, before, answer.body)


def create(options: LocalCreateOptions, progress: Progress) -> Report:
    """Makes or replaces one resource as somebody else would."""
    id, type_ = _resource(options.id)
    with somebody(store_of(options.local), options.actor or DEPLOYER, options.role) as hand:
        answer = _done(hand.transport.run("PUT", id.text, api_version=type_.api_version, body=options.body), id)
        return _changed("create", id, hand, None, answer.body)


def delete(options: LocalDeleteOptions, progress: Progress) -> Report:
    """Removes one resource as somebody else would."""
    id, type_ = _resource(options.id)
    with somebody(existing_store(options.local), options.actor or DEPLOYER, options.role) as hand:
        before = _get(hand, id, type_)
        query = dict(type_.delete_query)
        _done(hand.transport.run("DELETE", id.text, api_version=type_.api_version, query=query), id)
        return _changed("delete", id, hand, before, None)


def reset(options: LocalResetOptions, progress: Progress) -> Report:
    """Removes everything in the local cloud, after a question."""
    store = store_of(options.local)
    if running_server(store) is not None:
        raise UsageError("the local cloud is being served", fix="Stop `azkeep local serve` first.", subject=str(store))
    if not options.yes and not (options.terminal and progress.ask("Remove everything in the local cloud?")):
        raise UsageError("nothing was removed", fix="Add --yes to remove everything in the local cloud.")
    empty(store)
    return Report(Header(cloud="local"), LocalReset(str(store)))


def log(options: LocalLogOptions, progress: Progress) -> Report:
    """The newest writes in the local cloud's activity log, newest last."""
    events = activity(existing_store(options.local), limit=options.limit)
    return Report(Header(cloud="local"), LocalLog(tuple(events)))


def _strange(type_: ResourceType, before: Body, after: Body, paths: Sequence[str]) -> list[str]:
    """What is to be said of properties that the type does not have. Raises UsageError or Problems for misspelt ones."""
    notes: list[str] = []
    problems: list[AzkeepError] = []
    for path in paths:
        found = _unknown(type_, before, after, split(pointer_of(path)))
        if found is None:
            continue
        *around, name = found.place
        summary = f"{type_.arm_type} has no property {'.'.join(found.place)} in API version {type_.api_version}"
        close = get_close_matches(name.lower(), found.known, n=1, cutoff=0.8)
        if close:
            meant = ".".join((*around, found.known[close[0]]))
            problems.append(UsageError(summary, fix=f"Did you mean {meant}?", subject=path))
        notes.append(f"{summary}: Azure refuses or ignores it.")
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    return notes


@dataclass(frozen=True)
class _Unknown:
    """A place in a document that the type does not have, and what it has beside: name in lower case → as spelt."""

    place: tuple[str, ...]
    known: Mapping[str, str]


def _unknown(type_: ResourceType, before: Body, after: Body, parts: tuple[str, ...]) -> _Unknown | None:
    """The first part of the way that the type does not have, None for none; what the service has shown it has."""
    for length in range(1, len(parts) + 1):
        place = parts[:length]
        members = members_beside(type_, after, join(place))
        if members is None:
            continue
        there = get(before, join(place[:-1]))
        shown = {name.lower(): name for name in there} if isinstance(there, Mapping) else {}
        known = {name: type_.schema.spelled(name) for name in members} | shown
        if place[-1].lower() not in known:
            return _Unknown(place, known)
    return None


def store_of(options: LocalOptions) -> Path:
    """The folder of the local cloud that is meant: the one named, else the project's own."""
    if options.store:
        return Path(options.store).resolve()
    return find_root(Path.cwd()) / OWN_FOLDER / "local" / STORE


def pointer_of(path: str) -> str:
    """The JSON pointer that `path` means: a pointer already, or dotted (`properties.publicNetworkAccess`)."""
    return path if path.startswith("/") else "/" + path.replace(".", "/")


def existing_store(options: LocalOptions) -> Path:
    """The same folder, which holds a local cloud. Raises UsageError where there is none."""
    store = store_of(options)
    if not store.exists():
        raise UsageError(
            "there is no local cloud here yet",
            fix="Apply a stack first, start one with `azkeep local serve`, or name its folder with --store.",
            subject=str(store),
        )
    return store


def _resource(text: str) -> tuple[ArmId, ResourceType]:
    try:
        id = ArmId.parse(text)
    except ValueError as error:
        raise UsageError(str(error), fix="An id begins with /subscriptions/.", subject=text) from error
    type_ = types.by_arm_type(id.type)
    if type_ is None:
        close = get_close_matches(id.type, [found.arm_type for found in types.all_types()], n=1, cutoff=0.8)
        raise UsageError(
            f"the local cloud has no resource type {id.type}",
            fix=f"Did you mean {close[0]}?" if close else "azkeep schema TYPE shows a type that it has.",
            subject=text,
        )
    return id, type_


def _get(hand: Hand, id: ArmId, type_: ResourceType) -> Body:
    answer = _done(hand.transport.send("GET", id.text, api_version=type_.api_version), id)
    body: Body = answer.body
    return body


def _done(answer: Answer, id: ArmId) -> Answer:
    if answer.ok:
        return answer
    raise RequestFailed(
        f"{answer.error_code or answer.status}: {answer.error_message}",
        status=answer.status,
        arm_code=answer.error_code,
        fix=_next(answer),
        subject=id.text,
    )


def _next(answer: Answer) -> str:
    if answer.error_code == "SubscriptionNotFound":
        return "Correct the id; AZKEEP_LOCAL_SUBSCRIPTIONS=ID,ID names further subscriptions of the local cloud."
    return "azkeep local log shows what was made there." if answer.status == HTTPStatus.NOT_FOUND else ""


def _changed(action: str, id: ArmId, hand: Hand, before: Body | None, after: Mapping[str, Any] | None) -> Report:
    return Report(Header(cloud="local", caller=hand.name), LocalChange(action, id.text, hand.name, before, after))
