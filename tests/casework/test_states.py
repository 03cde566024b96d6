"""Which state may follow which."""

from __future__ import annotations

import pytest

from service import texts
from service.casework import states
from service.casework.states import TRANSITIONS, Strand
from service.errors import Invalid

# The table of procedure.md section 4, written again by hand.
FOLLOWING = {
    "REGISTERED": {"SCREENING"},
    "SCREENING": {"ACCEPTED", "NOT_STARTED", "APP_RECEIVED"},
    "NOT_STARTED": {"APP_RECEIVED", "SCREENING"},
    "APP_RECEIVED": {"SUPPLEMENT", "ACCEPTED", "REJECTED", "TRANSFERRED", "SCREENING"},
    "SUPPLEMENT": {"APP_RECEIVED"},
    "REJECTED": {"APP_RECEIVED"},
    "TRANSFERRED": set(),
    "ACCEPTED": {"INVESTIGATING"},
    "INVESTIGATING": {"REPORTING", "SUSPENDED"},
    "REPORTING": {"REVIEWING", "INVESTIGATING"},
    "REVIEWING": {"COLLECTIVE", "INVESTIGATING", "SUSPENDED"},
    "COLLECTIVE": {"DRAFTING", "INVESTIGATING", "SUSPENDED"},
    "DRAFTING": {"ISSUED", "COLLECTIVE", "INVESTIGATING"},
    "ISSUED": {"SERVING"},
    "SERVING": {"SERVED"},
    "SERVED": {"TRACKING"},
    "TRACKING": {"CLOSED"},
    "SUSPENDED": {"INVESTIGATING", "TERMINATED"},
    "TERMINATED": set(),
    "CLOSED": set(),
}
# Persons whose procedure ended early, or whose application was withdrawn, close with the case.
CLOSING = {"NOT_STARTED", "REJECTED", "TRANSFERRED", "TERMINATED", "APP_RECEIVED", "SUPPLEMENT"}
# New facts may be brought forward before the decision, and the organ examines of its own motion beside an application.
NEW_FACTS = {
    ("SUPPLEMENT", "SCREENING"),
    ("REJECTED", "SCREENING"),
    ("TRANSFERRED", "SCREENING"),
    ("TRANSFERRED", "APP_RECEIVED"),
    ("NOT_STARTED", "ACCEPTED"),
}


@pytest.mark.parametrize("present", FOLLOWING)
@pytest.mark.parametrize("following", FOLLOWING)
def test_the_main_line_follows_the_procedure(present: str, following: str) -> None:
    allowed = (
        following in FOLLOWING[present]
        or (following == "CLOSED" and present in CLOSING)
        or (present, following) in NEW_FACTS
    )

    if present == following:
        assert not states.check(Strand.MAIN, present, following)
    elif allowed:
        assert states.check(Strand.MAIN, present, following)
    else:
        with pytest.raises(Invalid) as caught:
            states.check(Strand.MAIN, present, following)
        words = texts.render(caught.value)
        assert present in words
        assert following in words


def test_no_decision_is_ever_undone() -> None:
    behind = {"ISSUED", "SERVING", "SERVED", "TRACKING", "CLOSED"}

    for state in behind:
        assert TRANSITIONS[Strand.MAIN][state] <= behind


@pytest.mark.parametrize("strand", list(Strand))
def test_every_state_of_a_line_can_be_reached(strand: Strand) -> None:
    reached = {states.FIRST[strand]}
    while more := {following for state in reached for following in TRANSITIONS[strand][state]} - reached:
        reached |= more

    assert reached == set(TRANSITIONS[strand])


@pytest.mark.parametrize(
    ("strand", "state"), [(Strand.MAIN, "FINISHED"), (Strand.FILING, "CLOSED"), (Strand.RECTIFICATION, "")]
)
def test_a_made_up_state_is_refused(strand: Strand, state: str) -> None:
    with pytest.raises(Invalid, match=r"casework\.no_such_state"):
        states.check(strand, states.FIRST[strand], state)


SUMMARIES = {
    "one": (["REVIEWING"], "REVIEWING"),
    "least advanced": (["TRACKING", "INVESTIGATING"], "INVESTIGATING"),
    "one never started": (["NOT_STARTED", "DRAFTING"], "DRAFTING"),
    "one closed": (["CLOSED", "TRACKING"], "TRACKING"),
    "all closed": (["CLOSED", "CLOSED"], "CLOSED"),
    "nobody": ([], "REGISTERED"),
}


@pytest.mark.parametrize(("of_subjects", "of_case"), SUMMARIES.values(), ids=SUMMARIES)
def test_a_case_stands_where_its_least_advanced_person_stands(of_subjects: list[str], of_case: str) -> None:
    assert states.summary(of_subjects) == of_case


OUTCOMES = {
    "same": (["exempt", "exempt"], "exempt"),
    "different": (["exempt", "none"], "mixed"),
    "one open": (["exempt", "pending"], "pending"),
}


@pytest.mark.parametrize(("of_subjects", "of_case"), OUTCOMES.values(), ids=OUTCOMES)
def test_persons_do_not_share_an_outcome(of_subjects: list[str], of_case: str) -> None:
    assert states.outcome_summary(of_subjects) == of_case
