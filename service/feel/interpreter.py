"""Syntax tree to Python closures, compiled once and run many times.

A compiled node is a function of the frame (the variables) and the run (the state of one evaluation). The outermost
frame is the caller's mapping; loops, contexts and functions put frames before it. Where a name lives is settled when
the node is compiled, as far as the text tells; an item's own entries in a filter are looked up when it runs.

Nothing here raises for FEEL errors: the value is null and the run gets a diagnostic. `Stop` alone travels up, when a
limit is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from service.feel import arithmetic, limits, ranges, syntax, types, values
from service.feel.builtins import BUILTINS
from service.feel.diagnostics import Failure
from service.feel.evaluation import Run, Scope, invoke
from service.feel.syntax import Node
from service.feel.temporal import Date, DateTime, DaysTimeDuration, Time, YearsMonthsDuration
from service.feel.values import NUMBERS, Function, Range, Value

Code = Callable[[Scope, "Run"], Value]
Test = Callable[[Value, Scope, "Run"], "bool | None"]


class Frame(dict[str, Value]):
    """Variables that a loop, a context or a function brings, before those of `parent`."""

    __slots__ = ("parent",)

    def __init__(self, parent: Scope) -> None:
        super().__init__()
        self.parent = parent


class ItemFrame(Frame):
    """The item that a filter looks at: `item`, and its entries by their names."""

    __slots__ = ("item",)

    def __init__(self, parent: Scope, item: Value) -> None:
        super().__init__(parent)
        self.item = item


@dataclass(frozen=True, slots=True)
class Layer:
    """What the compiler knows of a frame: its names; None for the frame of a filter."""

    names: frozenset[str] | None


Layers = tuple[Layer, ...]  # innermost first; the caller's mapping is below them all
_VALUE_LAYER = Layer(frozenset(["?"]))


def compile_node(node: Node, layers: Layers = ()) -> Code:
    return _COMPILERS[type(node)](node, layers)


def compile_tests(tests: syntax.Tests) -> Test:
    """A function of value, scope and run that says whether the value passes: True, False or None."""
    if tests.any:
        return _never if tests.negated else _always
    uses_value = any(syntax.uses(test, "?") for test in tests.tests)
    codes = tuple(_compile_test(test, (_VALUE_LAYER,) if uses_value else ()) for test in tests.tests)
    negated = tests.negated
    if uses_value:

        def test_with_value(value: Value, frame: Scope, run: Run) -> bool | None:
            inside = Frame(frame)
            inside["?"] = value
            passed = _any_test(codes, value, inside, run)
            return passed if not negated or passed is None else not passed

        return test_with_value
    if len(codes) == 1 and not negated:
        return codes[0]

    def test(value: Value, frame: Scope, run: Run) -> bool | None:
        passed = _any_test(codes, value, frame, run)
        return passed if not negated or passed is None else not passed

    return test


def _always(value: Value, frame: Scope, run: Run) -> bool | None:
    return True


def _never(value: Value, frame: Scope, run: Run) -> bool | None:
    return False


# Names -------------------------------------------------------------------------------------------------------------


def _compile_name(node: syntax.Name, layers: Layers) -> Code:
    return _lookup(node, layers)


def _lookup(node: syntax.Name, layers: Layers) -> Code:
    name = node.name
    if not layers:
        return _root_lookup(node)
    outer = _outer(node, layers)
    layer = layers[0]
    if layer.names is None:
        return _item_lookup(name, outer)
    if name not in layer.names:
        return outer

    def local(frame: Scope, run: Run) -> Value:
        try:
            return frame[name]
        except KeyError:  # an entry of a context before it has its value
            return outer(frame, run)

    return local


def _outer(node: syntax.Name, layers: Layers) -> Code:
    """The lookup below the innermost frame."""
    below = _lookup(node, layers[1:])
    return lambda frame, run: below(frame.parent, run)  # type: ignore[attr-defined]


def _item_lookup(name: str, outer: Code) -> Code:
    if name == "item":

        def item(frame: Scope, run: Run) -> Value:
            found: Value = frame.item  # type: ignore[attr-defined]
            return found["item"] if isinstance(found, dict) and "item" in found else found

        return item

    def entry(frame: Scope, run: Run) -> Value:
        found: Value = frame.item  # type: ignore[attr-defined]
        if isinstance(found, dict) and name in found:
            return found[name]
        return outer(frame, run)

    return entry


def _root_lookup(node: syntax.Name) -> Code:
    name = node.name
    builtin = BUILTINS.get(name)

    def root(frame: Scope, run: Run) -> Value:
        try:
            return frame[name]
        except KeyError:
            pass
        added = run.environment.functions.get(name)
        if added is not None:
            return added
        if builtin is None:
            run.note("feel_unknown_name", node, {"name": name})
        return builtin

    return root


# Simple nodes ------------------------------------------------------------------------------------------------------


def _compile_literal(node: syntax.Literal, layers: Layers) -> Code:
    value = node.value
    return lambda frame, run: value


def _compile_invalid_at(node: syntax.InvalidAt, layers: Layers) -> Code:
    def invalid(frame: Scope, run: Run) -> Value:
        run.note("feel_at_literal", node, {"text": node.text[:60]})
        return None

    return invalid


def _compile_negative(node: syntax.Negative, layers: Layers) -> Code:
    operand = compile_node(node.operand, layers)

    def negative(frame: Scope, run: Run) -> Value:
        try:
            return arithmetic.negate(operand(frame, run))
        except Failure as failure:
            run.note(failure.code, node, failure.facts)
            return None

    return negative


def _compile_arithmetic(node: syntax.Arithmetic, layers: Layers) -> Code:
    left, right = compile_node(node.left, layers), compile_node(node.right, layers)
    general = arithmetic.OPERATORS[node.operator]
    fast = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply}.get(node.operator)

    def operation(frame: Scope, run: Run) -> Value:
        a, b = left(frame, run), right(frame, run)
        if fast is not None and type(a) is Decimal and type(b) is Decimal:
            try:
                return fast(a, b)
            except ArithmeticError:
                pass  # told below
        try:
            result = general(a, b)
        except Failure as failure:
            run.note(failure.code, node, failure.facts)
            return None
        if isinstance(result, str):
            run.step(len(result) >> 6)
        return result

    return operation


def _compile_comparison(node: syntax.Comparison, layers: Layers) -> Code:
    left, right = compile_node(node.left, layers), compile_node(node.right, layers)
    decide = _COMPARE[node.operator]

    def comparison(frame: Scope, run: Run) -> Value:
        a, b = left(frame, run), right(frame, run)
        if type(a) in _CONTAINERS or type(b) in _CONTAINERS:
            run.weigh(a)
            run.weigh(b)
        result = decide(a, b)
        if result is None:
            _note_incomparable(run, node, node.operator, a, b)
        return result

    return comparison


def _note_incomparable(run: Run, node: Node, operator: str, left: Value, right: Value) -> None:
    run.note(
        "feel_comparison",
        node,
        {
            "operator": operator,
            "left": values.type_name(left),
            "right": values.type_name(right),
            "left_value": values.brief(left),
            "right_value": values.brief(right),
        },
    )


def _note_condition(run: Run, node: Node, value: Value) -> None:
    run.note("feel_condition", node, {"type": values.type_name(value), "value": values.brief(value)})


def _note_operand(run: Run, node: Node, operator: str, value: Value) -> None:
    run.note(
        "feel_operand",
        node,
        {"operator": operator, "type": values.type_name(value), "value": values.brief(value)},
    )


def _equals(left: Value, right: Value) -> bool | None:
    if type(left) is type(right) and type(left) in _PLAIN:
        return left == right
    return values.equal(left, right)


def _differs(left: Value, right: Value) -> bool | None:
    same = values.equal(left, right)
    return None if same is None else not same


def _less(left: Value, right: Value) -> bool | None:
    if type(left) is Decimal and type(right) is Decimal:
        return left < right
    order = values.compare(left, right)
    return None if order is None else order < 0


def _at_most(left: Value, right: Value) -> bool | None:
    if type(left) is Decimal and type(right) is Decimal:
        return left <= right
    order = values.compare(left, right)
    return None if order is None else order <= 0


def _greater(left: Value, right: Value) -> bool | None:
    return _less(right, left)


def _at_least(left: Value, right: Value) -> bool | None:
    return _at_most(right, left)


_PLAIN = frozenset({str, Decimal, bool})
_CONTAINERS = frozenset({list, dict})
_COMPARE: dict[str, Callable[[Value, Value], bool | None]] = {
    "=": _equals,
    "!=": _differs,
    "<": _less,
    "<=": _at_most,
    ">": _greater,
    ">=": _at_least,
}


def _compile_between(node: syntax.Between, layers: Layers) -> Code:
    value, low, high = (compile_node(each, layers) for each in (node.value, node.low, node.high))

    def between(frame: Scope, run: Run) -> Value:
        found, least, most = value(frame, run), low(frame, run), high(frame, run)
        above, below = _at_least(found, least), _at_most(found, most)
        if above is False or below is False:
            return False
        if above is None or below is None:
            _note_incomparable(run, node, "between", found, least if above is None else most)
            return None
        return True

    return between


def _compile_and(node: syntax.And, layers: Layers) -> Code:
    codes = tuple(compile_node(operand, layers) for operand in node.operands)

    def conjunction(frame: Scope, run: Run) -> Value:
        result: Value = True
        for code in codes:
            value = code(frame, run)
            if value is False:
                return False
            if value is not True:
                if value is not None:
                    _note_operand(run, node, "and", value)
                result = None
        return result

    return conjunction


def _compile_or(node: syntax.Or, layers: Layers) -> Code:
    codes = tuple(compile_node(operand, layers) for operand in node.operands)

    def disjunction(frame: Scope, run: Run) -> Value:
        result: Value = False
        for code in codes:
            value = code(frame, run)
            if value is True:
                return True
            if value is not False:
                if value is not None:
                    _note_operand(run, node, "or", value)
                result = None
        return result

    return disjunction


def _compile_instance_of(node: syntax.InstanceOf, layers: Layers) -> Code:
    value, kind = compile_node(node.value, layers), node.type

    def instance_of(frame: Scope, run: Run) -> Value:
        known = run.environment.types
        if not _is_known(kind, known):
            run.note("feel_unknown_type", node, {"type": str(kind)})
            return None
        found = value(frame, run)
        run.weigh(found)
        return types.is_instance(found, kind, known)

    return instance_of


def _is_known(kind: types.Type, known: types.Types) -> bool:
    match kind:
        case types.Named():
            return not isinstance(types.resolve(kind, known), types.Named)
        case types.ListOf(item) | types.RangeOf(item):
            return _is_known(item, known)
        case types.ContextOf(entries):
            return all(_is_known(entry, known) for _, entry in entries)
        case types.FunctionOf(parameters, result):
            return all(_is_known(each, known) for each in (*parameters, result))
        case types.Simple("function" | "list" | "range" | "context"):
            return True
    return True


def _compile_if(node: syntax.If, layers: Layers) -> Code:
    condition = compile_node(node.condition, layers)
    then, otherwise = compile_node(node.then, layers), compile_node(node.otherwise, layers)

    def conditional(frame: Scope, run: Run) -> Value:
        value = condition(frame, run)
        if value is True:
            return then(frame, run)
        if value is not False and value is not None:
            # A condition that is no boolean is a fault, unlike one that is unknown (conformance case 1150).
            _note_condition(run, node.condition, value)
            return None
        return otherwise(frame, run)

    return conditional


# Paths and filters -------------------------------------------------------------------------------------------------


def _compile_path(node: syntax.Path, layers: Layers) -> Code:
    base, name = compile_node(node.base, layers), node.name

    def path(frame: Scope, run: Run) -> Value:
        value = base(frame, run)
        if type(value) is dict:
            try:
                return value[name]
            except KeyError:
                pass
        return _property(run, value, name, node)

    return path


def _property(run: Run, value: Value, name: str, node: Node) -> Value:
    if isinstance(value, dict):
        if name in value:
            return value[name]
        run.note("feel_no_entry", node, {"name": name})
        return None
    if isinstance(value, list):
        run.step(len(value))
        return [_property(run, item, name, node) for item in value]
    read = _PROPERTIES.get(type(value), {}).get(name)
    if read is None:
        run.note("feel_no_property", node, {"name": name, "type": values.type_name(value)})
        return None
    return read(value)


def _offset(value: Time | DateTime) -> Value:
    seconds = value.utc_offset
    return None if seconds is None else DaysTimeDuration(seconds * 1_000_000_000)


def _seconds(value: DaysTimeDuration) -> int:
    """Whole seconds without their sign."""
    return abs(value.nanoseconds) // 1_000_000_000


def _signed(value: DaysTimeDuration, amount: int) -> Decimal:
    return Decimal(-amount if value.nanoseconds < 0 else amount)


def _years(value: YearsMonthsDuration) -> Decimal:
    years = abs(value.total_months) // 12
    return Decimal(-years if value.total_months < 0 else years)


def _months(value: YearsMonthsDuration) -> Decimal:
    months = abs(value.total_months) % 12
    return Decimal(-months if value.total_months < 0 else months)


def _range_ends(value: Range) -> Range:
    """`(= 10)` is the point, as a range from 10 to 10."""
    return Range(value.start, value.start) if value.operator == "=" else value


_DAY_PROPERTIES: dict[str, Callable[..., Value]] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.weekday),
}
_CLOCK_PROPERTIES: dict[str, Callable[..., Value]] = {
    "hour": lambda value: Decimal(value.nanosecond // 3_600_000_000_000),
    "minute": lambda value: Decimal(value.nanosecond // 60_000_000_000 % 60),
    "second": lambda value: Decimal(value.nanosecond // 1_000_000_000 % 60),
    "time offset": _offset,
    "timezone": lambda value: value.zone,
}
_PROPERTIES: dict[type, dict[str, Callable[..., Value]]] = {
    Date: _DAY_PROPERTIES,
    Time: _CLOCK_PROPERTIES,
    DateTime: {**_DAY_PROPERTIES, **_CLOCK_PROPERTIES},
    DaysTimeDuration: {
        "days": lambda value: _signed(value, _seconds(value) // 86_400),
        "hours": lambda value: _signed(value, _seconds(value) // 3600 % 24),
        "minutes": lambda value: _signed(value, _seconds(value) // 60 % 60),
        "seconds": lambda value: _signed(value, _seconds(value) % 60),
    },
    YearsMonthsDuration: {"years": _years, "months": _months},
    Range: {
        "start": lambda value: _range_ends(value).start,
        "end": lambda value: _range_ends(value).end,
        "start included": lambda value: _range_ends(value).start_included,
        "end included": lambda value: _range_ends(value).end_included,
    },
}


def _compile_filter(node: syntax.Filter, layers: Layers) -> Code:
    base = compile_node(node.base, layers)
    if isinstance(node.condition, syntax.Literal) and isinstance(node.condition.value, Decimal):
        index = node.condition.value
        return lambda frame, run: _at(run, _items(base(frame, run)), index, node)
    condition = compile_node(node.condition, (Layer(None), *layers))
    keeps_frames = _makes_function(node.condition)

    def filtered(frame: Scope, run: Run) -> Value:
        items = _items(base(frame, run))
        if items is None:
            run.note("feel_filter_null", node)
            return None
        if not items:
            return _filter_nothing(condition, frame, run, node)
        kept: list[Value] = []
        run.step(len(items))
        inner = ItemFrame(frame, None)
        for position, item in enumerate(items):
            if keeps_frames:
                inner = ItemFrame(frame, None)
            inner.item = item
            passed = condition(inner, run)
            if passed is True:
                kept.append(item)
            elif isinstance(passed, Decimal) and position == 0:
                return _at(run, items, passed, node)
            elif passed is not False and passed is not None:
                _note_condition(run, node.condition, passed)
                return None
        return kept

    return filtered


def _filter_nothing(condition: Code, frame: Scope, run: Run, node: Node) -> Value:
    """An empty list filtered: null when the condition is an index, else empty. There is no item to complain of."""
    told = len(run.diagnostics)
    index = condition(ItemFrame(frame, None), run)
    del run.diagnostics[told:]
    return _at(run, [], index, node) if isinstance(index, Decimal) else []


def _items(value: Value) -> list[Value] | None:
    """The value as a list: itself, or one of it; None of null."""
    if value is None:
        return None
    return value if isinstance(value, list) else [value]


def _at(run: Run, items: list[Value] | None, index: Decimal, node: Node) -> Value:
    if items is None:
        run.note("feel_filter_null", node)
        return None
    position = values.whole(index)
    if 1 <= position <= len(items):
        return items[position - 1]
    if -len(items) <= position <= -1:
        return items[position]
    run.note("feel_index", node, {"index": values.number_text(index)[:40], "count": len(items)})
    return None


# Loops -------------------------------------------------------------------------------------------------------------


def _compile_span(node: syntax.Span, layers: Layers) -> Code:
    first, last = compile_node(node.first, layers), compile_node(node.last, layers)

    def span(frame: Scope, run: Run) -> Value:
        a, b = first(frame, run), last(frame, run)
        if isinstance(a, Decimal) and isinstance(b, Decimal):
            count = int(min(abs(b - a), Decimal(10**9)))
            run.check_items(count)
            run.step(count >> 3)
            return list(ranges.span(a, b))
        if isinstance(a, Date) and isinstance(b, Date):
            count = abs(b.ordinal - a.ordinal)
            run.check_items(count)
            run.step(count >> 3)
            return list(ranges.days(a, b))
        run.note("feel_range_ends", node, {"start": values.type_name(a), "end": values.type_name(b)})
        return None

    return span


def _domain(run: Run, value: Value, node: Node) -> list[Value] | None:
    """What a loop runs over: a list's items, a range's values, else the one value; None of null."""
    if isinstance(value, list):
        return value
    if value is None:
        run.note("feel_loop_null", node)
        return None
    if isinstance(value, Range):
        # Only `for i in 2..1` runs downwards; a range of this kind is none (conformance case 0084, decision_025).
        found = None if ranges.is_descending(value) else ranges.items(value)
        if found is None:
            run.note("feel_loop_range", node, {"type": values.type_name(value.start)})
            return None
        items: list[Value] = []
        for item in found:
            items.append(item)
            run.step()
            run.check_items(len(items))
        return items
    return [value]


@dataclass(frozen=True, slots=True)
class _Loop:
    """The compiled iterators of a loop. Each has a frame of its own, which sees those of the iterators before it."""

    names: tuple[str, ...]
    domains: tuple[Code, ...]
    nodes: tuple[Node, ...]
    keeps_frames: bool  # a function made in the body holds on to its frame, so that every round needs an own one

    def frames(self, frame: Scope, run: Run, level: int = 0) -> Iterator[Frame | None]:
        """A frame for every combination, the last iterator fastest; None, and no more, when a domain is null."""
        items = _domain(run, self.domains[level](frame, run), self.nodes[level])
        if items is None:
            yield None
            return
        run.step(len(items))
        name = self.names[level]
        is_last = level + 1 == len(self.names)
        own = Frame(frame)
        for item in items:
            if self.keeps_frames:
                own = Frame(frame)
            own[name] = item
            if is_last:
                yield own
            else:
                yield from self.frames(own, run, level + 1)


def _compile_loop(iterators: tuple[syntax.Iterator_, ...], body: Node, layers: Layers) -> tuple[_Loop, Layers]:
    """The loop, and the layers that its body sees."""
    domains: list[Code] = []
    for iterator in iterators:
        domains.append(compile_node(iterator.domain, layers))
        layers = (Layer(frozenset([iterator.name, "partial"])), *layers)
    loop = _Loop(
        tuple(iterator.name for iterator in iterators),
        tuple(domains),
        tuple(iterator.domain for iterator in iterators),
        any(_makes_function(node) for node in (body, *(iterator.domain for iterator in iterators))),
    )
    return loop, layers


def _makes_function(node: Node) -> bool:
    return any(isinstance(each, syntax.FunctionDefinition) for each in syntax.walk(node))


def _compile_for(node: syntax.For, layers: Layers) -> Code:
    loop, inside = _compile_loop(node.iterators, node.body, layers)
    body = compile_node(node.body, inside)
    wants_partial = syntax.uses(node.body, "partial") and "partial" not in loop.names

    def iteration(frame: Scope, run: Run) -> Value:
        results: list[Value] = []
        for inner in loop.frames(frame, run):
            if inner is None:
                return None
            if wants_partial:
                run.step(len(results) >> 6)
                inner["partial"] = list(results)
            results.append(body(inner, run))
            if len(results) > limits.MAX_ITEMS:
                run.check_items(len(results))
        return results

    return iteration


def _compile_quantified(node: syntax.Quantified, layers: Layers) -> Code:
    loop, inside = _compile_loop(node.iterators, node.condition, layers)
    condition = compile_node(node.condition, inside)
    decisive = not node.every  # `some` ends at the first true, `every` at the first false

    def quantified(frame: Scope, run: Run) -> Value:
        result: Value = not decisive
        for inner in loop.frames(frame, run):
            if inner is None:
                return None
            value = condition(inner, run)
            if value is decisive:
                return decisive
            if value is None:
                result = None
            elif not isinstance(value, bool):
                _note_condition(run, node.condition, value)
                return None  # conformance cases 1153 and 1154
        return result

    return quantified


# Contexts, lists, ranges, functions --------------------------------------------------------------------------------


def _compile_context(node: syntax.ContextLiteral, layers: Layers) -> Code:
    keys = [key for key, _ in node.entries]
    duplicates = {key for key in keys if keys.count(key) > 1}
    own = (Layer(frozenset(keys)), *layers)
    entries = tuple((key, compile_node(entry, own)) for key, entry in node.entries)

    def context(frame: Scope, run: Run) -> Value:
        if duplicates:
            run.note("feel_duplicate_key", node, {"name": min(duplicates)})
            return None
        inner = Frame(frame)
        for key, code in entries:
            inner[key] = code(inner, run)
        return dict(inner)

    return context


def _compile_list(node: syntax.ListLiteral, layers: Layers) -> Code:
    if all(isinstance(item, syntax.Literal) for item in node.items):
        constant = [item.value for item in node.items if isinstance(item, syntax.Literal)]
        return lambda frame, run: list(constant)
    codes = tuple(compile_node(item, layers) for item in node.items)
    return lambda frame, run: [code(frame, run) for code in codes]


def _compile_range(node: syntax.RangeLiteral, layers: Layers) -> Code:
    first, last = compile_node(node.first, layers), compile_node(node.last, layers)
    start_included, end_included = node.start_included, node.end_included

    def interval(frame: Scope, run: Run) -> Value:
        a, b = first(frame, run), last(frame, run)
        if not ranges.end_points_fit(a, b):
            run.note("feel_range_ends", node, {"start": values.type_name(a), "end": values.type_name(b)})
            return None
        return Range(a, b, start_included and a is not None, end_included and b is not None)

    if isinstance(node.first, syntax.Literal) and isinstance(node.last, syntax.Literal):
        a, b = node.first.value, node.last.value
        if ranges.end_points_fit(a, b):
            constant = Range(a, b, start_included and a is not None, end_included and b is not None)
            return lambda frame, run: constant
    return interval


def _compile_unary_comparison(node: syntax.UnaryComparison, layers: Layers) -> Code:
    operand = compile_node(node.operand, layers)
    operator = node.operator

    def interval(frame: Scope, run: Run) -> Value:
        value = operand(frame, run)
        if isinstance(value, bool | list | dict | Range | Function) and operator not in {"=", "!="}:
            _note_operand(run, node, operator, value)
            return None
        return comparison_range(operator, value)

    return interval


def comparison_range(operator: str, value: Value) -> Range | None:
    """The range that a comparison stands for, `< 10`."""
    match operator:
        case "<":
            return Range(None, value, False, False, "<")
        case "<=":
            return Range(None, value, False, True, "<=")
        case ">":
            return Range(value, None, False, False, ">")
        case ">=":
            return Range(value, None, True, False, ">=")
    return Range(value, value, operator == "=", operator == "=", operator)


def _compile_function(node: syntax.FunctionDefinition, layers: Layers) -> Code:
    names = tuple(name for name, _ in node.parameters)
    declared = tuple(kind for _, kind in node.parameters)
    has_types = any(kind is not None for kind in declared)
    if node.external:

        def external(frame: Scope, run: Run) -> Value:
            run.note("feel_external", node)
            return None

        return external
    body = compile_node(node.body, (Layer(frozenset(names)), *layers))
    inferred = _inferred(node.body)

    def definition(frame: Scope, run: Run) -> Value:
        def call(calling: Run, *arguments: Value) -> Value:
            inner = Frame(frame)
            for name, argument in zip(names, arguments, strict=True):
                inner[name] = argument
            return body(inner, calling)

        return Function(
            "", names, call, parameter_types=declared if has_types else (), wants_run=True, inferred_type=inferred
        )

    return definition


def _inferred(node: Node) -> types.Type | None:
    """The type that a body gives whatever its arguments are, where its form tells; else None."""
    match node:
        case syntax.Literal(value=value) if value is not None:
            return types.BUILT_IN[values.type_name(value)]
        case (
            syntax.Comparison()
            | syntax.Between()
            | syntax.In()
            | syntax.InstanceOf()
            | syntax.And()
            | syntax.Or()
            | syntax.Quantified()
        ):
            return types.BOOLEAN
        case syntax.ListLiteral(items=items):
            kinds = {_inferred(item) for item in items}
            single = kinds.pop() if len(kinds) == 1 else None
            return types.ListOf(single or types.ANY)
        case syntax.ContextLiteral(entries=entries):
            return types.ContextOf(tuple((key, _inferred(entry) or types.ANY) for key, entry in entries))
    return None


def _compile_call(node: syntax.Call, layers: Layers) -> Code:
    if node.named:
        return _compile_named_call(node, layers)
    function = compile_node(node.function, layers)
    codes = tuple(compile_node(argument, layers) for argument in node.positional)
    if isinstance(node.function, syntax.Name) and node.function.name in _LENIENT:
        return _lenient(function, codes, node)

    def call(frame: Scope, run: Run) -> Value:
        callee = function(frame, run)
        if callee is None:
            return _no_function(run, node)
        return invoke(run, callee, [code(frame, run) for code in codes], None, node)

    return call


_LENIENT = frozenset(["is defined", "get or else"])


def _lenient(function: Code, codes: tuple[Code, ...], node: Node) -> Code:
    """A call that asks whether something is there: what is missing in its arguments is no fault to tell of."""

    def call(frame: Scope, run: Run) -> Value:
        callee = function(frame, run)
        told = len(run.diagnostics)
        arguments = [code(frame, run) for code in codes]
        del run.diagnostics[told:]
        return invoke(run, callee, arguments, None, node)

    return call


def _compile_named_call(node: syntax.Call, layers: Layers) -> Code:
    function = compile_node(node.function, layers)
    codes = tuple((name, compile_node(argument, layers)) for name, argument in node.named)
    names = [name for name, _ in node.named]
    is_double = len(set(names)) < len(names)

    def call(frame: Scope, run: Run) -> Value:
        callee = function(frame, run)
        if callee is None:
            return _no_function(run, node)
        if is_double:
            run.note("feel_argument_twice", node)
            return None
        return invoke(run, callee, [], {name: code(frame, run) for name, code in codes}, node)

    return call


def _no_function(run: Run, node: syntax.Call) -> Value:
    name = node.function.name if isinstance(node.function, syntax.Name) else ""
    run.note("feel_no_function", node, {"name": name})
    return None


# Tests -------------------------------------------------------------------------------------------------------------


def _compile_in(node: syntax.In, layers: Layers) -> Code:
    value = compile_node(node.value, layers)
    # `?` in the tests is the value on the left: it gets a frame of its own only where it is used.
    uses_value = any(syntax.uses(test, "?") for test in node.tests)
    inner = (_VALUE_LAYER, *layers) if uses_value else layers
    codes = tuple(_compile_test(test, inner) for test in node.tests)

    def inclusion(frame: Scope, run: Run) -> Value:
        found = value(frame, run)
        if uses_value:
            inside = Frame(frame)
            inside["?"] = found
            return _any_test(codes, found, inside, run)
        return _any_test(codes, found, frame, run)

    return inclusion


def _any_test(codes: tuple[Test, ...], value: Value, frame: Scope, run: Run) -> bool | None:
    result: bool | None = False
    for code in codes:
        passed = code(value, frame, run)
        if passed is True:
            return True
        if passed is None:
            result = None
    return result


def _compile_test(node: Node, layers: Layers) -> Test:
    if isinstance(node, syntax.UnaryComparison):
        return _compile_comparison_test(node, layers)
    if isinstance(node, syntax.Literal):
        return _compile_literal_test(node)
    if isinstance(node, syntax.RangeLiteral):
        return _compile_range_test(node, layers)
    code = compile_node(node, layers)
    uses_value = syntax.uses(node, "?")

    def test(value: Value, frame: Scope, run: Run) -> bool | None:
        found = code(frame, run)
        if type(found) in _CONTAINERS:
            run.weigh(value)
            run.weigh(found)
        if uses_value:
            if found is None or isinstance(found, bool):
                return found
            return matches(value, found)
        if isinstance(found, bool) and not isinstance(value, bool):
            # A condition that does not look at the value, such as `x > 1`, decides by itself.
            return found if value is not None or not isinstance(node, syntax.Name) else False
        passed = matches(value, found)
        if passed is None and found is not None and value is not None:
            _note_incomparable(run, node, "in", value, found)
        return passed

    return test


def _compile_literal_test(node: syntax.Literal) -> Test:
    wanted = node.value
    kind = type(wanted)

    def literal(value: Value, frame: Scope, run: Run) -> bool | None:
        if type(value) is kind:
            return value == wanted if kind in _PLAIN else values.equal(value, wanted)
        passed = matches(value, wanted)
        if passed is None:
            _note_incomparable(run, node, "in", value, wanted)
        return passed

    return literal


def _compile_range_test(node: syntax.RangeLiteral, layers: Layers) -> Test:
    code = compile_node(node, layers)
    low = node.first.value if isinstance(node.first, syntax.Literal) else None
    high = node.last.value if isinstance(node.last, syntax.Literal) else None
    start_included, end_included = node.start_included, node.end_included

    def within(value: Value, frame: Scope, run: Run) -> bool | None:
        wanted = code(frame, run)
        passed = None if wanted is None else matches(value, wanted)
        if passed is None and value is not None and wanted is not None:
            _note_incomparable(run, node, "in", value, wanted)
        return passed

    if not (isinstance(low, Decimal) and isinstance(high, Decimal)):
        return within

    def within_numbers(value: Value, frame: Scope, run: Run) -> bool | None:
        if type(value) is not Decimal:
            return within(value, frame, run)
        return (low < value or (start_included and low == value)) and (value < high or (end_included and value == high))

    return within_numbers


def _compile_comparison_test(node: syntax.UnaryComparison, layers: Layers) -> Test:
    operand, operator = compile_node(node.operand, layers), node.operator
    decide = _COMPARE[operator]

    def comparison(value: Value, frame: Scope, run: Run) -> bool | None:
        wanted = operand(frame, run)
        if type(wanted) in _CONTAINERS:
            run.weigh(value)
            run.weigh(wanted)
        passed = decide(value, wanted)
        if passed is None and value is not None:
            _note_incomparable(run, node, operator, value, wanted)
        return passed

    return comparison


def matches(value: Value, wanted: Value) -> bool | None:
    """Whether a value is what a test's expression gave: equal to it, in its range, or in its list of these."""
    if isinstance(wanted, Range):
        if isinstance(value, Range):
            return values.equal(value, wanted)
        return ranges.contains(wanted, value)
    if isinstance(wanted, list):
        same = values.equal(value, wanted) if isinstance(value, list) else None
        if same is True:
            return True
        result: bool | None = False
        for each in wanted:
            passed = _matches_item(value, each)
            if passed is True:
                return True
            if passed is None:
                result = None
        return result
    return values.equal(value, wanted)


def _matches_item(value: Value, wanted: Value) -> bool | None:
    if isinstance(wanted, Range) and not isinstance(value, Range):
        return ranges.contains(wanted, value)
    return values.equal(value, wanted)


_COMPILERS: dict[type[Node], Callable[..., Code]] = {
    syntax.Literal: _compile_literal,
    syntax.InvalidAt: _compile_invalid_at,
    syntax.Name: _compile_name,
    syntax.Path: _compile_path,
    syntax.Filter: _compile_filter,
    syntax.Call: _compile_call,
    syntax.Negative: _compile_negative,
    syntax.Arithmetic: _compile_arithmetic,
    syntax.Comparison: _compile_comparison,
    syntax.Between: _compile_between,
    syntax.In: _compile_in,
    syntax.And: _compile_and,
    syntax.Or: _compile_or,
    syntax.InstanceOf: _compile_instance_of,
    syntax.If: _compile_if,
    syntax.Span: _compile_span,
    syntax.For: _compile_for,
    syntax.Quantified: _compile_quantified,
    syntax.FunctionDefinition: _compile_function,
    syntax.ContextLiteral: _compile_context,
    syntax.ListLiteral: _compile_list,
    syntax.RangeLiteral: _compile_range,
    syntax.UnaryComparison: _compile_unary_comparison,
}
