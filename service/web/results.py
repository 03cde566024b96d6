"""Words for what decisions ask and answer: names, values and conditions, as codes of the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from service.web.words import N_, gettext

NAMES: dict[str, str] = {
    "admission": N_("Admission"),
    "advice": N_("Advice"),
    "alert": N_("Alert"),
    "applyLimit": N_("Time to apply"),
    "binding": N_("Binding"),
    "blocks": N_("What is missing"),
    "circumstanceStatus": N_("Circumstances of tolerance"),
    "codes": N_("Bottom lines crossed"),
    "decideLimit": N_("Time to decide"),
    "decider": N_("Who decides on recusal"),
    "dueDate": N_("Last day"),
    "effect": N_("Effect"),
    "expertGate": N_("Gate of expert opinions"),
    "expertRequired": N_("Expert opinion required"),
    "gate": N_("Gate"),
    "inTime": N_("In time"),
    "item": N_("Circumstance"),
    "level": N_("Level"),
    "matched": N_("Circumstances that apply"),
    "needsCollectiveDetermination": N_("To be determined collectively"),
    "overlayCodes": N_("Additional exclusions"),
    "overlayExclusion": N_("Additional exclusion"),
    "passed": N_("Vote"),
    "quorum": N_("Attendance"),
    "recusal": N_("Recusal"),
    "route": N_("Way of appeal"),
    "scopeResult": N_("Scope"),
    "seedExclusion": N_("Bottom line"),
    "status": N_("State of the calendar"),
    "suspendsExecution": N_("Suspends execution"),
    "undetermined": N_("Circumstances not established"),
    # What is put in besides, where no table or form names it.
    "gradedAdvice": N_("Graded advice"),
    "overlayEnabled": N_("Additional rules in use"),
    "effectiveDate": N_("Measure in force from"),
    "threeDistinctions": N_("Three distinctions"),
    "minInvestigators": N_("Fewest investigators"),
}

# A value by itself; where two results use one code differently, "name=value" comes first.
VALUES: dict[str, str] = {
    "passed=yes": N_("carried"),
    "passed=no": N_("not carried"),
    "passed=incomplete": N_("not all have voted"),
    "seedExclusion=clear": N_("not crossed"),
    "recusal=clear": N_("no ground for recusal"),
    "overlayExclusion=off": N_("not in use"),
    "circumstanceStatus=none": N_("none applies"),
    "advice=none": N_("no fault tolerance"),
    "level=none": N_("no escalation"),
    "applyLimit=none": N_("no limit found"),
    "decideLimit=none": N_("no limit found"),
    "alert=none": N_("none found"),
    "accept": N_("accepted"),
    "applicable": N_("applicable"),
    "await_inspection": N_("awaiting inspection"),
    "block": N_("blocked"),
    "by_reference": N_("by reference"),
    "calendar_missing": N_("calendar of the year is missing"),
    "catch_all": N_("catch-all, to be determined collectively"),
    "clear": N_("clear"),
    "close": N_("to be closed"),
    "collective_first": N_("collective study first"),
    "data_error": N_("data do not agree"),
    "excluded": N_("excluded"),
    "exempt": N_("exempt from accountability"),
    "fail": N_("failed"),
    "favourable": N_("favourable"),
    "neutral": N_("neutral"),
    "adverse": N_("adverse"),
    "not_submitted": N_("not submitted"),
    "incomplete": N_("incomplete"),
    "insufficient": N_("not established"),
    "invalid": N_("not valid"),
    "lighter": N_("lighter"),
    "manual": N_("for the head to judge"),
    "matched": N_("applies"),
    "met": N_("reached"),
    "mitigated": N_("mitigated"),
    "must_recuse": N_("must step aside"),
    "no": N_("no"),
    "no_limit": N_("no limit"),
    "no_start_record": N_("reasons recorded, not started"),
    "none": N_("none"),
    "none_overlay": N_("no fault tolerance (additional exclusion)"),
    "normal": N_("normal"),
    "not_applicable": N_("not applicable"),
    "not_met": N_("not reached"),
    "not_started": N_("not started"),
    "off": N_("not in use"),
    "ok": N_("counted"),
    "on": N_("in use"),
    "organ_head": N_("head of the organ"),
    "partial": N_("in part"),
    "pass": N_("passed"),
    "pending": N_("pending"),
    "per_rules": N_("by the rules on sanctions"),
    "post_decision_review": N_("review after the decision"),
    "proactive_review": N_("screening of own motion"),
    "range": N_("between exempt, mitigated and lighter"),
    "redirect_appeal": N_("late: the way is an appeal"),
    "register_only": N_("registered only"),
    "reject": N_("not accepted"),
    "remind": N_("reminder"),
    "submitted": N_("submitted"),
    "superior_organ": N_("superior organ"),
    "supplement": N_("to be supplemented"),
    "transfer": N_("to be passed on"),
    "unaffected": N_("not affected"),
    "undetermined": N_("not established"),
    "unknown": N_("unknown"),
    "waived": N_("waived in writing"),
    "yes": N_("yes"),
    # Bottom lines, gates of the investigation, gates of issuance.
    "X1": N_("X1 private gain"),
    "X2": N_("X2 red line of discipline crossed"),
    "X3": N_("X3 bottom line of law crossed"),
    "X4": N_("X4 knowing violation"),
    "X5": N_("X5 in defiance of a prohibition"),
    "O1": N_("O1 major accident"),
    "O2": N_("O2 serious damage to the environment"),
    "O3": N_("O3 gain of the unit"),
    "O4": N_("O4 no democratic procedure"),
    "O5": N_("O5 great loss or bad impact"),
    "G1": N_("G1 no evidence"),
    "G2": N_("G2 person not heard"),
    "G3": N_("G3 unit not heard"),
    "G4": N_("G4 society not heard"),
    "G5": N_("G5 expert opinion missing"),
    "G6": N_("G6 facts not clear"),
    "G7": N_("G7 tolerance not examined"),
    "G8": N_("G8 too few investigators"),
    "I1": N_("I1 collective study incomplete"),
    "I2": N_("I2 no opinion on accountability"),
    "I3": N_("I3 opinion on tolerance not merged"),
    "I4": N_("I4 separate document on tolerance"),
    "I5": N_("I5 reasons and basis missing"),
    "I6": N_("I6 departs from the advice without reason"),
    "I7": N_("I7 way of appeal not stated"),
    "I8": N_("I8 recusal not settled"),
}

# Layers of the rules: what an entry rests on.
LAYERS: dict[str, str] = {
    "seed": N_("this measure"),
    "seed-ref": N_("what this measure refers to"),
    "national": N_("national rules"),
    "param": N_("parameter of the process owner"),
    "overlay": N_("additional rule, off by default"),
}
LIMIT = re.compile(r"(\d+)([dm])")
LITERAL = re.compile(r'"([^"\\]*)"')
READ = re.compile(r"nz\((\w+)\)")
NEGATION = re.compile(r"not\((.*)\)")
CIRCUMSTANCE = re.compile(r"6\((\d)\)")


def result(found: Any) -> str:
    """Return what a decision answered in words."""
    if isinstance(found, Mapping):
        colon = gettext(": ")
        parts = [f"{name(key)}{colon}{value(item, key)}" for key, item in found.items() if _says(item)]
        return gettext("; ").join(parts) or "–"
    return value(found)


def name(code: str) -> str:
    """Return what a result is called."""
    return gettext(NAMES[code]) if code in NAMES else code


def value(found: Any, of: str = "") -> str:
    """Return a value in words; `of` is the result that it belongs to."""
    if found is None:
        return "–"
    if isinstance(found, bool):
        return gettext("yes") if found else gettext("no")
    if isinstance(found, Mapping):
        return result(found)
    if isinstance(found, (list, tuple)):
        return gettext(", ").join(value(item, of) for item in found) or "–"
    text = str(found)
    for code in (f"{of}={text}", text):
        if code in VALUES:
            return gettext(VALUES[code])
    limit = LIMIT.fullmatch(text)
    if limit:
        return gettext("%(num)s days", num=limit[1]) if limit[2] == "d" else gettext("%(num)s months", num=limit[1])
    circumstance = CIRCUMSTANCE.fullmatch(text)
    return gettext("Article 6 (%(number)s)", number=circumstance[1]) if circumstance else text


def condition(text: str, of: str = "") -> str:
    """Return what a cell wants in words; `of` is the expression or the name of its column."""
    said = LITERAL.sub(lambda found: value(found[1], READ.sub(r"\1", of.strip())), text)
    negated = NEGATION.fullmatch(said.strip())
    return gettext("not %(condition)s", condition=negated[1]) if negated else said


def layer(code: str) -> str:
    """Return what the layers of a rule are called."""
    return gettext(" + ").join(gettext(LAYERS[part]) if part in LAYERS else part for part in code.split("+"))


def _says(item: Any) -> bool:
    return item not in (None, "", [], {})
