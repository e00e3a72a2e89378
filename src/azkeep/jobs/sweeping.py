"""Reading an estate: what is managed, what else stands there, and what could not be looked at. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from azkeep import types
from azkeep.audit import sweep
from azkeep.audit.judge import Seen
from azkeep.audit.sweep import Blind
from azkeep.model.ids import RESOURCE_GROUP_TYPE, ArmId, key_of
from azkeep.model.transport import Answer, EstateReader, Listing
from azkeep.model.value import Body, get
from azkeep.types.resource_graph import RESOURCES
from azkeep.types.resource_type import ResourceType

GROUPS_VERSION = "2024-03-01"
"""Resource Management REST API, resources list by resource group."""


@dataclass(frozen=True)
class Swept:
    """`live`: managed id → answer. `items`: id → document of everything else that the lists held. `listed`: paths, in
    lower case, of the lists that were read whole."""

    live: Mapping[str, Answer]
    items: Mapping[str, Body] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()


def read_managed(reader: EstateReader, ids: Iterable[str]) -> Swept:
    """Every resource of a known type: from lists, and one by one what no list held or no list could be had of."""
    wanted = {id: type_ for id in ids if (type_ := types.by_arm_type(ArmId.parse(id).type))}
    lists = sweep.own_lists(wanted)
    answers = reader.lists(lists)
    items = _items(answers)
    live: dict[str, Answer] = {}
    for listing, expected in lists.items():
        for id in expected:
            body = items.pop(ArmId.parse(id).key, None)
            if body is not None:
                live[id] = Answer(200, body, answers[listing].headers)
    single = [(id, type_.api_version) for id, type_ in wanted.items() if id not in live]
    live.update(reader.documents(single))
    listed = frozenset(listing.path.lower() for listing, answer in answers.items() if answer.ok)
    return Swept({id: live[id] for id in wanted}, items, listed)


def read_around(reader: EstateReader, swept: Swept, groups: Iterable[str]) -> Seen:
    """What stands in the resource `groups`, named by their ids, and below the resources that were read.

    Resource Graph is asked first, and lists for what it does not hold. A list that the cloud does not have is not one
    that could not be read.
    """
    found: dict[str, Body] = {str(body.get("id", key)): body for key, body in swept.items.items()}
    rows, covered = _by_query(reader, swept.live)
    lists = {**sweep.child_lists(swept.live, covered), **sweep.subscription_lists(swept.live)}
    answers = reader.lists(listing for listing in lists if listing.path.lower() not in swept.listed)
    found.update({str(body["id"]): body for body in _items(answers).values()})
    blind = [
        Blind(listing.path, lists[listing], _reason(answer))
        for listing, answer in answers.items()
        if not answer.ok and answer.status not in (400, 404, 405)
    ]
    if RESOURCES not in covered:
        in_groups, unseen = _by_group(reader, tuple(groups))
        rows, blind = {**rows, **in_groups}, [*blind, *unseen]
    return Seen({**rows, **found}, tuple(blind), _soft_deleted(reader, swept.live))


def _by_query(reader: EstateReader, live: Mapping[str, Answer]) -> tuple[dict[str, Body], frozenset[str]]:
    """Everything that Resource Graph has in the groups of the resources, and the tables that answered."""
    ids = [id for text in live if (id := ArmId.parse(text)).resource_group]
    if not ids:
        return {}, frozenset()
    groups = {(id.resource_group or "").lower() for id in ids}
    subscriptions = {id.subscription or "" for id in ids}
    rows: dict[str, Body] = {}
    covered: set[str] = set()
    for source in sweep.tables_around(live):
        answer = reader.graph(sweep.groups_query(source, groups), subscriptions)
        if not answer.ok:
            continue
        covered.add(source)
        rows.update({str(row["id"]): row for row in get(answer.body, "/data") or () if isinstance(row, Mapping)})
    return rows, frozenset(covered)


def _by_group(reader: EstateReader, groups: tuple[str, ...]) -> tuple[dict[str, Body], tuple[Blind, ...]]:
    """Everything in the groups by a list of each, where Resource Graph cannot be asked."""
    lists = {Listing(f"{ArmId.parse(group).text}/resources", GROUPS_VERSION): group for group in groups}
    answers = reader.lists(lists)
    blind = tuple(
        Blind(listing.path, RESOURCE_GROUP_TYPE, _reason(each)) for listing, each in answers.items() if not each.ok
    )
    return _whole(reader, _items(answers)), blind


def _whole(reader: EstateReader, envelopes: Mapping[str, Body]) -> dict[str, Body]:
    """Envelopes say nothing of who made a thing: what a service may have made is read one by one."""
    unsure = {
        str(body["id"]): type_.api_version
        for body in envelopes.values()
        if (type_ := types.by_arm_type(ArmId.parse(str(body["id"])).type)) and _may_be_by_service(type_)
    }
    answers = reader.documents(unsure.items())
    read = {id: answer.body for id, answer in answers.items() if answer.ok and isinstance(answer.body, Mapping)}
    return {str(body["id"]): read.get(str(body["id"]), body) for body in envelopes.values()}


def _may_be_by_service(type_: ResourceType) -> bool:
    default = ResourceType.__dataclass_fields__["made_by_service"].default
    return type_.made_by_service is not default


def _soft_deleted(reader: EstateReader, live: Mapping[str, Answer]) -> dict[str, Body]:
    """Soft-deleted documents of resources that are gone, from the list of deleted ones that their type has."""
    gone: dict[str, str] = {}
    lists: set[Listing] = set()
    for text, answer in live.items():
        id = ArmId.parse(text)
        type_ = types.by_arm_type(id.type)
        if answer.status != 404 or type_ is None or type_.soft_delete is None or not type_.soft_delete.deleted_kind:
            continue
        gone[id.key] = text
        path = f"/subscriptions/{id.subscription}/providers/{type_.namespace}/{type_.soft_delete.deleted_kind}"
        lists.add(Listing(path, type_.api_version))
    found = [item for each in reader.lists(lists).values() if each.ok for item in get(each.body, "/value") or ()]
    origins = ((key_of(str(get(item, "/properties/vaultId") or item.get("id") or "")), item) for item in found)
    return {gone[key]: item for key, item in origins if key in gone}


def _items(answers: Mapping[Listing, Answer]) -> dict[str, Body]:
    """Lower-case id → item of every list that could be read."""
    found: dict[str, Body] = {}
    for answer in answers.values():
        for item in get(answer.body, "/value") or () if answer.ok else ():
            if isinstance(item, Mapping) and isinstance(item.get("id"), str):
                found[key_of(item["id"])] = item
    return found


def _reason(answer: Answer) -> str:
    return f"{answer.error_code or answer.status}: {answer.error_message}"
