"""List functions. DMN 1.5, 10.3.4.4, and sort (10.3.4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cmp_to_key

from service.feel import values
from service.feel.builtins.signature import builtin, table
from service.feel.diagnostics import Failure
from service.feel.evaluation import Run, invoke
from service.feel.values import NUMBERS, Function, Value

_MAX_DEPTH = 100


def list_contains(items: list[Value], element: Value) -> bool:
    return any(_same(item, element) for item in items)


def count(items: list[Value]) -> Decimal:
    return Decimal(len(items))


def minimum(*arguments: Value) -> Value:
    return _extreme(_items(arguments), -1)


def maximum(*arguments: Value) -> Value:
    return _extreme(_items(arguments), 1)


def total(*arguments: Value) -> Value:
    """The sum; null of no numbers."""
    numbers = _numbers(arguments)
    if not numbers:
        return None
    result = Decimal(0)
    for number in numbers:
        result = NUMBERS.add(result, number)
    return result


def product(*arguments: Value) -> Value:
    numbers = _numbers(arguments)
    if not numbers:
        return None
    result = Decimal(1)
    for number in numbers:
        result = NUMBERS.multiply(result, number)
    return result


def mean(*arguments: Value) -> Value:
    numbers = _numbers(arguments)
    if not numbers:
        return None
    return NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))


def median(*arguments: Value) -> Value:
    numbers = sorted(_numbers(arguments))
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2))


def stddev(*arguments: Value) -> Value:
    """The deviation of a sample; null of fewer than two numbers."""
    numbers = _numbers(arguments)
    if len(numbers) < 2:
        raise Failure("feel_too_few", count=len(numbers), minimum=2)
    average = NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))
    squares = [NUMBERS.power(NUMBERS.subtract(number, average), Decimal(2)) for number in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(numbers) - 1)))


def mode(*arguments: Value) -> Value:
    """The most frequent numbers, ascending; all of them when all are equally frequent."""
    numbers = _numbers(arguments)
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    if not counts:
        return []
    most = max(counts.values())
    return list(sorted(number for number, times in counts.items() if times == most))


def all_(*arguments: Value) -> bool | None:
    """False when one is false, else null when one is no boolean, else true."""
    return _combined(_items(arguments), decisive=False)


def any_(*arguments: Value) -> bool | None:
    return _combined(_items(arguments), decisive=True)


def sublist(items: list[Value], start: Decimal, length: Decimal | None) -> Value:
    first = _position(items, start)
    if length is None:
        return items[first:]
    size = values.whole(length)
    if size < 0 or first + size > len(items):
        raise Failure("feel_length", length=size)
    return items[first : first + size]


def append(items: list[Value], *added: Value) -> Value:
    return [*items, *added]


def concatenate(*lists: Value) -> Value:
    joined: list[Value] = []
    for each in lists:
        if each is None:
            raise Failure("feel_argument_null", argument="lists")
        joined.extend(each if isinstance(each, list) else [each])
    return joined


def insert_before(items: list[Value], position: Decimal, added: Value) -> Value:
    first = _position(items, position)
    return [*items[:first], added, *items[first:]]


def remove(items: list[Value], position: Decimal) -> Value:
    first = _position(items, position)
    return [*items[:first], *items[first + 1 :]]


def list_replace(items: list[Value], position: Decimal, added: Value) -> Value:
    first = _position(items, position)
    return [*items[:first], added, *items[first + 1 :]]


def list_replace_matching(run: Run, items: list[Value], match: Function, added: Value) -> Value:
    """The list with every item replaced for which `match(item, newItem)` is true."""
    replaced: list[Value] = []
    for item in items:
        passed = invoke(run, match, [item, added])
        if not isinstance(passed, bool):
            raise Failure("feel_condition", type=values.type_name(passed))
        replaced.append(added if passed else item)
    return replaced


def reverse(items: list[Value]) -> Value:
    return items[::-1]


def index_of(items: list[Value], match: Value) -> Value:
    """The positions, counted from 1, of the items equal to `match`."""
    return [Decimal(index) for index, item in enumerate(items, 1) if _same(item, match)]


def union(*lists: Value) -> Value:
    joined = concatenate(*lists)
    assert isinstance(joined, list)  # noqa: S101 - for the type checker
    return _distinct(joined)


def distinct_values(items: list[Value]) -> Value:
    return _distinct(items)


def duplicate_values(items: list[Value]) -> Value:
    """Camunda: one of each value that comes more than once, in the order of their first place."""
    return [bucket[0] for bucket in _buckets(items) if len(bucket) > 1]


def flatten(items: list[Value]) -> Value:
    flat: list[Value] = []
    _flatten(items, flat, 0)
    return flat


def sort(run: Run, items: list[Value], precedes: Function | None) -> Value:
    """Sorted so that `precedes(a, b)` holds for what stands before; items that precede neither way keep their order."""

    def order(left: Value, right: Value) -> int:
        if precedes is None:
            natural = values.compare(left, right)
            if natural is None:
                raise Failure(
                    "feel_comparison", operator="<", left=values.type_name(left), right=values.type_name(right)
                )
            return natural
        if _holds(run, precedes, left, right):
            return -1
        return 1 if _holds(run, precedes, right, left) else 0

    return sorted(items, key=cmp_to_key(order))


def partition(items: list[Value], size: Decimal) -> Value:
    """Camunda: lists of so many items each; the last may be shorter."""
    length = values.whole(size)
    if length < 1:
        raise Failure("feel_length", length=length)
    return [items[start : start + length] for start in range(0, len(items), length)]


def is_empty(items: list[Value]) -> bool:
    """Camunda."""
    return not items


def _holds(run: Run, precedes: Function, left: Value, right: Value) -> bool:
    result = invoke(run, precedes, [left, right])
    if not isinstance(result, bool):
        raise Failure("feel_condition", type=values.type_name(result))
    return result


def _items(arguments: tuple[Value, ...]) -> list[Value]:
    """The items, given as one list or one by one."""
    if len(arguments) == 1:
        only = arguments[0]
        if only is None:
            raise Failure("feel_argument_null", argument="list")
        return only if isinstance(only, list) else [only]
    return list(arguments)


def _numbers(arguments: tuple[Value, ...]) -> list[Decimal]:
    numbers: list[Decimal] = []
    for item in _items(arguments):
        if not isinstance(item, Decimal):
            raise Failure("feel_items", expected="number")
        numbers.append(item)
    return numbers


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    result = Decimal(0)
    for number in numbers:
        result = NUMBERS.add(result, number)
    return result


def _extreme(items: list[Value], sign: int) -> Value:
    if not items:
        return None
    best = items[0]
    if values.compare(best, best) is None:
        raise Failure("feel_comparison", operator="<", left=values.type_name(best), right=values.type_name(best))
    for item in items[1:]:
        order = values.compare(item, best)
        if order is None:
            raise Failure("feel_comparison", operator="<", left=values.type_name(item), right=values.type_name(best))
        if order == sign:
            best = item
    return best


def _combined(items: list[Value], *, decisive: bool) -> bool | None:
    result: bool | None = not decisive
    for item in items:
        if item is decisive:
            return decisive
        if not isinstance(item, bool):
            result = None
    return result


def _position(items: list[Value], position: Decimal) -> int:
    """The place in Python's counting of a position from 1, or from the end when negative."""
    index = values.whole(position)
    if index == 0 or abs(index) > len(items):
        raise Failure("feel_index", index=index, count=len(items))
    return index - 1 if index > 0 else len(items) + index


def _same(left: Value, right: Value) -> bool:
    kind = type(left)
    if kind is not type(right):
        return False  # no implicit conversion between the items of a list
    if kind is str or kind is Decimal:
        return left == right
    return values.equal(left, right) is True


def _distinct(items: list[Value]) -> list[Value]:
    return [bucket[0] for bucket in _buckets(items)]


def _buckets(items: list[Value]) -> list[list[Value]]:
    """The items that are the same together, in the order of the first of each."""
    by_key: dict[object, list[list[Value]]] = {}
    buckets: list[list[Value]] = []
    for item in items:
        alike = by_key.setdefault(values.key(item), [])
        bucket = next((one for one in alike if _same(one[0], item)), None)
        if bucket is None:
            bucket = []
            alike.append(bucket)
            buckets.append(bucket)
        bucket.append(item)
    return buckets


def _flatten(items: list[Value], flat: list[Value], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise Failure("feel_limit_depth")
    for item in items:
        if isinstance(item, list):
            _flatten(item, flat, depth + 1)
        else:
            flat.append(item)


def _aggregate(name: str, call: Callable[..., Value]) -> Function:
    """A function of one list, or of its items one by one."""
    return builtin(name, call, "list: any or null", variadic=True)


FUNCTIONS = table(
    builtin("list contains", list_contains, "list: list", "element: any or null"),
    builtin("count", count, "list: list"),
    _aggregate("min", minimum),
    _aggregate("max", maximum),
    _aggregate("sum", total),
    _aggregate("product", product),
    _aggregate("mean", mean),
    _aggregate("median", median),
    _aggregate("stddev", stddev),
    _aggregate("mode", mode),
    _aggregate("all", all_),
    _aggregate("any", any_),
    builtin("sublist", sublist, "list: list", "start position: number", "length: number?"),
    builtin("append", append, "list: list", "item: any or null", variadic=True),
    builtin("concatenate", concatenate, "list: any or null", variadic=True),
    builtin("insert before", insert_before, "list: list", "position: number", "newItem: any or null"),
    builtin("remove", remove, "list: list", "position: number"),
    builtin("list replace", list_replace, "list: list", "position: number", "newItem: any or null"),
    builtin(
        "list replace",
        list_replace_matching,
        "list: list",
        "match: function",
        "newItem: any or null",
        wants_run=True,
    ),
    builtin("reverse", reverse, "list: list"),
    builtin("index of", index_of, "list: list", "match: any or null"),
    builtin("union", union, "list: any or null", variadic=True),
    builtin("distinct values", distinct_values, "list: list"),
    builtin("flatten", flatten, "list: list"),
    builtin("sort", sort, "list: list", "precedes: function?", wants_run=True),
    # Camunda
    builtin("duplicate values", duplicate_values, "list: list"),
    builtin("partition", partition, "list: list", "size: number"),
    builtin("is empty", is_empty, "list: list"),
)
