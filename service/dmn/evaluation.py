"""Evaluation: inputs into scope, required decisions first, each decision's value with its reasons.

All supplied values are in scope of every decision, as in Camunda, whose tables name process variables without declaring
them; what a decision requires stands over them. A required decision's result has the decision's name and its id.
Business knowledge models and decision services see only what they require and are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from service import feel
from service.dmn import functions, graph
from service.dmn.boxed.decision_table import Table
from service.dmn.model import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    Element,
    InputData,
    Model,
    Parameter,
    Reference,
)
from service.dmn.run import Journal, Run
from service.dmn.trace import EvaluatedDecision, Evaluation, InputValue, TableTrace
from service.errors import NotFound
from service.feel.diagnostics import Stop
from service.feel.types import ANY, Type, coerce
from service.feel.values import brief

Scope = dict[str, feel.Value]


def evaluate(
    model: Model,
    decision: str,
    inputs: Mapping[str, feel.Value],
    env: feel.Environment,
    *,
    given: Mapping[str, feel.Value] | None = None,
    trace: bool = True,
    every_cell: bool = False,
) -> Evaluation:
    """Evaluate a decision, found by id, else by name.

    `given` holds values that stand in for required decisions, by name. Without `trace` `Evaluation.decisions` is empty;
    with `every_cell` it tells the outcome of each cell of each rule.

    Raises `NotFound` if the model has no such decision.
    """
    found = model.decision(decision)
    if found is None:
        raise NotFound("decision_unknown", decision=decision, file=model.file)
    run = _run(model, inputs, given or {}, env, trace)
    run.explaining = every_cell
    return _finish(run, lambda: _decision(found, run))


def evaluate_service(model: Model, service: str, inputs: Mapping[str, feel.Value], env: feel.Environment) -> Evaluation:
    """Evaluate a decision service, found by id, else by name; `inputs` holds its input decisions and data by name.

    The value is that of the output decision, of several a context by name. What is not given is null.
    """
    found = next((one for one in model.services if service in {one.id, one.name}), None)
    if found is None:
        raise NotFound("decision_service_unknown", service=service, file=model.file)
    run = _run(model, inputs, {}, env, trace=True)
    function = _service_function(found, run, run.decisions)
    return _finish(run, lambda: feel.invoke(run.feel, function, [inputs.get(name) for name in function.parameters]))


def evaluate_function(model: Model, bkm: str, arguments: Mapping[str, feel.Value], env: feel.Environment) -> Evaluation:
    """Call a business knowledge model, found by id, else by name; arguments by name, those not given are null."""
    found = next((one for one in model.bkms if bkm in {one.id, one.name}), None)
    if found is None:
        raise NotFound("decision_function_unknown", function=bkm, file=model.file)
    run = _run(model, {}, {}, env, trace=False)
    function = _bkm_function(found, run)
    return _finish(run, lambda: feel.invoke(run.feel, function, [arguments.get(name) for name in function.parameters]))


def _run(
    model: Model,
    inputs: Mapping[str, feel.Value],
    given: Mapping[str, feel.Value],
    env: feel.Environment,
    trace: bool,
) -> Run:
    state = feel.Run(replace(env, types=model.types) if model.types else env)
    return Run(model, state, inputs, given, Journal(), [] if trace else None)


def _finish(run: Run, compute: Callable[[], feel.Value]) -> Evaluation:
    value: feel.Value = None
    try:
        value = compute()
    except feel.AssertionFailed as error:
        run.fail(error.code, **error.facts)
    except RecursionError:
        run.fail("dmn_recursion")
    except Stop as stop:
        run.note(stop.code, None, **stop.facts)
    if run.feel.diagnostics:
        run.take_diagnostics(None, "")
    journal = run.journal
    return Evaluation(value, tuple(journal.diagnostics), tuple(journal.failures), tuple(run.decisions or ()))


def _decision(decision: Decision, run: Run) -> feel.Value:
    """The decision's value, computed once a run together with what it requires in the same file."""
    if decision not in run.results:
        ordered = [decision]
        if decision.required_decisions:
            ordered = [one for one in graph.order(run.model, decision, run.given) if one not in run.results]
        run.pending.update(ordered)
        for one in ordered:
            outer, run.decision = run.decision, one
            run.results[one] = _compute(one, run)
            run.decision = outer
        run.pending.difference_update(ordered)
    return run.results[decision]


def _compute(decision: Decision, run: Run) -> feel.Value:
    if decision.name in run.given:
        return run.given[decision.name]
    scope = _decision_scope(decision, run)
    logic = decision.logic
    trace = TableTrace(run.explaining) if run.decisions is not None and isinstance(logic, Table) else None
    value: feel.Value = None
    try:
        if isinstance(logic, Table):
            value = logic.decide(scope, run, trace)
        elif logic:
            value = logic.evaluate(scope, run)
        if type(value) is list or not isinstance(logic, Table):
            run.feel.weigh(value)
    except Stop as stop:
        value = None
        run.note(stop.code, decision.id, **stop.facts)
    value = _typed(value, decision.type, "dmn_result_type", decision.id, run)
    if run.decisions is not None:
        shown = trace or TableTrace(inputs=_required_values(decision, run))
        run.decisions.append(
            EvaluatedDecision(
                decision.id,
                decision.name,
                decision.kind,
                shown.inputs,
                shown.matched,
                shown.not_matched,
                value,
                shown.cells,
            )
        )
    return value


def _typed(value: feel.Value, wanted: Type, code: str, element_id: str, run: Run) -> feel.Value:
    """A value that must have its declared type: if it does not, the evaluation has failed."""
    if wanted is ANY:
        return value
    converted, fits = coerce(value, wanted, run.feel.environment.types)
    if not fits:
        facts = {"wanted": str(wanted), "got": feel.type_name(value), "value": brief(value)}
        run.note(code, element_id, **facts)
        run.fail(code, element_id=element_id, **facts)
    return converted


def _decision_scope(decision: Decision, run: Run) -> Mapping[str, feel.Value]:
    """What a decision sees: all that is supplied, and over it what the decision requires."""
    needed = (*decision.required_inputs, *decision.required_decisions, *decision.required_knowledge)
    if not needed:
        return run.inputs
    scope = dict(run.inputs)
    for reference in needed:
        _bring(reference, scope, run)
    return scope


def _function_scope(bkm: BusinessKnowledgeModel, run: Run) -> Scope:
    """What a function sees beside its parameters."""
    scope: Scope = {}
    for reference in bkm.required_knowledge:
        _bring(reference, scope, run)
    return scope


def _bring(reference: Reference, scope: Scope, run: Run) -> None:
    """Put what a requirement refers to into scope; what is missing is a finding of the model and null here."""
    found = run.model.resolve(reference)
    if found is None:
        return
    prefix, model, element = found
    if prefix is None:
        value = _value(element, run)
        if isinstance(element, Decision):
            scope[element.id] = scope[element.variable] = value
        scope[element.name] = value
        return
    value = _value(element, _within(prefix, model, run))
    if isinstance(value, feel.Function):
        # Its types are named as its own model names them; it checks them itself.
        value = replace(value, parameter_types=(), result_type=None)
    if not prefix:
        scope[element.name] = value
        return
    members = scope.get(prefix)
    scope[prefix] = {**(members if isinstance(members, dict) else {}), element.name: value}


def _within(prefix: str, model: Model, run: Run) -> Run:
    """The run of an imported model; its inputs arrive under their own names or in a context of the import's name."""
    if prefix not in run.imported:
        own = run.inputs.get(prefix)
        inputs = {**run.inputs, **own} if isinstance(own, dict) else run.inputs
        state = feel.Run(replace(run.feel.environment, types=model.types))
        run.imported[prefix] = Run(model, state, inputs, run.given, run.journal, run.decisions)
        run.imported[prefix].explaining = run.explaining
    return run.imported[prefix]


def _value(element: Element, run: Run) -> feel.Value:
    if isinstance(element, Decision):
        if element in run.pending and element not in run.results:
            run.note("dmn_requirement_cycle", element.id, path=element.id)
            return None
        return _decision(element, run)
    if element not in run.results:
        if isinstance(element, InputData):
            value = run.inputs.get(element.name)
            run.results[element] = _typed(value, element.type, "dmn_input_type", element.id, run)
        elif isinstance(element, BusinessKnowledgeModel):
            run.results[element] = _bkm_function(element, run)
        else:
            run.results[element] = _service_function(element, run)
    return run.results[element]


def _bkm_function(bkm: BusinessKnowledgeModel, run: Run) -> feel.Function:
    """The function of a business knowledge model, which sees what it requires, itself and its parameters."""
    scope: Scope = {}
    function = functions.make(bkm.name, bkm.id, bkm.parameters, bkm.type, bkm.logic, scope, run)
    run.results[bkm] = function  # before its requirements: business knowledge models may call one another
    scope[bkm.name] = function
    scope.update(_function_scope(bkm, run))
    return function


def _service_function(
    service: DecisionService, run: Run, decisions: list[EvaluatedDecision] | None = None
) -> feel.Function:
    """The function of a decision service; `decisions` takes the trace of what it evaluates."""

    def evaluate(arguments: dict[str, feel.Value]) -> feel.Value:
        return _serve(service, arguments, run, decisions)

    parameters = _service_parameters(service, run)
    return functions.guarded(service.name, service.id, parameters, service.type, evaluate, run)


def _service_parameters(service: DecisionService, run: Run) -> tuple[Parameter, ...]:
    """Input data, then input decisions, each in the order of the file (conformance case 0085 011)."""
    found = (run.model.resolve(reference) for reference in (*service.input_data, *service.input_decisions))
    elements = (one[2] for one in found if one)
    return tuple(
        Parameter(element.name, element.type) for element in elements if isinstance(element, Decision | InputData)
    )


def _serve(
    service: DecisionService,
    arguments: Mapping[str, feel.Value],
    run: Run,
    decisions: list[EvaluatedDecision] | None,
) -> feel.Value:
    """Evaluate the output decisions with nothing but the arguments; the caller's results are not touched."""
    inner = Run(run.model, run.feel, arguments, arguments, run.journal, decisions, decision=run.decision)
    values: dict[str, feel.Value] = {}
    for reference in service.outputs:
        found = run.model.resolve(reference)
        if found is None or not isinstance(found[2], Decision):
            continue
        prefix, model, element = found
        values[element.name] = _value(element, inner if prefix is None else _within(prefix, model, inner))
    return next(iter(values.values()), None) if len(service.outputs) == 1 else dict(values)


def _required_values(decision: Decision, run: Run) -> tuple[InputValue, ...]:
    found = (run.model.resolve(one) for one in (*decision.required_inputs, *decision.required_decisions))
    return tuple(
        InputValue(
            element.id,
            element.name if prefix is None else f"{prefix}.{element.name}",
            _value(element, run if prefix is None else _within(prefix, model, run)),
        )
        for prefix, model, element in (one for one in found if one)
    )
