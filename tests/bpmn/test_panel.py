"""What the Modeler's panel offers, as it writes it: each property shows its effect, or is refused with a remedy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from service import bpmn, texts
from service.errors import Severity
from tests.bpmn.stage import START, Stage, ext, file, flows, process, user_task

S = "<startEvent id='s'/>"


def zeebe(tag: str, extensions: str = "", inner: str = "", attributes: str = "", roots: str = "") -> bytes:
    """A process of Camunda 8 with one element `t` after the start, and an end."""
    element = f"<{tag} id='t' name='Work' {attributes}>{ext(extensions) if extensions else ''}{inner}</{tag}>"
    return process(S + element + "<endEvent id='e'/>" + flows("s>t", "t>e"), roots=roots)


def seven(tag: str, attributes: str = "", extensions: str = "", inner: str = "", roots: str = "") -> bytes:
    element = f"<{tag} id='t' name='Work' {attributes}>{ext(extensions) if extensions else ''}{inner}</{tag}>"
    return process(S + element + "<endEvent id='e'/>" + flows("s>t", "t>e"), roots=roots, platform="Camunda Platform")


def task(stage: Stage) -> bpmn.UserTask:
    (found,) = stage.waits(bpmn.UserTask)
    return found


def job(stage: Stage) -> bpmn.Job:
    (found,) = stage.waits(bpmn.Job)
    return found


def form(form_id: str, binding: str = "latest", tag: str | None = None) -> bpmn.FormRef:
    return bpmn.FormRef("linked", form_id=form_id, binding=bpmn.Binding(binding), version_tag=tag)


def catch(definition: str, tag: str = "intermediateCatchEvent", roots: str = "") -> bytes:
    element = f"<{tag} id='t'>{definition}</{tag}>"
    return process(S + element + user_task("after") + flows("s>t", "t>after"), roots=roots)


def timer(kind: str, text: str) -> str:
    inner = f"<{kind} xsi:type='bpmn:tFormalExpression'>{text}</{kind}>"
    return f"<timerEventDefinition id='TED'>{inner}</timerEventDefinition>"


def many(inside: str, sequential: str = "", condition: str = "") -> str:
    done = (
        f"<completionCondition xsi:type='bpmn:tFormalExpression'>{condition}</completionCondition>" if condition else ""
    )
    return f"<multiInstanceLoopCharacteristics {sequential}>{ext(inside)}{done}</multiInstanceLoopCharacteristics>"


USER = "<zeebe:userTask/>"
JOB = '<zeebe:taskDefinition type="x" retries="5"/>'
MESSAGE = '<message id="M" name="=&quot;paper-&quot; + kind">' + ext(
    '<zeebe:subscription correlationKey="=key"/>') + "</message>"  # fmt: skip
SIGNAL = '<signal id="G" name="=kind"/>'
CALLED = process("<startEvent id='cs'/>" + user_task("inner") + flows("cs>inner"), "called")
CALLED_7 = process("<startEvent id='cs'/><userTask id='inner'/>" + flows("cs>inner"), "called",
                   platform="Camunda Platform")  # fmt: skip
STATIC_DUE = dt.datetime(2026, 4, 1, 9, 0, tzinfo=dt.UTC)

Effect = Callable[[Stage], object]
HONOURED: dict[str, tuple[list[bytes], Effect, object]] = {
    # Camunda 8: XML, what is looked at, what it must be
    "user task: assignee static": ([zeebe("userTask", USER + '<zeebe:assignmentDefinition assignee="ann"/>')],
                                   lambda s: task(s).assignee, "ann"),
    "user task: assignee FEEL": ([zeebe("userTask", USER + '<zeebe:assignmentDefinition assignee="=who"/>')],
                                 lambda s: task(s).assignee, "bob"),
    "user task: candidate groups static": (
        [zeebe("userTask", USER + '<zeebe:assignmentDefinition candidateGroups="A, B"/>')],
        lambda s: task(s).candidate_groups, ("A", "B")),
    "user task: candidate groups FEEL": (
        [zeebe("userTask", USER + '<zeebe:assignmentDefinition candidateGroups="=[&quot;A&quot;, kind]"/>')],
        lambda s: task(s).candidate_groups, ("A", "k")),
    "user task: candidate users": (
        [zeebe("userTask", USER + '<zeebe:assignmentDefinition candidateUsers="ann,bob"/>')],
        lambda s: task(s).candidate_users, ("ann", "bob")),
    "user task: due date static": (
        [zeebe("userTask", USER + '<zeebe:taskSchedule dueDate="2026-04-01T09:00:00Z"/>')],
        lambda s: task(s).due, STATIC_DUE),
    "user task: due date FEEL": (
        [zeebe("userTask", USER + '<zeebe:taskSchedule dueDate="=now() + duration(&quot;PT1H&quot;)"/>')],
        lambda s: task(s).due, START + dt.timedelta(hours=1)),
    "user task: follow-up date": (
        [zeebe("userTask", USER + '<zeebe:taskSchedule followUpDate="2026-04-01T17:00:00+08:00"/>')],
        lambda s: task(s).follow_up, STATIC_DUE),
    "user task: priority": ([zeebe("userTask", USER + '<zeebe:priorityDefinition priority="=n + 70"/>')],
                            lambda s: task(s).priority, 75),
    "user task: priority by default": ([zeebe("userTask", USER)], lambda s: task(s).priority, 50),
    "user task: form": ([zeebe("userTask", USER + '<zeebe:formDefinition formId="f"/>')],
                        lambda s: task(s).form, form("f")),
    "user task: form of the deployment": (
        [zeebe("userTask", USER + '<zeebe:formDefinition formId="f" bindingType="deployment"/>')],
        lambda s: task(s).form, form("f", "deployment")),
    "user task: form by version tag": (
        [zeebe("userTask", USER + '<zeebe:formDefinition formId="f" bindingType="versionTag" versionTag="v1"/>')],
        lambda s: task(s).form, form("f", "versionTag", "v1")),
    "user task: form FEEL": ([zeebe("userTask", USER + '<zeebe:formDefinition formId="=kind"/>')],
                             lambda s: task(s).form, form("k")),
    "user task: embedded form": (
        [file('<process id="p" isExecutable="true">' + ext('<zeebe:userTaskForm id="U1">{"components":[]}'
              "</zeebe:userTaskForm>") + S + "<userTask id='t'>"
              + ext('<zeebe:formDefinition formKey="camunda-forms:bpmn:U1"/>') + "</userTask>" + flows("s>t")
              + "</process>")],
        lambda s: task(s).form.json, '{"components":[]}'),
    "user task: external reference": (
        [zeebe("userTask", USER + '<zeebe:formDefinition externalReference="https://forms/x"/>')],
        lambda s: task(s).form, bpmn.FormRef("external", reference="https://forms/x")),
    "user task: custom key": ([zeebe("userTask", '<zeebe:formDefinition formKey="my-key"/>')],
                              lambda s: task(s).form, bpmn.FormRef("external", reference="my-key")),
    "user task: headers": ([zeebe("userTask", USER + '<zeebe:taskHeaders><zeebe:header key="k" value="v"/>'
                                  "</zeebe:taskHeaders>")], lambda s: task(s).headers, {"k": "v"}),
    "user task: documentation": ([zeebe("userTask", "", "<documentation>Read it.</documentation>")],
                                 lambda s: task(s).documentation, "Read it."),
    "user task: implementation job": ([zeebe("userTask")], lambda s: task(s).name, "Work"),
    "service task: type and retries": ([zeebe("serviceTask", JOB)], lambda s: (job(s).topic, job(s).retries), ("x", 5)),
    "service task: type FEEL": ([zeebe("serviceTask", '<zeebe:taskDefinition type="=kind + &quot;1&quot;"/>')],
                                lambda s: (job(s).topic, job(s).retries), ("k1", 3)),
    "service task: headers": ([zeebe("serviceTask", JOB + '<zeebe:taskHeaders><zeebe:header key="k" value="v"/>'
                                     "</zeebe:taskHeaders>")], lambda s: job(s).headers, {"k": "v"}),
    "service task: priority": ([zeebe("serviceTask", JOB + '<zeebe:jobPriorityDefinition priority="=n"/>')],
                               lambda s: job(s).priority, 5),
    "process: priority of its jobs": (
        [file('<process id="p" isExecutable="true">' + ext('<zeebe:jobPriorityDefinition priority="=n + 1"/>') + S
              + "".join(f"<serviceTask id='{i}'>{ext(x)}</serviceTask>" for i, x in (
                  ("t", JOB), ("o", JOB + '<zeebe:jobPriorityDefinition priority="-2"/>')))
              + flows("s>t", "s>o") + "</process>")],
        lambda s: [w.priority for w in s.waits(bpmn.Job)], [6, -2]),
    "configuration stamp": (
        [zeebe("serviceTask", JOB + '<zeebe:ioMapping><zeebe:input source="=n" target="a" '
               'modelerConfigurationTemplate="c" modelerConfigurationName="d"/></zeebe:ioMapping>')],
        lambda s: job(s).topic, "x"),
    "send task: job": ([zeebe("sendTask", JOB)], lambda s: job(s).topic, "x"),
    "script task: job": ([zeebe("scriptTask", JOB)], lambda s: job(s).topic, "x"),
    "rule task: job": ([zeebe("businessRuleTask", JOB)], lambda s: job(s).topic, "x"),
    "message throw: job": ([zeebe("intermediateThrowEvent", JOB, '<messageEventDefinition messageRef="M"/>',
                                  roots=MESSAGE)], lambda s: job(s).topic, "x"),
    "message end: job": ([process(S + f"<endEvent id='t'>{ext(JOB)}<messageEventDefinition messageRef='M'/></endEvent>"
                                  + flows("s>t"), roots=MESSAGE)], lambda s: job(s).topic, "x"),
    "element template stamp": ([zeebe("serviceTask", JOB, attributes='zeebe:modelerTemplate="a.b" '
                                      'zeebe:modelerTemplateVersion="2" zeebe:modelerTemplateIcon="data:x"')],
                               lambda s: job(s).topic, "x"),
    "input: nested target": ([zeebe("userTask", USER + '<zeebe:ioMapping><zeebe:input source="=n + 1" target="a.b"/>'
                                    "</zeebe:ioMapping>")],
                             lambda s: str(s.workflow.variables(task(s).key)["a"]), "{'b': Decimal('6')}"),
    "input is local": ([zeebe("userTask", USER + '<zeebe:ioMapping><zeebe:input source="=n" target="a"/>'
                              "</zeebe:ioMapping>")], lambda s: "a" in s.variables, False),
    "output replaces": ([zeebe("userTask", USER + '<zeebe:ioMapping><zeebe:output source="=x + 1" target="r.y"/>'
                               "</zeebe:ioMapping>")],
                        lambda s: {k: v for k, v in s.complete("t", x=1).variables.items() if k in "xr"},
                        {"r": {"y": 2}}),
    "rule task: decision": ([zeebe("businessRuleTask", '<zeebe:calledDecision decisionId="D" resultVariable="r"/>')],
                            lambda s: s.variables["r"], 5),
    "rule task: decision FEEL": (
        [zeebe("businessRuleTask", '<zeebe:calledDecision decisionId="=&quot;D&quot;" resultVariable="r"/>')],
        lambda s: s.variables["r"], 5),
    "script task": ([zeebe("scriptTask", '<zeebe:script expression="=n * 2" resultVariable="r"/>')],
                    lambda s: s.variables["r"], 10),
    "call: process": ([zeebe("callActivity", '<zeebe:calledElement processId="called"/>'), CALLED],
                      lambda s: s.open, ["inner"]),
    "call: process FEEL": ([zeebe("callActivity", '<zeebe:calledElement processId="=kind2"/>'), CALLED],
                           lambda s: s.open, ["inner"]),
    "call: process id expression": (
        [zeebe("callActivity", '<zeebe:calledElement processIdExpression="=kind2"/>'), CALLED],
        lambda s: s.open, ["inner"]),
    "call: all variables go down": ([zeebe("callActivity", '<zeebe:calledElement processId="called"/>'), CALLED],
                                    lambda s: "n" in s.workflow.variables(task(s).key), True),
    "call: none go down": ([zeebe("callActivity", '<zeebe:calledElement processId="called" '
                                  'propagateAllParentVariables="false"/>'), CALLED],
                           lambda s: "n" in s.workflow.variables(task(s).key), False),
    "call: none come up": ([zeebe("callActivity", '<zeebe:calledElement processId="called" '
                                  'propagateAllChildVariables="false"/>'), CALLED],
                           lambda s: "new" in s.complete("inner", new=1).variables, False),
    "call: all come up": ([zeebe("callActivity", '<zeebe:calledElement processId="called"/>'), CALLED],
                          lambda s: s.complete("inner", new=1).variables["new"], 1),
    "multi-instance: collection and element": (
        [zeebe("userTask", USER + '<zeebe:assignmentDefinition assignee="=one"/>',
               many('<zeebe:loopCharacteristics inputCollection="=people" inputElement="one"/>'))],
        lambda s: [w.assignee for w in s.waits(bpmn.UserTask)], ["a", "b"]),
    "multi-instance: sequential": (
        [zeebe("userTask", USER, many('<zeebe:loopCharacteristics inputCollection="=people"/>',
                                      'isSequential="true"'))], lambda s: len(s.open), 1),
    "multi-instance: output": (
        [zeebe("userTask", USER, many('<zeebe:loopCharacteristics inputCollection="=people" outputCollection="all" '
                                      'outputElement="=x"/>'))],
        lambda s: s.complete("t", x=1).complete("t", x=2).variables["all"], [1, 2]),
    "multi-instance: loop counter": (
        [zeebe("userTask", USER + '<zeebe:priorityDefinition priority="=loopCounter"/>',
               many('<zeebe:loopCharacteristics inputCollection="=people"/>'))],
        lambda s: [w.priority for w in s.waits(bpmn.UserTask)], [1, 2]),
    "multi-instance: completion condition": (
        [zeebe("userTask", USER, many('<zeebe:loopCharacteristics inputCollection="=people"/>', "",
                                      "=numberOfCompletedInstances = 1"))], lambda s: s.complete("t").state,
        "completed"),
    "message: name FEEL and key": ([catch('<messageEventDefinition messageRef="M"/>', roots=MESSAGE)],
                                   lambda s: [(w.name, w.correlation_key) for w in s.waits(bpmn.MessageCatch)],
                                   [("paper-k", "K1")]),
    "receive task": ([zeebe("receiveTask", attributes='messageRef="M"', roots=MESSAGE)],
                     lambda s: [(w.name, w.correlation_key) for w in s.waits(bpmn.MessageCatch)],
                     [("paper-k", "K1")]),
    "signal: name FEEL": ([catch('<signalEventDefinition signalRef="G"/>', roots=SIGNAL)],
                          lambda s: [w.name for w in s.waits(bpmn.SignalCatch)], ["k"]),
    "timer: date": ([catch(timer("timeDate", "2026-03-02T02:00:00Z"))], lambda s: s.pass_time(hours=1).open, ["after"]),
    "timer: date FEEL": ([catch(timer("timeDate", '=now() + duration("PT2H")'))],
                         lambda s: s.pass_time(hours=2).open, ["after"]),
    "timer: duration": ([catch(timer("timeDuration", "PT3H"))], lambda s: s.pass_time(hours=3).open, ["after"]),
    "timer: duration FEEL": ([catch(timer("timeDuration", '=duration("PT3H")'))],
                             lambda s: s.pass_time(hours=2).open, []),
    "conditional: condition": ([catch("<conditionalEventDefinition><condition>=n &gt; 8</condition>"
                                      "</conditionalEventDefinition>")], lambda s: s.set(n=9).open, ["after"]),
    "conditional: variable names": (
        [catch("<conditionalEventDefinition>" + ext('<zeebe:conditionalFilter variableNames="other"/>')
               + "<condition>=n &gt; 8</condition></conditionalEventDefinition>")], lambda s: s.set(n=9).open, []),
    "conditional: variable events": (
        [catch("<conditionalEventDefinition>" + ext('<zeebe:conditionalFilter variableNames="n" '
               'variableEvents="create"/>') + "<condition>=n &gt; 8</condition></conditionalEventDefinition>")],
        lambda s: s.set(n=9).open, []),
    "error: code FEEL when thrown": (
        [process(S + "<subProcess id='t'><startEvent id='i'/><endEvent id='x'><errorEventDefinition errorRef='E'/>"
                 "</endEvent>" + flows("i>x") + "</subProcess><boundaryEvent id='b' attachedToRef='t'>"
                 "<errorEventDefinition errorRef='F'/></boundaryEvent>" + user_task("caught")
                 + flows("s>t", "b>caught"),
                 roots='<error id="E" errorCode="=kind"/><error id="F" errorCode="k"/>')],
        lambda s: s.open, ["caught"]),
    "process: version tag": ([file('<process id="p" isExecutable="true">' + ext('<zeebe:versionTag value="v7"/>') + S
                                   + "<endEvent id='e'/>" + flows("s>e") + "</process>")],
                             lambda s: s.processes["p"].version_tag, "v7"),
    "extension property": ([zeebe("userTask", USER + '<zeebe:properties><zeebe:property name="a" value="b"/>'
                                  "</zeebe:properties>")],
                           lambda s: s.processes["p"].elements["t"].properties, {"a": "b"}),
    "start form": ([process("<startEvent id='s'>" + ext('<zeebe:formDefinition formId="f"/>') + "</startEvent>"
                            + user_task("t") + flows("s>t"))], lambda s: s.processes["p"].start_form, form("f")),
    # Camunda 7
    "7: assignment": ([seven("userTask", 'camunda:assignee="${who}" camunda:candidateGroups="A,B" '
                             'camunda:candidateUsers="${kind},ann"')],
                      lambda s: (task(s).assignee, task(s).candidate_groups, task(s).candidate_users),
                      ("bob", ("A", "B"), ("k", "ann"))),
    "7: dates and priority": ([seven("userTask", 'camunda:dueDate="2026-04-01T09:00:00Z" '
                                     'camunda:followUpDate="2026-04-01T09:00:00Z" camunda:priority="${n}"')],
                              lambda s: (task(s).due, task(s).follow_up, task(s).priority),
                              (STATIC_DUE, STATIC_DUE, 5)),
    "7: form by reference": ([seven("userTask", 'camunda:formRef="f" camunda:formRefBinding="version" '
                                    'camunda:formRefVersion="2"')],
                             lambda s: (task(s).form.form_id, task(s).form.version), ("f", 2)),
    "7: form key": ([seven("userTask", 'camunda:formKey="app:x.html"')],
                    lambda s: task(s).form.reference, "app:x.html"),
    "7: form data": ([seven("userTask", "", '<camunda:formData><camunda:formField id="a" label="A" type="string" '
                            'defaultValue="x"/></camunda:formData>')],
                     lambda s: '"key": "a"' in task(s).form.json, True),
    "7: external task": ([seven("serviceTask", 'camunda:type="external" camunda:topic="x" camunda:taskPriority="7"')],
                         lambda s: (job(s).topic, job(s).priority), ("x", 7)),
    "7: retries": ([seven("serviceTask", 'camunda:type="external" camunda:topic="x"',
                          "<camunda:failedJobRetryTimeCycle>R9/PT5M</camunda:failedJobRetryTimeCycle>")],
                   lambda s: job(s).retries, 9),
    "7: external message throw": (
        [seven("intermediateThrowEvent", "", "", '<messageEventDefinition messageRef="M" camunda:type="external" '
               'camunda:topic="x"/>', roots='<message id="M" name="m"/>')], lambda s: job(s).topic, "x"),
    "7: expression": ([seven("serviceTask", 'camunda:expression="${n * 2 + 1}" camunda:resultVariable="r"')],
                      lambda s: s.variables["r"], 11),
    "7: decision": ([seven("businessRuleTask", 'camunda:decisionRef="R" camunda:mapDecisionResult="singleEntry" '
                           'camunda:resultVariable="r"')], lambda s: s.variables["r"], 5),
    "7: call with in and out": (
        [seven("callActivity", 'calledElement="called"', '<camunda:in source="n" target="m"/><camunda:in '
               'sourceExpression="${n + 1}" target="k"/><camunda:out source="x" target="y"/>'), CALLED_7],
        lambda s: (str(sorted(s.workflow.variables(task(s).key).items())), s.complete("inner", x=3).variables["y"]),
        ("[('k', Decimal('6')), ('m', Decimal('5'))]", 3)),
    "7: multi-instance collection": (
        [seven("userTask", 'camunda:assignee="${one}"', "", '<multiInstanceLoopCharacteristics '
               'camunda:collection="people" camunda:elementVariable="one"/>')],
        lambda s: [w.assignee for w in s.waits(bpmn.UserTask)], ["a", "b"]),
    "7: input and output": (
        [seven("userTask", "", '<camunda:inputOutput><camunda:inputParameter name="a">${n + 1}</camunda:inputParameter>'
               '<camunda:outputParameter name="b">${a + x}</camunda:outputParameter></camunda:inputOutput>')],
        lambda s: s.complete("t", x=4).variables["b"], 10),
    "7: async is without effect": ([seven("userTask", 'camunda:asyncBefore="true" camunda:asyncAfter="true" '
                                          'camunda:exclusive="false" camunda:jobPriority="5"')],
                                   lambda s: s.open, ["t"]),
    "7: error variables": (
        [process(S + "<userTask id='u'/><boundaryEvent id='b' attachedToRef='u'><errorEventDefinition errorRef='E' "
                 "camunda:errorCodeVariable='c' camunda:errorMessageVariable='m'/></boundaryEvent><userTask id='t'/>"
                 + flows("s>u", "b>t"), roots='<error id="E" errorCode="late"/>', platform="Camunda Platform")],
        lambda s: (s.error("u", "late").variables["c"], s.open), ("late", ["t"])),
    "7: condition": (
        [process(S + "<exclusiveGateway id='g' default='g_a'/><userTask id='a'/><userTask id='b'/>"
                 + flows("s>g", "g>a", "g>b: ${n gt 4 and kind == 'k'}"),
                 platform="Camunda Platform")], lambda s: s.open, ["b"]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "effect", "value"), HONOURED.values(), ids=list(HONOURED))
def test_a_property_is_honoured(files: list[bytes], effect: Effect, value: object) -> None:
    stage = Stage(*files)
    stage.decisions["D"] = lambda variables: variables["n"]
    stage.decisions["R"] = lambda variables: [{"out": variables["n"]}]
    stage.start(n=5, who="bob", kind="k", kind2="called", key="K1", people=["a", "b"])

    assert stage.incidents == []
    assert effect(stage) == value


REFUSED: dict[str, tuple[bytes, str]] = {
    # XML, property that the finding names
    "task listeners": (zeebe("userTask", USER + '<zeebe:taskListeners><zeebe:taskListener eventType="creating" '
                             'type="x" retries="3"/></zeebe:taskListeners>'), "zeebe:taskListeners"),
    "execution listeners": (zeebe("serviceTask", JOB + '<zeebe:executionListeners><zeebe:executionListener '
                                  'eventType="start" type="x"/></zeebe:executionListeners>'),
                            "zeebe:executionListeners"),
    "linked resources": (zeebe("serviceTask", JOB + '<zeebe:linkedResources><zeebe:linkedResource resourceId="r"/>'
                               "</zeebe:linkedResources>"), "zeebe:linkedResources"),
    "agent": (zeebe("serviceTask", JOB + "<zeebe:agentDefinition/>"), "zeebe:agentDefinition"),
    "business id of a call": (zeebe("callActivity", '<zeebe:calledElement processId="p" businessId="=1"/>'),
                              "zeebe:calledElement businessId"),
    "priority of a job": (zeebe("serviceTask", JOB + '<zeebe:jobPriorityDefinition priority="high"/>'),
                          "zeebe:jobPriorityDefinition priority"),
    "retries": (zeebe("serviceTask", '<zeebe:taskDefinition type="x" retries="-1"/>'), "zeebe:taskDefinition retries"),
    "events of a variable that cannot be": (
        catch("<conditionalEventDefinition>" + ext('<zeebe:conditionalFilter variableNames="n" '
              'variableEvents="create, delete"/>') + "<condition>=n &gt; 8</condition></conditionalEventDefinition>"),
        "variableEvents"),
    "two mappings": (zeebe("userTask", USER + 2 * '<zeebe:ioMapping><zeebe:input source="=n" target="a"/>'
                           "</zeebe:ioMapping>"), "zeebe:ioMapping"),
    "two assignments": (zeebe("userTask", USER + 2 * '<zeebe:assignmentDefinition assignee="ann"/>'),
                        "zeebe:assignmentDefinition"),
    "script and job": (zeebe("scriptTask", JOB + '<zeebe:script expression="=1" resultVariable="r"/>'),
                       "zeebe:taskDefinition"),
    "decision and job": (zeebe("businessRuleTask", JOB + '<zeebe:calledDecision decisionId="D" resultVariable="r"/>'),
                         "zeebe:taskDefinition"),
    "two forms": (zeebe("userTask", USER + '<zeebe:formDefinition formId="f" externalReference="x"/>'),
                  "zeebe:formDefinition"),
    "cardinality": (zeebe("userTask", USER, many('<zeebe:loopCharacteristics inputCollection="=people"/>').replace(
        "</multi", "<loopCardinality>=3</loopCardinality></multi")), "loopCardinality"),
    "script of BPMN": (zeebe("scriptTask", '<zeebe:script expression="=1" resultVariable="r"/>',
                             "<script>x = 1</script>"), "script"),
    "secrets": (zeebe("serviceTask", JOB + '<zeebe:taskHeaders><zeebe:header key="k" value="{{secrets.X}}"/>'
                      "</zeebe:taskHeaders>"), "zeebe:taskHeaders value"),
    "secrets in a mapping": (zeebe("serviceTask", JOB + '<zeebe:ioMapping><zeebe:input source="{{secrets.X}}" '
                                   'target="a"/></zeebe:ioMapping>'), "zeebe:ioMapping source"),
    "complex gateway": (zeebe("complexGateway"), "complexGateway"),
    "ad-hoc sub-process": (zeebe("adHocSubProcess", '<zeebe:adHoc activeElementsCollection="=a"/>'), "adHocSubProcess"),
    "standard loop": (zeebe("userTask", USER, "<standardLoopCharacteristics/>"), "standardLoopCharacteristics"),
    "unknown extension": (zeebe("userTask", USER + "<zeebe:novelty/>"), "zeebe:novelty"),
    "unknown attribute of an extension": (zeebe("userTask", USER + '<zeebe:assignmentDefinition owner="x"/>'),
                                          "zeebe:assignmentDefinition owner"),
    "7: class": (seven("serviceTask", 'camunda:class="x.Y"'), "camunda:class"),
    "7: delegate expression": (seven("serviceTask", 'camunda:delegateExpression="${x}"'), "camunda:delegateExpression"),
    "7: connector": (seven("serviceTask", 'camunda:type="external" camunda:topic="x"',
                           "<camunda:connector><camunda:connectorId>h</camunda:connectorId></camunda:connector>"),
                     "camunda:connector"),
    "7: field": (seven("serviceTask", 'camunda:type="external" camunda:topic="x"', '<camunda:field name="a"/>'),
                 "camunda:field"),
    "7: script": (seven("scriptTask", 'scriptFormat="groovy"', "", "<script>1</script>"), "scriptFormat"),
    "7: script resource": (seven("scriptTask", 'scriptFormat="feel" camunda:resource="x.js"', "", "<script>1</script>"),
                           "camunda:resource"),
    "7: script as parameter": (
        seven("userTask", "", '<camunda:inputOutput><camunda:inputParameter name="a"><camunda:script '
              'scriptFormat="js">1</camunda:script></camunda:inputParameter></camunda:inputOutput>'),
        "camunda:inputParameter"),
    "7: task listener": (seven("userTask", "", '<camunda:taskListener event="create" class="x"/>'),
                         "camunda:taskListener"),
    "7: execution listener": (seven("userTask", "", '<camunda:executionListener event="start" class="x"/>'),
                              "camunda:executionListener"),
    "7: form handler": (seven("userTask", 'camunda:formHandlerClass="x"'), "camunda:formHandlerClass"),
    "7: form property": (seven("userTask", "", '<camunda:formProperty id="a"/>'), "camunda:formProperty"),
    "7: tenant of a call": (seven("callActivity", 'calledElement="c" camunda:calledElementTenantId="t"'),
                            "camunda:calledElementTenantId"),
    "7: tenant of a decision": (seven("businessRuleTask", 'camunda:decisionRef="D" camunda:decisionRefTenantId="t"'),
                                "camunda:decisionRefTenantId"),
    "7: variable mapping class": (seven("callActivity", 'calledElement="c" camunda:variableMappingClass="x"'),
                                  "camunda:variableMappingClass"),
    "7: error of an external task": (
        seven("serviceTask", 'camunda:type="external" camunda:topic="x"',
              '<camunda:errorEventDefinition expression="${true}"/>'), "camunda:errorEventDefinition"),
    "7: business key of a call": (
        seven("callActivity", 'calledElement="c"', '<camunda:in businessKey="${n}"/>'), "camunda:in businessKey"),
    "7: form field with an expression": (
        seven("userTask", "", '<camunda:formData><camunda:formField id="a" type="string" defaultValue="${n}"/>'
              "</camunda:formData>"), "camunda:formField defaultValue"),
    "7: form field with a number that is none": (
        seven("userTask", "", '<camunda:formData><camunda:formField id="a" type="long" defaultValue="x"/>'
              "</camunda:formData>"), "camunda:formField defaultValue"),
    "7: validator of a form field": (
        seven("userTask", "", '<camunda:formData><camunda:formField id="a" type="string"><camunda:validation>'
              '<camunda:constraint name="validator" config="a.B"/></camunda:validation></camunda:formField>'
              "</camunda:formData>"), "camunda:constraint name"),
    "7: business key of a form": (
        seven("userTask", "", '<camunda:formData businessKey="a"><camunda:formField id="a" type="string"/>'
              "</camunda:formData>"), "camunda:formData businessKey"),
    "7: deleted variables": (
        seven("intermediateCatchEvent", "", "", '<conditionalEventDefinition camunda:variableName="n" '
              'camunda:variableEvents="delete"><condition>${n}</condition></conditionalEventDefinition>'),
        "variableEvents"),
    "7: initiator inside": (
        seven("subProcess", "", "", "<startEvent id='i' camunda:initiator='me'/>").replace(b"id='i'", b"id='t'", 1)
        .replace(b"<bpmn:subProcess id='t'", b"<bpmn:subProcess id='sub'").replace(b'Ref="t"', b'Ref="sub"'),
        "camunda:initiator"),
    "7: variables of a signal that is caught": (
        seven("intermediateCatchEvent", "", "", '<signalEventDefinition signalRef="G">'
              + ext('<camunda:in variables="all"/>') + "</signalEventDefinition>",
              roots='<signal id="G" name="g"/>'), "camunda:in"),
    "7: variables of a call that are none": (
        seven("callActivity", 'calledElement="c"', '<camunda:in variables="some"/>'), "camunda:in variables"),
    "7: local variables of a call": (
        seven("callActivity", 'calledElement="c"', '<camunda:in variables="all" local="true"/>'), "camunda:in local"),
    "7: case": (seven("callActivity", 'camunda:caseRef="c"'), "camunda:caseRef"),
    "7: resource of a condition": (
        process(S + "<exclusiveGateway id='g' default='g_a'/><task id='a'/><task id='b'/>"
                + flows("s>g", "g>a") + "<sequenceFlow id='t' sourceRef='g' targetRef='b'><conditionExpression "
                "camunda:resource='x.js'>${x}</conditionExpression></sequenceFlow>", platform="Camunda Platform"),
        "camunda:resource"),
    "7: listener of a flow": (
        process(S + "<task id='a'/><sequenceFlow id='t' sourceRef='s' targetRef='a'>"
                + ext('<camunda:executionListener event="take" class="x"/>') + "</sequenceFlow>",
                platform="Camunda Platform"), "camunda:executionListener"),
    "7: two forms": (seven("userTask", 'camunda:formRef="f" camunda:formKey="k"'), "camunda:formRef"),
    "7: form by file": (seven("userTask", 'camunda:formKey="camunda-forms:deployment:f.form"'), "camunda:formKey"),
    "7: form field twice": (
        seven("userTask", "", "<camunda:formData>" + 2 * '<camunda:formField id="a" type="string"/>'
              + "</camunda:formData>"), "camunda:formField id"),
    "7: external task and expression": (
        seven("serviceTask", 'camunda:type="external" camunda:topic="x" camunda:expression="${n}"'),
        "camunda:expression"),
    "7: decision and external task": (
        seven("businessRuleTask", 'camunda:decisionRef="D" camunda:type="external" camunda:topic="x"'), "camunda:type"),
    "7: item without collection": (
        seven("userTask", "", "", '<multiInstanceLoopCharacteristics camunda:elementVariable="one"><loopCardinality>2'
              "</loopCardinality></multiInstanceLoopCharacteristics>"), "camunda:collection"),
    "7: results of a loop": (
        seven("userTask", "", "", '<multiInstanceLoopCharacteristics camunda:collection="people">'
              "<loopDataOutputRef>all</loopDataOutputRef></multiInstanceLoopCharacteristics>"), "loopDataOutputRef"),
    "7: bean": (seven("serviceTask", 'camunda:expression="${bean.run(1)}"'), "camunda:expression"),
}  # fmt: skip


@pytest.mark.parametrize(("xml", "property_"), REFUSED.values(), ids=list(REFUSED))
def test_a_property_is_refused_with_element_property_and_remedy(xml: bytes, property_: str) -> None:
    errors = [f for f in bpmn.read(xml, "x.bpmn").findings if f.severity is Severity.ERROR]

    found = next((f for f in errors if (f.property or "").startswith(property_)), None)
    assert found is not None, errors
    assert found.element_id == "t"
    for locale in ("en", "zh_CN"):
        line = texts.finding(found, locale)
        assert line.startswith("x.bpmn: t ")
        assert len(line.split(": ", 2)) == 3  # file: element and property: what is wrong and what to do


@pytest.mark.parametrize("platform", ["8.0.0", "8.5.0", "8.9.0", "8.10.0"])
def test_every_version_of_camunda_8_is_read(platform: str) -> None:
    xml = zeebe("userTask", USER).replace(
        b'executionPlatformVersion="8.8.0"', f'executionPlatformVersion="{platform}"'.encode()
    )

    assert bpmn.read(xml, "x.bpmn").platform_version == platform
