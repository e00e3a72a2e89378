"""Many documents at once, with the right to read and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from azkeep.errors import AuthFailed, AzureError
from azkeep.model.transport import Answer, ArmTransport

NO_ANSWER = 0
"""Status of a document that was asked for and never came."""


def read_all(transport: ArmTransport, wanted: Iterable[tuple[str, str]], concurrency: int = 16) -> Mapping[str, Answer]:
    """One GET for each (id, api_version): id as asked → answer, in the order asked.

    404 means missing, 403 unreadable; where no answer came at all the status is 0 (or 429) and the body says why.
    Raises AuthFailed, since then nothing can be read.
    """
    asked = list(dict.fromkeys(wanted))
    if not asked:
        return {}
    with ThreadPoolExecutor(max_workers=max(1, min(concurrency, len(asked)))) as pool:
        answers = pool.map(lambda item: _read(transport, *item), asked)
        return {id: answer for (id, _), answer in zip(asked, answers, strict=True)}


def _read(transport: ArmTransport, id: str, api_version: str) -> Answer:
    try:
        return transport.send("GET", id, api_version=api_version)
    except AuthFailed:
        raise
    except AzureError as error:
        failure = {"code": error.arm_code or error.code, "message": error.detail or error.summary}
        return Answer(error.status or NO_ANSWER, {"error": failure})
