"""What an expert sees of a case tells nothing of whom it concerns, however deep it stands."""

from __future__ import annotations

from service.auth import Actor
from service.casework import records, redaction
from tests.casework.conftest import Site
from tests.processes.play import ORGAN

EXPERT = Actor("expert", frozenset({"EXPERT"}))


def test_names_organs_numbers_and_identity_numbers_are_masked_everywhere(case: Site) -> None:
    with case.case() as found:
        name, number = found.subjects[0].name, found.row.case_no
        data = {
            "questions": f"{name}在{ORGAN}办理的{number}中容缺办理是否合规？身份证 11010519491231002x，金额 12345。",
            "materials": [{"title": f"关于{name}的说明", "pages": 3, name: "键"}],
        }

        seen = redaction.redacted(found, data)

    said = str(seen["questions"]) + str(seen["materials"][0]["title"])
    assert all(telling not in said for telling in (name, ORGAN, number, "11010519491231002"))
    assert seen["questions"].endswith("容缺办理是否合规？身份证 ***，金额 12345。")
    assert seen["materials"][0]["pages"] == 3


def test_it_is_for_experts_who_have_no_other_part_in_the_case(case: Site) -> None:
    with case.unit(EXPERT) as unit:
        assert redaction.applies(unit, records.of_case(unit, case.key))
    for groups in ({"EXPERT", "LEAD"}, {"LEAD"}, {"INTAKE"}):
        with case.unit(Actor("x", frozenset(groups))) as unit:
            assert not redaction.applies(unit, records.of_case(unit, case.key))
