"""Outputs that the service returns in clear and the state must hold as secrets."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from pulumi import ResourceTransformationArgs, ResourceTransformationResult

Transformation = Callable[[ResourceTransformationArgs], ResourceTransformationResult | None]


def add_secret_outputs(secret_outputs: Mapping[str, tuple[str, ...]]) -> Transformation:
    """A transformation that adds `additional_secret_outputs`; keys are tokens without API version, names Pulumi's."""

    def transform(args: Any) -> Any:
        names = secret_outputs.get(unversioned(args.type_))
        if not names:
            return None
        options = copy.copy(args.opts)
        given = list(options.additional_secret_outputs or [])
        options.additional_secret_outputs = given + [name for name in names if name not in given]
        return ResourceTransformationResult(props=args.props, opts=options)

    return transform


def unversioned(token: str) -> str:
    """`azure-native:network:Subnet` for `azure-native:network/v20230201:Subnet`; other tokens unchanged."""
    parts = token.split(":")
    if len(parts) != 3:
        return token
    return f"{parts[0]}:{parts[1].split('/')[0]}:{parts[2]}"
