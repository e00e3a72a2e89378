"""Rules of what runs on computes, beyond what their own examples show."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.policies.cases import judged
from tests.unit.policies.computes import (
    FAIL,
    OPEN,
    PASS,
    instance,
)

from azkeep.model.finding import Verdict


@pytest.mark.parametrize(
    ("data", "prefix", "verdict"),
    [
        ("reviewed/a.sh", "reviewed", PASS),
        ("/reviewed/sub/a.sh", "reviewed/", PASS),
        ("reviewed-not/a.sh", "reviewed", FAIL),
        ("reviewed/../a.sh", "reviewed", FAIL),
        ("reviewed/sub/../a.sh", "reviewed", PASS),
        ("../a.sh", "", FAIL),
        ("..", "", FAIL),
        (".", "", FAIL),
        ("anything.sh", "", PASS),
        (" ", "", FAIL),
        (None, "", FAIL),
        ("?", "", OPEN),
    ],
)
def test_place_of_a_script(data: Any, prefix: str, verdict: Verdict) -> None:
    """CMP-SEC-002: the path stays inside the approved folder, whatever its dots say."""
    script = {"scriptSource": "WorkspaceStorage", "scriptData": data}
    document = instance({"setupScripts": {"scripts": {"creationScript": script}}})
    assert judged("CMP-SEC-002", document, approved_prefix=prefix).verdict is verdict


@pytest.mark.parametrize(
    ("scripts", "verdict", "paths"),
    [
        ({"creationScript": None, "startupScript": None}, PASS, []),
        (
            {"creationScript": {"scriptSource": "inline"}, "startupScript": {"scriptSource": "inline"}},
            FAIL,
            ["creationScript/scriptSource", "creationScript/scriptData", "startupScript/scriptSource",
             "startupScript/scriptData"],
        ),
        ({"creationScript": "?", "startupScript": {"scriptSource": "inline", "scriptData": "x"}}, FAIL,
         ["startupScript/scriptSource"]),
        ("?", OPEN, None),
        ("odd", FAIL, None),
    ],
)  # fmt: skip
def test_every_script_is_judged(scripts: Any, verdict: Verdict, paths: list[str] | None) -> None:
    """CMP-SEC-002: both scripts, and each offending place is named."""
    found = judged("CMP-SEC-002", instance({"setupScripts": {"scripts": scripts}}))
    assert found.verdict is verdict
    if paths is not None:
        prefix = "/properties/properties/setupScripts/scripts/"
        assert [place.path.removeprefix(prefix) for place in found.places] == paths


@pytest.mark.parametrize(
    ("reference", "verdict"),
    [
        ("models.azurecr.io/shiny:4.2", PASS),
        ("MODELS.azurecr.io/team/shiny@sha256:" + "a" * 64, PASS),
        ("models.azurecr.io/shiny:4.2@sha256:" + "a" * 64, PASS),
        ("models.azurecr.io/shiny@sha256:abc", FAIL),
        ("models.azurecr.io/shiny", FAIL),
        ("models.azurecr.io/shiny:Latest", FAIL),
        ("models.azurecr.io.example.com/shiny:4.2", FAIL),
        ("models.azurecr.io:443/shiny", FAIL),
        ("docker.io/models.azurecr.io/shiny:4.2", FAIL),
        ("?", OPEN),
        (None, FAIL),
        (["models.azurecr.io/shiny:4.2"], FAIL),
    ],
)
def test_image_of_a_service(reference: Any, verdict: Verdict) -> None:
    """CMP-SEC-003: from a trusted host, and pinned."""
    document = instance({"customServices": [{"image": {"reference": reference}}]})
    assert judged("CMP-SEC-003", document, trusted_registries=["models.azurecr.io"]).verdict is verdict


def test_every_service_is_judged() -> None:
    """CMP-SEC-003: each offending image is named, though one more is not known; no registry trusted by default."""
    images = ["?", "models.azurecr.io/a:1", "docker.io/b:1", "models.azurecr.io/c"]
    document = instance({"customServices": [{"image": {"reference": image}} for image in images]})
    found = judged("CMP-SEC-003", document, trusted_registries=["models.azurecr.io"])
    assert found.verdict is FAIL
    assert [place.path.split("/")[4] for place in found.places] == ["2", "3"]
    assert judged("CMP-SEC-003", document).verdict is FAIL


@given(st.text(alphabet="aZ09.:/@-_ sh256", max_size=40).map("z{}".format))
def test_image_of_no_registry(text: str) -> None:
    """CMP-SEC-003: no reference passes that does not begin with a trusted host."""
    document = instance({"customServices": [{"image": {"reference": text}}]})
    assert judged("CMP-SEC-003", document, trusted_registries=["models.azurecr.io"]).verdict is FAIL


@given(st.lists(st.sampled_from(["..", ".", "reviewed", "other", "a.sh", ""]), max_size=6).map("/".join))
def test_path_of_a_script(path: str) -> None:
    """CMP-SEC-002: a path passes only where it leads into the approved folder when one walks it."""
    depth: list[str] = []
    escaped = False
    for part in path.split("/"):
        if part == "..":
            escaped = escaped or not depth
            depth = depth[:-1]
        elif part not in (".", ""):
            depth.append(part)
    script = {"scriptSource": "workspaceStorage", "scriptData": path}
    document = instance({"setupScripts": {"scripts": {"creationScript": script}}})
    found = judged("CMP-SEC-002", document, approved_prefix="reviewed").verdict
    assert found is (PASS if depth[:1] == ["reviewed"] and not escaped else FAIL)
