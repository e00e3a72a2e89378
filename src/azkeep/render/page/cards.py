"""Cards of what an ML team looks at first: online endpoints with their traffic, and GPU compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from azkeep.model.value import get
from azkeep.render.page.markup import Markup, tag
from azkeep.render.page.parts import cut, facts, section, table
from azkeep.render.topology.exposure import exposures
from azkeep.render.topology.things import Thing, Things
from azkeep.render.topology.words import is_gpu, short, size_of, traffic
from azkeep.render.values import shown

WORKSPACE = "microsoft.machinelearningservices/workspaces"
ENDPOINT = f"{WORKSPACE}/onlineendpoints"
DEPLOYMENT = f"{ENDPOINT}/deployments"
COMPUTE = f"{WORKSPACE}/computes"
MOST = 60
"""Cards of a kind: more of them are a list, which the JSON document is."""


def endpoints(things: Things) -> Iterator[Markup]:
    """A card for each online endpoint whose document is there."""
    found = [each for each in things.of(ENDPOINT) if each.is_known]
    if found:
        cards = tag("div", {"class": "cards wide"}, [_endpoint(each, things) for each in found[:MOST]])
        yield section("endpoints", f"Endpoints ({len(found)})", cards, _rest(found))


def gpus(things: Things) -> Iterator[Markup]:
    """A card for each compute with GPUs."""
    found = [each for each in things.of(COMPUTE) if is_gpu(each)]
    if found:
        cards = tag("div", {"class": "cards"}, [_gpu(each, things) for each in found[:MOST]])
        yield section("gpus", f"GPU compute ({len(found)})", cards, _rest(found))


def _rest(found: list[Thing]) -> list[Markup]:
    return [cut(len(found) - MOST, "card")] if len(found) > MOST else []


def _endpoint(endpoint: Thing, things: Things) -> Markup:
    shares = traffic(endpoint)
    public = exposures(endpoint, things)
    listed = facts(
        (
            ("sign-in", _said(endpoint.get("/properties/authMode"))),
            ("public", "yes: reachable from the internet" if public else "no"),
            ("mirrored", _shares(endpoint.get("/properties/mirrorTraffic"))),
            ("state", _said(endpoint.get("/properties/provisioningState"))),
        ),
        None,
    )
    rows = [_deployment(each, shares, things) for each in things.of(DEPLOYMENT) if things.parent(each) is endpoint]
    heads = ("deployment", "share", "model", "environment", "runs on")
    return tag(
        "article",
        {"class": "card-sheet"},
        tag("h3", {}, endpoint.name),
        _bar(shares),
        listed,
        table(heads, rows) if rows else "",
    )


def _bar(shares: Mapping[str, Any]) -> Markup:
    """The traffic as a bar whose parts say their share; a share of nothing has no part."""
    parts = [(name, share) for name, share in shares.items() if isinstance(share, int | float) and share > 0]
    if not parts:
        return tag("p", {"class": "faint small"}, "no traffic")
    spans = [tag("span", {"style": f"flex:{share:g}"}, f"{name} {share:g} %") for name, share in parts]
    return tag("div", {"class": "share", "role": "img", "aria-label": f"Traffic: {_shares(shares)}"}, spans)


def _deployment(deployment: Thing, shares: Mapping[str, Any], things: Things) -> tuple[str, ...]:
    size = _said(deployment.get("/properties/instanceType"))
    count = _said(deployment.get("/sku/capacity"))
    share = shares.get(deployment.name, 0)
    return (
        deployment.name,
        f"{_said(share)} %",
        versioned(deployment.get("/properties/model"), things),
        versioned(deployment.get("/properties/environmentId"), things),
        f"{count} × {size}" if count and size else size,
    )


def versioned(value: Any, things: Things) -> str:
    """`name:version` of an asset's id, "" where none is set."""
    if not isinstance(value, str):
        return "" if value is None else short(value, things)
    parts = value.rstrip("/").split("/")
    if len(parts) > 2 and parts[-2].lower() in ("versions", "labels"):
        return f"{parts[-3]}:{parts[-1]}"
    return parts[-1]


def _gpu(compute: Thing, things: Things) -> Markup:
    inner = compute.get("/properties/properties")
    scale = get(inner, "/scaleSettings")
    ways = exposures(compute, things)
    least = get(scale, "/minNodeCount")
    subnet = get(inner, "/subnet")
    return tag(
        "article",
        {"class": "card-sheet"},
        tag("h3", {}, compute.name),
        facts(
            (
                ("kind", _said(compute.get("/properties/computeType"))),
                ("size", size_of(compute)),
                ("nodes", f"{_said(least) or '0'} to {_said(get(scale, '/maxNodeCount'))}" if scale else "1"),
                ("idle cost", "never scales to nothing" if isinstance(least, int) and least > 0 else ""),
                ("running now", _said(get(inner, "/currentNodeCount"))),
                ("priority", _said(get(inner, "/vmPriority"))),
                ("scales down after", _said(get(scale, "/nodeIdleTimeBeforeScaleDown"))),
                ("subnet", short(subnet, things) if subnet else "none"),
                ("from the internet", ", ".join(f"{way.words} ({way.rule})" for way in ways) or "no"),
                ("state", _said(get(inner, "/state") or compute.get("/properties/provisioningState"))),
            ),
            None,
        ),
    )


def _shares(found: Any) -> str:
    return ", ".join(f"{name} {_said(share)} %" for name, share in found.items()) if isinstance(found, Mapping) else ""


def _said(value: Any) -> str:
    """A value without the quotes of JSON, "" for none."""
    return "" if value is None else value if isinstance(value, str) else shown(value)
