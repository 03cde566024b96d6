"""Rules that change while cases run: whoever was started goes by the old ones; overlays and grades are switched on."""

from __future__ import annotations

from collections.abc import Callable

from tests.processes.play import OVERLAYS, ROOT, Play, facts

ACase = Callable[..., Play]

D3 = ROOT / "processes/decisions/D03-circumstances.dmn"


def d3_without_item_six() -> tuple[str, bytes]:
    """D3 as an owner would change it: Article 6 (6) asks for one fact that is never given."""
    text = D3.read_text("utf-8")
    changed = text.replace("fieldServiceReform, purposePublic, flexAcceptance", '"no", purposePublic, flexAcceptance')
    assert changed != text
    return D3.name, changed.encode()


def test_a_changed_decision_leaves_what_was_started_to_its_old_version(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("evidence")
    first, versions = play.case_key, play.record("subject")["ruleVersion"]
    assert "D3 1" in versions
    assert "rc-subject 1" in play.record("subject")["processVersion"]
    play.later(hours=1)

    play.deploy(d3_without_item_six())
    play.up_to("resolution")

    assert play.variable("circumstances")["matched"] == ["6(6)"]
    assert play.record("subject")["ruleVersion"] == versions
    play.register_another()
    play.up_to("resolution")
    assert play.case_key != first
    assert "D3 2" in play.record("subject")["ruleVersion"]
    assert play.variable("circumstances")["matched"] == []


def test_what_is_not_started_yet_goes_by_the_rules_of_its_start(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("screening")
    play.later(hours=1)

    play.deploy(d3_without_item_six())
    play.up_to("evidence")

    assert "D3 2" in play.record("subject")["ruleVersion"]


def test_overlays_are_shown_apart_from_what_the_measure_itself_advises(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("screening")
    play.set_parameter("P-OVL-01", ["majorSafety"])
    play.up_to("facts")

    asked = {f"matter.overlayFacts.{name}": "no" for name in OVERLAYS} | {"matter.overlayFacts.majorSafety": "yes"}
    assert set(play.refused("facts", asked)) == {f"matter.overlayFacts.{name}" for name in OVERLAYS}
    play.up_to("supplement", facts={f"matter.overlayFacts.{name}": "unknown" for name in OVERLAYS})
    assert "是否属于重特大安全责任事故（叠加参数，非本办法条文）（参数 P-OVL-01）" in play.shown("supplement")
    play.do("supplement", {"supplement.way": "unascertainable", "supplement.reason": "事故调查尚未结束。"})
    play.up_to("convening")

    assert play.variable("advice")["advice"] == "insufficient"
    assert play.variable("adviceSeed")["advice"] == "range"
    words = play.shown("convening").replace("*", "")
    assert "叠加项已启用。只按本办法条文的建议：可在免于、减轻、从轻内研究" in words
    assert "叠加参数，非本办法条文" in words


def test_a_proved_overlay_changes_its_own_column_only(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("screening")
    play.set_parameter("P-OVL-01", ["majorSafety"])
    play.up_to("evidence")
    [proof] = play.defaults("evidence")["evidence"]
    proves = [*proof["proves"], "matter.overlayFacts"]
    play.do("evidence", {"evidence": [{**proof, "proves": proves}]})
    overlay = {f"matter.overlayFacts.{name}": "no" for name in OVERLAYS} | {"matter.overlayFacts.majorSafety": "yes"}

    play.up_to("convening", facts=overlay)

    assert play.variable("advice")["advice"] == "none_overlay"
    assert play.variable("adviceSeed")["advice"] == "range"
    assert play.variable("bottomLine")["overlayCodes"] == ["O1"]
    assert play.variable("bottomLine")["seedExclusion"] == "clear"


def test_overlays_switched_on_later_do_not_reach_what_was_started(a_case: ACase) -> None:
    play = a_case(at="evidence")
    play.up_to("evidence")
    play.later(days=1)

    play.set_parameter("P-OVL-01", ["majorSafety"])
    play.up_to("convening")

    assert play.variable("bottomLine")["overlayExclusion"] == "off"
    assert "叠加项已启用" not in play.shown("convening")


def test_graded_advice_is_given_once_its_owners_switched_it_on(a_case: ACase) -> None:
    play = a_case(at="screening")
    play.up_to("screening")
    play.set_parameter("P-ADV-01", "on")

    play.up_to("resolution", facts=facts(factor="neutral"))

    assert play.variable("advice")["advice"] == "mitigated"
    assert set(play.refused("resolution", {"toleranceOpinion.outcome": "exempt"})) == {"meeting.deviationReason"}
    play.do("resolution", {"toleranceOpinion.outcome": "mitigated"})
    play.up_to("announcement")
    assert play.variable("adviceDeviates") == "no"
    assert play.record("subject")["outcome"] == "mitigated"
