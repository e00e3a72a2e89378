"""Every example body of tests/bodies, written to and read from the local cloud."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.emulator.arm import GROUPS_VERSION, Arm

from azkeep.emulator import control
from azkeep.model.ids import ArmId
from azkeep.model.value import get, leaves
from azkeep.types import by_arm_type
from azkeep.types.validation import wrong_values

BODIES = Path(__file__).parents[2] / "bodies"
CANARY = "not-a-key"


@pytest.fixture(scope="module")
def written(arm: Arm) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Id → (body sent, answer) of all bodies that could be written, whatever their order of dependence."""
    waiting = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(BODIES.glob("*.json"))]
    first = str(waiting[0]["id"]).split("/")[2]
    control.ensure_subscription(Path(arm.ready["ca"]).parent, first, "of the bodies")
    done: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    progress = True
    while waiting and progress:
        left = [body for body in waiting if not _write(arm, body, done)]
        progress = len(left) < len(waiting)
        waiting = left
    return done


def _write(arm: Arm, body: dict[str, Any], done: dict[str, Any]) -> bool:
    type_ = by_arm_type(ArmId.parse(body["id"]).type)
    assert type_ is not None, body["id"]
    sent = {name: value for name, value in body.items() if name != "id"}
    answer = arm.send("PUT", body["id"], sent, version=type_.api_version)
    assert answer.status_code < 500, answer.text
    if answer.ok:
        done[body["id"]] = (sent, answer.json())
    return answer.ok


def test_most_bodies_can_be_written(written: dict[str, Any]) -> None:
    """All but those that contradict one another or are made by a service only."""
    assert len(written) > 40


def test_get_is_what_put_answered(arm: Arm, written: dict[str, Any]) -> None:
    """Right after its PUT a document reads the same, but for what the writes of others moved since."""
    for id, (_, answer) in written.items():
        type_ = by_arm_type(ArmId.parse(id).type)
        assert type_ is not None
        now = arm.send("GET", id, version=type_.api_version).json()
        assert (now["id"], now["type"], now.get("location")) == (answer["id"], answer["type"], answer.get("location"))


def test_answer_keeps_every_field(written: dict[str, Any]) -> None:
    """Each value that was PUT is in the answer, unless the type says that it is secret or not the client's."""
    lost = []
    for id, (sent, answer) in written.items():
        type_ = by_arm_type(ArmId.parse(id).type)
        assert type_ is not None
        hidden = (*type_.secrets, *type_.write_only, *type_.read_only)
        for pointer, value in leaves(sent):
            kept = get(answer, pointer)
            if not _hidden(pointer, hidden) and not _alike(kept, value):
                lost.append((id.rsplit("/", 2)[1], pointer, value, kept))
    assert lost == []


def test_answers_can_be_sent_back(arm: Arm, written: dict[str, Any]) -> None:
    """No answer has a value that its own type would not read: a client may change one member and PUT the rest."""
    wrong = []
    for id in written:
        type_ = by_arm_type(ArmId.parse(id).type)
        assert type_ is not None
        wrong += [(id, each) for each in wrong_values(type_, arm.send("GET", id, version=type_.api_version).json())]
    assert wrong == []


def _hidden(pointer: str, hidden: tuple[str, ...]) -> bool:
    parts = pointer.split("/")
    for each in hidden:
        wanted = each.split("/")
        if all(want in ("*", part) for want, part in zip(wanted, parts, strict=False)) and len(parts) >= len(wanted):
            return True
    return False


def _alike(kept: Any, sent: Any) -> bool:
    if isinstance(kept, str) and isinstance(sent, str):
        return kept.replace(" ", "").lower() == sent.replace(" ", "").lower()
    return bool(kept == sent) or (sent in ({}, []) and kept is not None)


def test_secrets_stay_out_of_files_and_answers(arm: Arm, written: dict[str, Any]) -> None:
    """A secret that was PUT and keys that were made are in no file of the store and in no answer but their own."""
    store = Path(arm.ready["ca"]).parent
    datastore = next(id for id in written if "/datastores/" in id)
    account = next(id for id in written if id.endswith("/storageAccounts/account"))
    assert CANARY in json.dumps(written[datastore][0])
    assert CANARY not in json.dumps(written[datastore][1])
    keyed = {"properties": {"allowSharedKeyAccess": True}}  # else the datastore does not tell its key
    assert arm.send("PATCH", account, keyed, version="2024-01-01").ok
    told = arm.send("POST", f"{datastore}/listSecrets", {}, version="2024-10-01").text
    assert CANARY in told
    keys = arm.send("POST", f"{account}/listKeys", {}, version="2024-01-01").json()["keys"]
    found = b"".join(path.read_bytes() for path in store.iterdir() if path.name != "serve.json")
    assert CANARY.encode() not in found
    assert all(key["value"].encode() not in found for key in keys)
    again = arm.send("POST", f"{account}/regenerateKey", {"keyName": "key1"}, version="2024-01-01").json()["keys"]
    assert [new["value"] == old["value"] for new, old in zip(again, keys, strict=True)] == [False, True]


def test_group_goes_with_all_of_it(arm: Arm, written: dict[str, Any]) -> None:
    """With the lock gone, deleting the group leaves nothing; the vault stays among the deleted until purged."""
    lock = next(id for id in written if "/locks/" in id)
    group = next(id for id in written if id.endswith("/resourceGroups/rg"))
    assert arm.send("DELETE", group, version=GROUPS_VERSION).status_code == 409
    arm.send("DELETE", lock, version="2016-09-01")
    assert arm.send("DELETE", group, version=GROUPS_VERSION).status_code == 200
    subscription = "/".join(group.split("/")[:3])
    listed = arm.send("GET", f"{subscription}/resources", version=GROUPS_VERSION).json()["value"]
    assert listed == []
    vaults = f"{subscription}/providers/Microsoft.KeyVault/deletedVaults"
    assert [each["name"] for each in arm.send("GET", vaults, version="2024-11-01").json()["value"]] == ["vault"]
