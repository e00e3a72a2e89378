"""Why an operation failed, in the words of the official plugin, and what it left behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from azkeep.errors import AzureError
from azkeep.model.transport import Answer


class RefusedError(Exception):
    """Nothing was changed; the text says why."""


@dataclass(frozen=True)
class InitFailedError(Exception):
    """The resource was sent to the cloud and did not come to a good end.

    `properties` are the outputs that could be read, {} where nothing could; `inputs` those that were sent.
    """

    id: str
    properties: Mapping[str, Any]
    inputs: Mapping[str, Any]
    reason: str

    def __str__(self) -> str:
        return self.reason


def of_answer(answer: Answer) -> str:
    """`Status=409 Code="…" Message="…"`, as azure-native shows ARM's errors."""
    return _text(answer.status, answer.error_code, answer.error_message)


def of_error(error: AzureError) -> str:
    """The same for a request that got no answer to keep, or one that the transport itself refuses."""
    if not error.status:
        return f"{error.summary}: {error.detail}" if error.detail else error.summary
    return _text(error.status, error.arm_code, error.detail or error.summary)


def _text(status: int, code: str, message: str) -> str:
    return f'Status={status} Code="{code}" Message="{message}"'
