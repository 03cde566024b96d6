"""Documents that processes issue as a step."""

from __future__ import annotations

from collections.abc import Callable

from service.auth import SYSTEM
from service.casework import case_documents
from tests.processes.play import Play


def test_the_decision_is_issued_with_its_number_when_it_is_signed(a_case: Callable[..., Play]) -> None:
    play = a_case(at="issuance")

    play.do("issuance")

    with play.engine() as engine, engine.reading(SYSTEM) as unit:
        [issued] = case_documents.issued(unit, play.case_key)
    assert issued.document.template == "decision"
    assert issued.document.number == "濮阳市纪委监委容〔2026〕1号"
    assert issued.document.issued_by == play.record("decisionDocument")["signer"] == "approver"
    assert play.record("decisionDocument")["docNo"] == issued.document.number


def test_a_draft_sent_back_gets_no_number(a_case: Callable[..., Play]) -> None:
    play = a_case(at="issuance")

    play.do("issuance", {"issuanceResult": "return", "issuanceOpinion": "补充依据。"})

    with play.engine() as engine, engine.reading(SYSTEM) as unit:
        assert case_documents.issued(unit, play.case_key) == []
