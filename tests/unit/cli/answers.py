"""What fills the place of azkeep's jobs in tests of the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from azkeep.cli.frame.run import Job
from azkeep.jobs.options import (
    Progress,
)
from azkeep.model.plan import Operation, Plan, Step
from azkeep.model.report import Header, Report

HEADER = Header(stack="hub", env="dev", cloud="local", started_at=datetime(2026, 11, 22, tzinfo=UTC))
STEP = Step(Operation.CREATE, None, "Microsoft.Storage/storageAccounts", "st", "urn:pulumi:dev::hub::a:b:C::st")
PLAN = Report(HEADER, Plan((STEP,)))


@dataclass
class Jobs:
    """Fills the place of azkeep's jobs: remembers what was asked for, answers as told."""

    answer: Callable[[Any, Progress], Report] = lambda options, progress: PLAN
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, name: str) -> Job:
        def run(options: Any, progress: Progress) -> Report:
            self.asked.append((name, options))
            return self.answer(options, progress)

        return run

    @property
    def options(self) -> Any:
        return self.asked[-1][1]


def failing(error: Exception) -> Jobs:
    def answer(options: Any, progress: Progress) -> Report:
        raise error

    return Jobs(answer)


def answering(report: Report) -> Jobs:
    return Jobs(lambda options, progress: report)
