"""What every route works on, made once when the application starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ragqa.answers.json import dump_answer
from ragqa.curation import Curation
from ragqa.records import Records, open_records
from ragqa.service import QAService
from ragqa.settings import Settings
from ragqa.text.identifiers import screen
from ragqa.types import Answer
from ragqa.web.access import Access, Principal
from ragqa.web.limits import Limiter, Queue
from ragqa.web.logs import log_question
from ragqa.web.metrics import Metrics
from ragqa.web.oidc import TokenVerifier


@dataclass(frozen=True, slots=True)
class Context:
    """The parts behind the routes."""

    service: QAService
    settings: Settings
    records: Records
    curation: Curation
    access: Access
    limiter: Limiter
    queue: Queue
    metrics: Metrics

    def audit(self, principal: Principal, action: str, target: str = "", details: Mapping[str, str | int | bool | None] | None = None) -> None:
        """Add an entry to the audit chain: who did what to what, and with which key. Ids, never text that anybody typed."""
        noted = dict(details or {}) | ({"key": principal.key_id} if principal.key_id else {})
        self.records.audit.append(principal.name, action, target, noted)
        self.metrics.act(action, str(noted.get("status", "")))

    def keep(self, principal: Principal, answer: Answer) -> None:
        """Count an answer, note who got it, and save it under its id with what looks like a patient's identifier taken out of the question."""
        self.metrics.answer(answer)
        self.audit(principal, "ask", answer.answer_id, {"status": answer.status.value, "index": answer.index_version})
        question = screen(answer.question)
        if self.settings.server.log_questions:
            log_question(answer_id=answer.answer_id, question=question.text)
        if not question.found:
            # An answer carries its question in several places, and its id is made from it: one with an identifier in it is not kept at all.
            self.records.answers.save(answer.answer_id, answer.index_version, question.text, answer.audience.value, dump_answer(answer), principal.name)


def make_context(service: QAService, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Context:
    """Return the context over a service: opens the records and chooses how those who ask are told apart."""
    records = open_records(settings.records.url, clock)
    metrics = Metrics()
    verifier = TokenVerifier(settings.access) if settings.access.oidc_issuer else None
    return Context(
        service=service,
        settings=settings,
        records=records,
        curation=Curation(settings, service, records.jobs, clock),
        access=Access(records.keys, verifier, settings.server.host, settings.server.allowed_hosts),
        limiter=Limiter(settings.server),
        queue=Queue(settings.server, metrics.waiting),
        metrics=metrics,
    )
