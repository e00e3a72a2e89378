"""Before every run: what an earlier one had begun is looked up in the cloud and taken up or dropped.

Three steps: creates in doubt are looked up by the ARM id that their inputs name and put into the state; a refresh of
them alone fills in what the cloud holds; their own inputs are put back. Never `--import-pending-creates` or
`--clear-pending-creates`: both lose the resource.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from azkeep.engine.backend import mend
from azkeep.engine.journal import Journal, forget, journals, sweep
from azkeep.engine.locks import list_locks, wait_until_free
from azkeep.engine.process import Control
from azkeep.engine.reconcile import Doubt, doubts, put_back, settle, uncertain_urns, unread_urns
from azkeep.engine.session import OnEvent, Selection, Session, ignore
from azkeep.engine.state import State
from azkeep.errors import AzureError
from azkeep.model.transport import Answer, ArmTransport

RUNNING = frozenset({"creating", "updating", "accepted", "provisioning", "running", "inprogress", "resolvingdns"})
POLL_SECONDS = 2.0
PATIENCE_SECONDS = 900.0
QUIET_SECONDS = 4.0
ORPHAN_SECONDS = 30.0


@dataclass(frozen=True)
class Recovery:
    """What was put right, as ARM ids: taken into the state, dropped because it was never made, and `unclear` where
    the cloud could not be asked. `refreshed` are URNs whose update or delete had not ended."""

    adopted: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    refreshed: tuple[str, ...] = ()

    @property
    def did_something(self) -> bool:
        return bool(self.adopted or self.dropped or self.unclear or self.refreshed)


def recover(
    session: Session,
    transport: ArmTransport,
    subscription: str,
    *,
    say: Callable[[str], None] = lambda _: None,
    on_event: OnEvent = ignore,
    control: Control | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Recovery:
    """Puts the state right after a run that died; costs one file read where there is nothing to do.

    A create that still runs in the cloud is waited for, `patience` seconds at most. Journals are removed once nothing
    in them is unclear. Raises StackLocked while another run is at work, and the engine's error if it cannot refresh.
    """
    sweep(session.run_folder)
    if not list_locks(session.backend_url, session.project, session.stack):
        mend(session.backend_url, session.project, session.stack)
    state, found = _what_is_known(session)
    if not state.pending and not found and not unread_urns(state):
        return Recovery()
    # An engine that outlived its azkeep ends by itself, and until then adds to its log and to the state.
    timeout = max(session.lock_timeout, ORPHAN_SECONDS if found else 0.0)
    wait_until_free(session.backend_url, session.project, session.stack, timeout=timeout)
    mend(session.backend_url, session.project, session.stack)
    state, found = _what_is_known(session)
    begun = [step for journal in found for step in journal.steps]
    in_doubt = doubts(state, begun, subscription)
    uncertain = uncertain_urns(state, begun)
    if in_doubt:
        say(f"Looking up what an earlier run had begun: {len(in_doubt)}")
    exists = {doubt.id: look_up(doubt, transport, patience=patience) for doubt in in_doubt}
    if False in exists.values() and _wait_for_quiet(found):
        # A request that was on its way when its run died may have arrived since.
        again = [doubt for doubt in in_doubt if exists[doubt.id] is False]
        exists |= {doubt.id: look_up(doubt, transport, patience=patience) for doubt in again}
    result = _result(in_doubt, exists, uncertain)
    _write(session, state, settle(state, exists, in_doubt), in_doubt, result, on_event, control)
    _forget(found, result)
    return result


def look_up(
    doubt: Doubt,
    transport: ArmTransport,
    *,
    patience: float = PATIENCE_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> bool | None:
    """True if the cloud has the resource, False if it has not, None if it could not be asked. One that is still being
    made is waited for; a create that failed leaves a resource, which the next apply then updates."""
    ends = time.monotonic() + patience
    while True:
        try:
            answer = transport.send("GET", doubt.id, api_version=doubt.type.api_version)
        except AzureError:
            return None
        if not _is_running(answer) or time.monotonic() >= ends:
            break
        sleep(POLL_SECONDS)
    if answer.status == 404:
        return False
    return True if answer.ok else None


def _what_is_known(session: Session) -> tuple[State, tuple[Journal, ...]]:
    return session.state(), journals(session.run_folder, session.project, session.stack)


def _is_running(answer: Answer) -> bool:
    body = answer.body if isinstance(answer.body, dict) else {}
    properties = body.get("properties")
    state = properties.get("provisioningState") if isinstance(properties, dict) else None
    return answer.ok and str(state or "").lower() in RUNNING


def _result(in_doubt: Iterable[Doubt], exists: dict[str, bool | None], uncertain: tuple[str, ...]) -> Recovery:
    ids = sorted(doubt.id for doubt in in_doubt)
    return Recovery(
        adopted=tuple(id for id in ids if exists[id]),
        dropped=tuple(id for id in ids if exists[id] is False),
        unclear=tuple(id for id in ids if exists[id] is None),
        refreshed=uncertain,
    )


def _write(
    session: Session,
    before: State,
    settled: State,
    in_doubt: Iterable[Doubt],
    result: Recovery,
    on_event: OnEvent,
    control: Control | None,
) -> None:
    if settled.document != before.document:
        session.import_(settled)
    adopted = {doubt.urn for doubt in in_doubt if doubt.id in result.adopted}
    urns = sorted(adopted | set(result.refreshed))
    if not urns:
        return
    run = session.refresh(selection=Selection(targets=tuple(urns)), on_event=on_event, control=control)
    if run.failure is not None:
        raise run.failure
    refreshed = session.state()
    restored = put_back(refreshed, settled, urns)
    if restored.document != refreshed.document:
        session.import_(restored)


def _wait_for_quiet(found: Iterable[Journal], *, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Waits until the last event of dead runs is some seconds old; False if it was already."""
    left = max((journal.written for journal in found), default=0.0) + QUIET_SECONDS - time.time()
    if left <= 0:
        return False
    sleep(min(left, QUIET_SECONDS))
    return True


def _forget(found: Iterable[Journal], result: Recovery) -> None:
    if not result.unclear:
        forget(found)
