"""Plays cases: accounts, default answers to every form, and steps each done on an engine opened for it alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from service import feel, wiring
from service.auth import accounts
from service.auth.actor import SYSTEM, Actor
from service.casework import applications, calendars, case_files, deadlines, notices, parameters, records, suspensions
from service.casework.notices import Notice
from service.errors import FormRejected
from service.feel import Value
from service.runtime import deployments, form_display, incidents, instances, user_tasks
from service.runtime.deployments import Resource
from service.runtime.engine import Engine, SetClock
from service.runtime.unit import UnitOfWork
from service.store.user_tasks import UserTask, UserTaskQuery
from service.worker import run_until_idle

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("Asia/Shanghai")
ORGAN = "濮阳市纪委监委"
OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)  # a Monday; no holiday for a month

# User name -> role. Investigators and reviewers are different people.
PEOPLE = {
    "intake": "INTAKE",
    "lead": "LEAD",
    "invest1": "INVEST",
    "invest2": "INVEST",
    "review": "REVIEW",
    "review2": "REVIEW",
    "member1": "MEMBER",
    "member2": "MEMBER",
    "member3": "MEMBER",
    "secretary": "SECRETARY",
    "approver": "APPROVER",
    "deliver": "DELIVER",
    "archive": "ARCHIVE",
    "expert": "EXPERT",
    "rect": "RECT",
    "inspect": "INSPECT",
    "subject": "SUBJECT",
    "hr": "HR",
    "owner": "OWNER",
}
ALL_STRANDS = {"evidence", "hearing-subject", "hearing-unit", "hearing-society"}
RECTIFICATION = {"notice", "rectification-plan", "plan-approval", "progress", "extension-approval", "inspection"}
FILINGS = {"filing-personnel", "filing-integrity", "filing-case"}
NO_RECTIFICATION = {
    "rectificationNeeded": "no",
    "rectification.noRectificationReason": "失误已在调查前改正，制度已建立。",
    **dict.fromkeys(
        (
            "rectification.noticeId",
            "rectification.issuedAt",
            "rectification.responsible",
            "subject.responsible",
            "rectification.problems",
            "rectification.requirements",
        )
    ),
}
SIX_FACTORS = ("motive", "conditions", "procedure", "nature", "consequence", "recovery")
WORK_FIELDS = (
    "fieldNewDevelopment",
    "fieldCityStrategy",
    "fieldInnovationDriven",
    "fieldRural",
    "fieldSupplySideSoe",
    "fieldServiceReform",
)
CAUSES = (
    "exploreLocal",
    "proactiveExplore",
    "lackExperience",
    "pilotFirst",
    "reformInnovation",
    "policyUnclear",
    "unforeseeable",
    "modelChange",
    "unintentional",
    "impactCaused",
    "purposePublic",
    "flexAcceptance",
)

OVERLAYS = ("majorSafety", "majorEnv", "unitGain", "noDemocraticProcedure", "majorLossOrBadImpact")

# What the default evidence is about: every fact that is found.
PROVES_ALL = (
    "matter.errorOccurred",
    "matter.workField",
    "matter.causeFacts",
    "matter.privateGain",
    "matter.knowingViolation",
    "matter.defiedProhibition",
    "matter.professional",
    "matter.technical",
)


def nested(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers by dotted path as the nested object that a form submits."""
    result: dict[str, Any] = {}
    for path, value in answers.items():
        *outer, last = path.split(".")
        place = result
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = value
    return result


def moment(day: date | datetime) -> str:
    """Return what a date-and-time field submits."""
    if isinstance(day, datetime):
        return day.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M+08:00")
    return f"{day.isoformat()}T09:00+08:00"


def a_person(name: str = "张示例", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "personType": "party_cadre",
        "isPartyMember": "yes",
        "orgName": "示例县科技局",
        "orgType": "government",
        "positionAtTime": "科长",
        "currentPosition": "科长",
        "jurisdiction": "city",
        "performingDuty": "yes",
        "partyOrg": "示例县科技局党组",
        **changes,
    }


def a_registration(*people: Mapping[str, Any]) -> dict[str, Any]:
    return nested(
        {
            "case.title": "示例案件（虚构）",
            "case.accountabilityCaseNo": "濮纪问〔2026〕1号",
            "case.organ": ORGAN,
            "case.organLevel": "city",
            "case.source": "inspection",
            "case.accountabilityOpenedAt": moment(OPENED),
            "case.secrecyLevel": "internal",
            "case.subjects": list(people or [a_person(account="subject")]),
            "matter.title": "容缺办理引发的失误",
            "matter.description": "为方便企业进行容缺办理，后续补件不及时。",
            "matter.occurredFrom": "2025-10-08",
        }
    )


def a_hearing(party: str, now: datetime) -> dict[str, Any]:
    return {
        f"opinionRecord.{party}.records": [
            {
                "personName": "李示例",
                "method": "talk",
                "heardAt": moment(now),
                "inquirers": ["invest1", "invest2"],
                "content": "说明了经过和补救情况。",
                "adopted": "yes",
            }
        ]
    }


def an_application() -> dict[str, Any]:
    return {
        "application.claimedItems": ["6(6)"],
        "application.factsAndReasons": "为方便企业容缺办理，已补件。",
        "application.signed": True,
    }


def a_filing(target: str, now: datetime) -> dict[str, Any]:
    return {
        f"filing.{target}.catalogue": [{"no": 1, "title": "处理决定", "copies": 1}],
        f"filing.{target}.sentTo": "档案室",
        f"filing.{target}.sentAt": now.date().isoformat(),
        f"filing.{target}.receivedBy": "王示例",
        f"filing.{target}.receivedAt": now.date().isoformat(),
        f"filing.{target}.retention": "permanent",
    }


def an_explanation(target: str, now: datetime) -> dict[str, Any]:
    return {
        f"feedback.{target}.at": moment(now),
        f"feedback.{target}.by": "deliver",
        f"feedback.{target}.content": "说明容错结论、情形、申诉途径和整改要求。",
        f"feedback.{target}.ack": "signed",
    }


def facts(answer: str = "yes", factor: str = "favourable") -> dict[str, Any]:
    """Facts of a person who improved business services and fits Article 6 (6)."""
    return {
        "matter.errorOccurred": "yes",
        **{f"matter.workField.{name}": "no" for name in WORK_FIELDS},
        **{f"matter.causeFacts.{name}": "no" for name in CAUSES},
        "matter.workField.fieldServiceReform": answer,
        "matter.causeFacts.purposePublic": "yes",
        "matter.causeFacts.flexAcceptance": "yes",
        "matter.causeFacts.impactCaused": "yes",
        "matter.otherClaim": "no",
        "matter.privateGain": "no",
        "matter.knowingViolation": "no",
        "matter.defiedProhibition": "no",
        "matter.impactDesc": "办件延误。",
        "matter.remediesTaken": "已补件。",
        **{f"matter.sixFactors.{name}": factor for name in SIX_FACTORS},
        "matter.sixFactors.note": "出于公益。",
        "matter.professional": "no",
        "matter.technical": "no",
    }


def no_facts() -> dict[str, Any]:
    """Facts of which nothing could be ascertained."""
    return {path: "unknown" if answer in {"yes", "no"} else answer for path, answer in facts().items()}


def default_answers(element: str, now: datetime) -> dict[str, Any]:
    """Return an answer to a task's form that lets the case go on straight."""
    at, day = moment(now), now.astimezone(ZONE).date()
    declaration = dict.fromkeys(("nearRelative", "witness", "interest", "otherImpact", "isOrganHead"), "no")
    answers: dict[str, dict[str, Any]] = {
        "staffing": {
            "case.leadInvestigator": "lead",
            "case.investigators": ["invest1", "invest2"],
            "case.reviewers": ["review"],
            "case.members": ["member1", "member2", "member3"],
        },
        "declare": {f"declaration.{name}": answer for name, answer in declaration.items()},
        "rights-notice": {
            "subject.rightsInformedAt": at,
            "subject.rightsInformedBy": "intake",
            "rightsNotice.method": "in_person",
        },
        "screening": {
            "subject.personType": "party_cadre",
            "subject.orgType": "government",
            "subject.jurisdiction": "city",
            "subject.performingDuty": "yes",
            "screeningItems": ["6(6)"],
            "subject.screeningResult": "yes",
            "subject.screeningReason": "为方便企业容缺办理。",
        },
        "screening-review": {"screeningAgreed": "yes"},
        "investigation-plan": {
            "investigationReport.plan": "查明经过和是否符合容错条件。",
            "investigationPlan.division": "分两组。",
            "investigationPlan.until": day.isoformat(),
            "matter.professional": "no",
            "matter.technical": "no",
        },
        "evidence": {
            "evidence": [
                {
                    "evidenceNo": "证1",
                    "name": "办件台账",
                    "kind": "document",
                    "favourable": "favourable",
                    "collectedBy": ["invest1", "invest2"],
                    "collectedAt": at,
                    "original": "copy",
                    "proves": list(PROVES_ALL),
                    "legality": "legal",
                }
            ]
        },
        "hearing-subject": a_hearing("subject", now),
        "hearing-unit": a_hearing("unit", now),
        "hearing-society": a_hearing("society", now),
        "facts": facts(),
        "facts-check": {"factsClear": "yes", "toleranceExamined": "yes", "suspectedCrime": "no"},
        "unascertainable-approval": {"unascertainableApproved": "yes", "unascertainableOpinion": "同意。"},
        "report": {
            f"investigationReport.{name}": "见附件。"
            for name in (
                "summary",
                "process",
                "factsFound",
                "evidenceList",
                "opinionsSummary",
                "toleranceCheck",
                "factorAnalysis",
                "rectificationStatus",
                "proposal",
            )
        },
        "report-review": {"reportResult": "pass"},
        "trial": {
            "matter.conductQualified": "yes",
            "matter.redLineCrossed": "no",
            "matter.legalLineCrossed": "no",
            "matter.conductEvidence": ["证1"],
            **{
                f"investigationReport.principleChecklist.{name}": "yes"
                for name in ("partyControl", "seekTruth", "disciplineAndLaw", "correctErrors")
            },
            "investigationReport.trialComments": "事实清楚。",
            "trialResult": "pass",
        },
        "premeeting": {**a_hearing("premeeting", now), "defenceResult": "proceed"},
        "convening": {
            "meeting.meetingNo": "2026-1",
            "meeting.type": "standing_committee",
            "meeting.convener": "approver",
            "meeting.chair": "approver",
            "meeting.recorder": "secretary",
            "meeting.totalMembers": 3,
            "meeting.heldAt": at,
            "meeting.materialsSentAt": at,
            "case.members": ["member1", "member2", "member3"],
        },
        "attendance": {
            "meeting.attendance": [{"member": f"member{n}", "status": "present"} for n in (1, 2, 3)],
        },
        "statements": {
            "statement.points": "同意报告。",
            "statement.onAccountability": "同意。",
            "statement.onTolerance": "exempt",
            "statement.vote": "agree",
        },
        "resolution": {
            "accountabilityOpinion.conduct": "容缺办理后补件不及时。",
            "accountabilityOpinion.basis": "问责条例。",
            "accountabilityOpinion.measure": "免予问责。",
            "accountabilityOpinion.fourForm": "first",
            "accountabilityOpinion.withoutTolerance": "诫勉。",
            "decisionKind": "accountability_party",
            "subject.responsibilityType": "direct",
            "toleranceOpinion.eligible": "yes",
            "toleranceOpinion.outcome": "exempt",
            "toleranceOpinion.matchedItems": ["6(6)"],
            "toleranceOpinion.objective": "政策刚出台。",
            "toleranceOpinion.subjective": "出于公益。",
            "meeting.threeEffects.political": "好。",
            "meeting.threeEffects.legal": "好。",
            "meeting.threeEffects.social": "好。",
            "meeting.resolution": "予以容错。",
            "meeting.resolvedAt": at,
            "meeting.signed": ["member2", "member3"],
        },
        "decision-draft": {
            "decisionDocument.docNo": "濮纪决〔2026〕1号",
            "decisionDocument.title": "关于张示例的处理决定",
            "decisionDocument.docKind": "exemption",
            "decisionDocument.issuer": ORGAN,
            "decisionDocument.facts": "见报告。",
            "decisionDocument.measure": "免予问责。",
            "decisionDocument.legalBasis": "问责条例。",
            "decisionDocument.toleranceSection": "符合第六条（六），予以容错。",
            "decisionDocument.appealInfo": "可以自收到决定之日起一个月内申诉。",
            "standaloneToleranceDocument": "no",
        },
        "reason-basis": {
            "reasonBasis.reasons": "为方便企业。",
            "reasonBasis.basis": "第六条（六）。",
            "reasonBasis.opinionResponse": "均已回应。",
            "reasonBasis.preparedBy": "review",
            "reasonBasis.checkedBy": "approver",
        },
        "issuance": {
            "issuanceResult": "issue",
            "decisionDocument.signer": "approver",
            "decisionDocument.issuedAt": at,
        },
        "announcement": {
            "delivery.announcedAt": at,
            "delivery.announcer": "deliver",
            "delivery.scope": "本单位。",
            "delivery.attendees": "班子成员。",
        },
        "delivery": {
            "delivery.subject.recipient": "张示例",
            "delivery.subject.method": "direct",
            "delivery.subject.deliveredAt": at,
        },
        "feedback-subject": an_explanation("subject", now),
        "feedback-party": {**an_explanation("partyOrg", now), "subject.partyOrg": "示例县科技局党组"},
        "filing-personnel": a_filing("personnel", now),
        "filing-integrity": a_filing("integrity", now),
        "filing-case": {
            **a_filing("caseFile", now),
            "reasonBasis.volumeNo": "2026-1-1",
            "reasonBasis.archivedAt": day.isoformat(),
        },
        "subject-closing": {"closingOpinion": "可以办结。"},
        # rectification
        "notice": {
            "rectificationNeeded": "yes",
            "rectification.noticeId": "整改〔2026〕1号",
            "rectification.issuedAt": at,
            "rectification.responsible": ["subject", "party_committee"],
            "subject.responsible": ["rect"],
            "rectification.problems": "补件不及时。",
            "rectification.requirements": "一个月内补齐并建立制度。",
        },
        "rectification-plan": {
            "rectification.plan.measures": [
                {"category": category, "content": "补齐材料。", "owner": "rect", "doneBy": day.isoformat()}
                for category in ("remedy", "impact", "loss", "mechanism")
            ],
            "rectification.lessons": "容缺应当限时补件。",
        },
        "plan-approval": {"planApproved": "yes", "rectification.plan.approvedBy": "inspect"},
        "progress": {
            "progressKind": "report",
            "rectification.lossRecovered": Decimal("0"),
            "rectification.impactEliminated": "已消除。",
            "rectification.mechanism": "容缺办理规程，2026年5月1日施行。",
            "rectification.report": "全部完成。",
        },
        "inspection": {
            "inspectionEntry.date": day.isoformat(),
            "inspectionEntry.inspector": "inspect",
            "inspectionEntry.method": "onsite",
            "inspectionEntry.result": "pass",
        },
        # application
        "application-review": {
            "application.receivedAt": at,
            "application.written": "yes",
            "toCompetentOrgan": "yes",
            "subject.personType": "party_cadre",
            "subject.orgType": "government",
            "subject.jurisdiction": "city",
            "subject.performingDuty": "yes",
        },
        "application-supplement": an_application(),
        "application-transfer": {
            "application.transferredTo": "示例市纪委监委",
            "application.transferredAt": at,
        },
        "expert-commission": {
            "expertOpinion.providerType": "department",
            "expertOpinion.providerName": "示例市住建局",
            "expertOpinion.org": "示例市住建局",
            "expertOpinion.qualification": "主管部门",
            "expertOpinion.recusalDeclared": True,
            "expertOpinion.questions": "技术规范当时是否明确？",
            "expertOpinion.materialsGiven": "脱敏材料一份。",
            "expertOpinion.commissionedAt": at,
        },
        "expert-opinion": {
            "expertOpinion.opinion": "当时没有明确规范。",
            "expertOpinion.confidence": "高。",
            "expertOpinion.signedAt": at,
        },
        "accountability-study": {
            "rectification.accountabilityTask": "两次检查不合格。",
            "accountabilityWay": "urge",
            "rectification.accountabilityConclusion": "继续督促整改。",
        },
        "rejection-approval": {
            "rejectionApproved": "yes",
            "rejection.reason": "申请在处理决定作出之后提出。",
            "rejection.basis": "第七条首段",
        },
        "closing-gaps": {"closingGapsNote": "已补办归档。"},
        "merged-application": {"application.mergedNote": "一并核实。"},
    }
    return answers.get(element, {})


def shipped_models() -> list[Resource]:
    files = [
        *sorted(ROOT.glob("processes/**/*.bpmn")),
        *sorted(ROOT.glob("processes/**/*.dmn")),
        *sorted(ROOT.glob("forms/*.form")),
    ]
    return [Resource(file.name, file.read_bytes()) for file in files]


def prepare(database: Path) -> None:
    """Make a database with the shipped models deployed and an account for each of `PEOPLE`."""
    engine = open_engine(database, SetClock(OPENED))
    engine.migrate()
    with engine.unit(SYSTEM) as unit:
        for name, role in PEOPLE.items():
            accounts.create(unit, name, name, None, [(role, "")])
        deployments.deploy(unit, shipped_models(), "示例")
        unit.commit()
    engine.close()


def open_engine(database: Path, clock: SetClock) -> Engine:
    return Engine(f"sqlite:///{database}", clock, wiring.PLUGINS)


def _components(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _components(component.get("components", ()))


class Play:
    """One case in the making; every step runs on an engine opened for it and closed after it."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.clock = SetClock(OPENED)
        self.case_key = 0

    @classmethod
    def registered(cls, prepared: Path, folder: Path, *people: Mapping[str, Any]) -> Play:
        """Register a case in a copy of the prepared database."""
        play = cls(folder / "play.db")
        shutil.copy(prepared, play.database)
        with play.engine() as engine:
            with engine.unit(cls._actor("intake")) as unit:
                play.case_key = case_files.register(unit, a_registration(*people)).key
                unit.commit()
            play._idle(engine)
        return play

    def copy(self, folder: Path) -> Play:
        """Return a second play that goes on from here by itself."""
        twin = Play(folder / "play.db")
        shutil.copy(self.database, twin.database)
        twin.clock = SetClock(self.clock.now())
        twin.case_key = self.case_key
        return twin

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        engine = open_engine(self.database, self.clock)
        try:
            yield engine
        finally:
            engine.close()

    @staticmethod
    def _actor(name: str) -> Actor:
        return Actor(name, frozenset({PEOPLE[name]}))

    def _idle(self, engine: Engine) -> None:
        run_until_idle(engine)
        with engine.reading(SYSTEM) as unit:
            raised = [(i.element_id, i.code, incidents.facts(i)) for i in self._incidents(unit)]
        assert raised == []

    def _incidents(self, unit: UnitOfWork) -> Sequence[incidents.Incident]:
        return incidents.search(unit, business_key=str(self.case_key)).items

    # time

    @property
    def now(self) -> datetime:
        return self.clock.now().astimezone(ZONE)

    def at(self, day: str | date, hour: int = 9) -> None:
        """Move to a day and let what became due run."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        self.clock.set(datetime.combine(day, time(hour), ZONE).astimezone(UTC))
        with self.engine() as engine:
            self._idle(engine)

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        with self.engine() as engine:
            self._idle(engine)

    # steps

    def open_tasks(self) -> list[UserTask]:
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            return list(user_tasks.search(unit, UserTaskQuery(business_key=str(self.case_key)), limit=200).items)

    def open(self) -> set[str]:
        """Return the element ids of the open tasks."""
        return {task.element_id for task in self.open_tasks()}

    def task(self, element: str, of: str | None = None, about: int | None = None) -> UserTask:
        """Return the first open task of an element, or the one assigned to somebody or about a person."""
        found = [
            task
            for task in self.open_tasks()
            if task.element_id == element
            and of in (None, task.assignee)
            and (about is None or self._person_of(task) == about)
        ]
        assert found, f"{element} is not open; open are {sorted(self.open())}"
        return min(found, key=lambda task: task.key)

    def _person_of(self, task: UserTask) -> int | None:
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            keys = [str(row.key) for row in records.of_case(unit, self.case_key).subjects]
            about = instances.variables(unit, task.key).get("subject")
            return keys.index(str(about["key"])) if isinstance(about, dict) else None

    def do(
        self,
        element: str,
        answers: Mapping[str, Any] | None = None,
        *,
        by: str | None = None,
        about: int | None = None,
    ) -> None:
        """Do one open task: default answers, changed by `answers` by dotted path (None takes one away)."""
        self._complete(self.task(element, by, about), answers or {}, by)

    def all(self, element: str, answers: Mapping[str, Any] | None = None) -> None:
        """Do all open tasks of an element, such as the statements of the members."""
        for task in self.open_tasks():
            if task.element_id == element:
                self._complete(task, answers or {}, None)

    def _complete(self, task: UserTask, answers: Mapping[str, Any], by: str | None) -> None:
        given = {**default_answers(task.element_id, self.now), **answers}
        submission = nested({path: value for path, value in given.items() if value is not None})
        with self.engine() as engine:
            with engine.unit(self._actor(by or self.someone(task))) as unit:
                user_tasks.claim(unit, task.key)
                user_tasks.complete(unit, task.key, submission)
                unit.commit()
            self._idle(engine)

    def also(self, name: str, role: str) -> Actor:
        """Give a person one more role and return them with all of theirs."""
        with self.engine() as engine, engine.unit(SYSTEM) as unit:
            accounts.give_role(unit, name, role)
            unit.commit()
            return accounts.get(unit, name).actor

    def do_as(self, actor: Actor, element: str, answers: Mapping[str, Any]) -> None:
        """Do a task as somebody with roles of their own."""
        task = self.task(element)
        given = {**default_answers(element, self.now), **answers}
        submission = nested({path: value for path, value in given.items() if value is not None})
        with self.engine() as engine, engine.unit(actor) as unit:
            user_tasks.claim(unit, task.key)
            user_tasks.complete(unit, task.key, submission)
            unit.commit()

    def refused(self, element: str, answers: Mapping[str, Any], *, about: int | None = None) -> dict[str, list[str]]:
        """Try to do a task and return the codes of what is wrong, by path; nothing changes."""
        with pytest.raises(FormRejected) as caught:
            self._complete(self.task(element, about=about), answers, None)
        return {path: [code for code, _ in problems] for path, problems in caught.value.fields.items()}

    def defaults(self, element: str) -> dict[str, Any]:
        """Return the answers that `do` gives to a task by itself, as of now."""
        return default_answers(element, self.now)

    def data(self, element: str) -> Mapping[str, Any]:
        """Return the data that an open task's form begins with."""
        key = self.task(element).key
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            view = user_tasks.form(unit, key)
        assert view is not None
        return view.data

    def options(self, element: str, field: str, *, about: int | None = None) -> list[Any]:
        """Return what a field of an open task offers by its expression."""
        key = self.task(element, about=about).key
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            view = user_tasks.form(unit, key)
            assert view is not None
            [component] = [one for one in _components(view.schema["components"]) if one.get("key") == field]
            expression = feel.parse(component["valuesExpression"].removeprefix("="))
            found = expression.evaluate(view.data, feel.Environment(unit.now, unit.engine.zone)).value
        assert isinstance(found, list)
        return found

    def keys(self) -> list[str]:
        """Return the keys of the case's persons."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            return [str(row.key) for row in records.of_case(unit, self.case_key).subjects]

    def shown(self, element: str) -> str:
        """Return the words of an open task's form as a reader without scripts meets them."""
        key = self.task(element).key
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            rows = form_display.of_task(unit, key)
        return "\n".join(" ".join((row.label, *row.values)) for row in rows)

    @staticmethod
    def someone(task: UserTask) -> str:
        """Return a person to whom the task is offered."""
        if task.assignee is not None:
            return task.assignee
        users = feel.codec.decode(task.candidate_users)
        groups = feel.codec.decode(task.candidate_groups)
        assert isinstance(users, list)
        assert isinstance(groups, list)
        offered = [*users, *(name for name, role in PEOPLE.items() if role in groups)]
        assert offered, f"{task.element_id} is offered to nobody"
        return str(offered[0])

    def up_to(
        self, *elements: str, leaving: Iterable[str] = (), persons: int = 1, **answers: Mapping[str, Any]
    ) -> None:
        """Do what is open with default answers until one of the elements is open, leaving some tasks undone.

        With `persons` the task must be open for so many of them; the others wait for them there.

        Answers for single elements are given by their id, `-` written as `_`.
        """
        left = {"notice", *RECTIFICATION, *FILINGS, *leaving} - set(elements)
        for _ in range(100):
            tasks = self.open_tasks()
            if sum(task.element_id in elements for task in tasks) >= persons:
                return
            ready = [task for task in tasks if task.element_id not in {*left, *elements}]
            assert ready, f"nothing left to do before {elements}; open are {sorted(t.element_id for t in tasks)}"
            task = min(ready, key=lambda task: task.key)
            self._complete(task, answers.get(task.element_id.replace("-", "_"), {}), None)
        raise AssertionError(f"{elements} never opened")

    def apply(self) -> None:
        """Hand in an application as the subject in person."""
        with self.engine() as engine:
            with engine.unit(self._actor("subject")) as unit:
                [person] = records.of_case(unit, self.case_key).subjects
                applications.submit(unit, self.case_key, person.key, nested(an_application()))
                unit.commit()
            self._idle(engine)

    def suspend(self, kind: str, reason: str, by: str = "approver") -> None:
        """Suspend the first person's procedure."""
        with self.engine() as engine:
            with engine.unit(self._actor(by)) as unit:
                person = records.of_case(unit, self.case_key).subjects[0]
                suspensions.suspend(unit, self.case_key, person.key, kind, reason)
                unit.commit()
            self._idle(engine)

    def withdraw(self) -> None:
        """Withdraw the application as the subject in person."""
        with self.engine() as engine:
            with engine.unit(self._actor("subject")) as unit:
                [person] = records.of_case(unit, self.case_key).subjects
                applications.withdraw(unit, self.case_key, person.key, "补充材料后再提。")
                unit.commit()
            self._idle(engine)

    def import_calendar(self, year: int, *holidays: str) -> None:
        """Import a year's calendar as its owner; what is open is counted anew."""
        days = "".join(f"{day},holiday,示例\n" for day in holidays)
        text = f"# year: {year}\n# source: 示例〔{year - 1}〕1号\n# title: 示例\ndate,kind,name\n{days}"
        with self.engine() as engine:
            with engine.unit(self._actor("owner")) as unit:
                calendars.import_year(unit, text, f"{year}.csv")
                deadlines.recompute(unit)
                unit.commit()
            self._idle(engine)

    def deploy(self, *files: tuple[str, bytes]) -> None:
        """Bring changed models into use, as the process owner does."""
        with self.engine() as engine, engine.unit(SYSTEM) as unit:
            deployments.deploy(unit, [Resource(name, content) for name, content in files], "修订")
            unit.commit()

    def set_parameter(self, id: str, value: Value) -> None:
        """Bring a parameter's new value into force today, by two owners."""
        day = self.now.date()
        with self.engine() as engine:
            owner, other = self._actor("owner"), Actor("owner2", frozenset({"OWNER"}))
            key = engine.run(owner, lambda unit: parameters.propose(unit, id, value, day, "示例"))
            engine.run(other, lambda unit: parameters.approve(unit, key))

    def register_another(self) -> None:
        """Register a further case and go on with it."""
        with self.engine() as engine:
            with engine.unit(self._actor("intake")) as unit:
                self.case_key = case_files.register(unit, a_registration(a_person())).key
                unit.commit()
            self._idle(engine)

    # what came out

    def notices(self, user: str) -> list[str]:
        """Return the titles of the notices that a person got in this case, oldest first."""
        return [notice.title for notice in self._notices(user)]

    def notice_texts(self, user: str) -> list[str]:
        return [notice.text for notice in self._notices(user)]

    def _notices(self, user: str) -> list[Notice]:
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            found = [notice for notice in notices.of_case(unit, self.case_key) if notice.user_name == user]
            return sorted(found, key=lambda notice: notice.key)

    def record(self, name: str, person: int = 0) -> Any:
        """Return a record of one person."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            case = records.of_case(unit, self.case_key)
            return case.subject_records(case.subjects[person].key)[name]

    def case(self) -> dict[str, Any]:
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            return records.of_case(unit, self.case_key).case_record()

    def case_list(self, name: str) -> list[dict[str, Any]]:
        """Return a list kept for the case as a whole."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            return list(records.of_case(unit, self.case_key).document(name))

    def variable(self, name: str, person: int = 0) -> Any:
        """Return a variable of a person's procedure."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            found = instances.case_instances(unit, str(self.case_key))
            keys = sorted(instance.key for instance in found if instance.process_id == "rc-subject")
            return instances.variables(unit, keys[person]).get(name)

    def variable_of(self, process: str, name: str) -> Any:
        """Return a variable of the last instance of a process in the case."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            found = instances.case_instances(unit, str(self.case_key))
            key = max(instance.key for instance in found if instance.process_id == process)
            return instances.variables(unit, key).get(name)

    def running(self) -> set[str]:
        """Return the ids of the processes of the case that still run."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            found = instances.case_instances(unit, str(self.case_key))
            return {instance.process_id for instance in found if instance.state is instances.InstanceState.ACTIVE}

    def deadline(self, parameter: str) -> deadlines.Deadline:
        """Return the deadline of the case's first person."""
        with self.engine() as engine, engine.reading(SYSTEM) as unit:
            case = records.of_case(unit, self.case_key)
            found = deadlines.find(unit, self.case_key, str(case.subjects[0].key), parameter)
            assert found is not None, f"{parameter} was never opened"
            return found
