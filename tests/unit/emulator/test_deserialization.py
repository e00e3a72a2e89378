"""The words for a body that a service cannot read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azkeep.emulator.deserialization import check_values, unreadable
from azkeep.errors import ArmFault
from azkeep.model.value import leaves
from azkeep.types import by_arm_type
from azkeep.types.validation import WrongValue

DATASTORES = "Microsoft.MachineLearningServices/workspaces/datastores"
SCALARS = st.one_of(st.text(), st.integers(), st.booleans())
DOCUMENTS = st.dictionaries(
    st.text(min_size=1),
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, min_size=1), st.dictionaries(st.text(min_size=1), inner, min_size=1)),
        max_leaves=8,
    ),
    min_size=1,
)


@given(DOCUMENTS, st.data())
def test_position_is_where_the_value_ends(document: dict[str, Any], data: st.DataObject) -> None:
    """Compact JSON up to the position ends with the value, whatever stands before it."""
    pointer, value = data.draw(st.sampled_from(list(leaves(document))))
    fault = unreadable(WrongValue(pointer, value, "array"), document)
    position = int(re.findall(r"line 1, position (\d+)\.'\.$", fault.message)[0])
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert text[:position].endswith(json.dumps(value, ensure_ascii=False))
    assert text[position] in ",]}"


@pytest.mark.parametrize(
    ("pointer", "document", "path"),
    [
        ("/a/0/b", {"a": [{"b": 1}]}, "a[0].b"),
        ("/tags/cost.center", {"tags": {"cost.center": 1}}, "tags['cost.center']"),
        ("/a/x~1y's", {"a": {"x/y's": 1}}, "a['x/y\\'s']"),
        ("/a/0/1", {"a": [[0, 1]]}, "a[0][1]"),
    ],
)
def test_path(pointer: str, document: dict[str, Any], path: str) -> None:
    """Items stand in brackets, and so do names with other characters than a name's."""
    fault = unreadable(WrongValue(pointer, 1, "string"), document)
    assert fault.target == path
    assert f"Path '{path}', line 1" in fault.message


@pytest.mark.parametrize(
    "properties",
    [
        {"datastoreType": "AzureBlob", "credentials": 8675309},
        {"credentials": {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": 8675309}}},
        {"Credentials": {"credentialsType": "AccountKey", "Secrets": "8675309"}, "datastoreType": "AzureBlob"},
    ],
)
def test_a_secret_is_not_repeated(properties: dict[str, Any]) -> None:
    """The refusal says where the value is that should be, hold or lie in a secret, not what it is."""
    type_ = by_arm_type(DATASTORES)
    assert type_ is not None
    sent = {"properties": {"datastoreType": "AzureBlob", "accountName": "account", "containerName": "c", **properties}}
    with pytest.raises(ArmFault) as caught:
        check_values(type_, sent)
    assert "8675309" not in caught.value.message
    assert 'Error converting value "***" to type' in caught.value.message
    assert "properties.credentials" in caught.value.message.lower().replace("'", "")
