"""The safe subset of JUEL that Camunda 7 diagrams use: names, paths, comparisons, logic, arithmetic, `empty`.

Text around `${…}` makes a template whose value is text; a lone `${…}` keeps the value's type. Methods, beans and
assignments aren't part of it: nothing here can reach beyond the scope's values.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from service import feel
from service.errors import ServiceError
from service.feel import Value


class JuelError(ServiceError):
    """Text outside the subset (with `position`, 0-based), or a value that an operator cannot use."""


Evaluate = Callable[["Frame"], Value]


@dataclass(frozen=True, slots=True)
class Frame:
    scope: Mapping[str, Value]
    environment: feel.Environment


@dataclass(frozen=True, slots=True)
class Template:
    """Parts in order: text, or an expression."""

    parts: tuple[str | Evaluate, ...]
    names: frozenset[str]

    def evaluate(self, scope: Mapping[str, Value], environment: feel.Environment) -> Value:
        frame = Frame(scope, environment)
        if len(self.parts) == 1 and not isinstance(self.parts[0], str):
            return self.parts[0](frame)
        return "".join(part if isinstance(part, str) else _text(part(frame)) for part in self.parts)


def parse(text: str) -> Template:
    """Parse a template. Raises `JuelError` naming the position of what isn't understood."""
    parts: list[str | Evaluate] = []
    names: set[str] = set()
    position = 0
    while position < len(text):
        starts = [i for i in (text.find("${", position), text.find("#{", position)) if i >= 0]
        if not starts:
            parts.append(text[position:])
            break
        begin = min(starts)
        if begin > position:
            parts.append(text[position:begin])
        parser = _Parser(text, begin + 2)
        parts.append(parser.whole())
        names |= parser.names
        position = parser.end
    return Template(tuple(parts), frozenset(names))


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
    | (?P<symbol>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:().\[\]{}=,;])
    )""",
    re.X,
)

_WORDS = {"and": "&&", "or": "||", "not": "!", "eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=",
          "div": "/", "mod": "%"}  # fmt: skip
_FORBIDDEN = frozenset({"execution", "task", "caseExecution", "instanceof"})


class _Parser:
    """Recursive descent over one `${…}`; each method returns a function of the frame."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.at = text, start
        self.names: set[str] = set()
        self.end = start
        self.kind, self.value, self.begin = "", "", start
        self._next()

    def whole(self) -> Evaluate:
        result = self._choice()
        if self.value != "}":
            raise self._error()
        return result

    def _next(self) -> None:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            self.kind, self.value, self.begin = "end", "", len(self.text)
            if self.text[self.at :].strip():
                self.begin = self.at
                raise self._error()
            return
        self.kind = match.lastgroup or ""
        self.value = match.group(self.kind)
        self.begin = match.start(self.kind)
        self.at = self.end = match.end()
        if self.kind == "name" and self.value in _WORDS:
            self.kind, self.value = "symbol", _WORDS[self.value]

    def _error(self, code: str = "bpmn.juel_not_understood") -> JuelError:
        return JuelError(code, text=self.text, position=self.begin, found=self.value or self.text[self.begin :][:10])

    def _take(self, *symbols: str) -> str | None:
        if self.kind == "symbol" and self.value in symbols:
            taken = self.value
            self._next()
            return taken
        return None

    def _expect(self, symbol: str) -> None:
        if self._take(symbol) is None:
            raise self._error()

    def _choice(self) -> Evaluate:
        condition = self._or()
        if self._take("?") is None:
            return condition
        then = self._choice()
        self._expect(":")
        otherwise = self._choice()
        return lambda frame: then(frame) if _truth(condition(frame)) else otherwise(frame)

    def _or(self) -> Evaluate:
        left = self._and()
        while self._take("||"):
            left = _either(left, self._and())
        return left

    def _and(self) -> Evaluate:
        left = self._equality()
        while self._take("&&"):
            left = _both(left, self._equality())
        return left

    def _equality(self) -> Evaluate:
        left = self._relation()
        while symbol := self._take("==", "!="):
            left = _equality(left, self._relation(), symbol == "==")
        return left

    def _relation(self) -> Evaluate:
        left = self._sum()
        while symbol := self._take("<", ">", "<=", ">="):
            left = _relation(left, self._sum(), symbol)
        return left

    def _sum(self) -> Evaluate:
        left = self._product()
        while symbol := self._take("+", "-"):
            left = _arithmetic(left, self._product(), symbol)
        return left

    def _product(self) -> Evaluate:
        left = self._unary()
        while symbol := self._take("*", "/", "%"):
            left = _arithmetic(left, self._unary(), symbol)
        return left

    def _unary(self) -> Evaluate:
        if self._take("!"):
            operand = self._unary()
            return lambda frame: not _truth(operand(frame))
        if self._take("-"):
            operand = self._unary()
            return lambda frame: -_number(operand(frame))
        if self.kind == "name" and self.value == "empty":
            self._next()
            operand = self._lenient(self._unary())
            return lambda frame: operand(frame) in (None, "", [], {})
        return self._path()

    @staticmethod
    def _lenient(operand: Evaluate) -> Evaluate:
        """`empty x` is true for a name that isn't there."""

        def evaluate(frame: Frame) -> Value:
            try:
                return operand(frame)
            except JuelError:
                return None

        return evaluate

    def _path(self) -> Evaluate:
        value = self._primary()
        while symbol := self._take(".", "["):
            if symbol == ".":
                if self.kind != "name":
                    raise self._error()
                key, self_name = self.value, self.begin
                self._next()
                if self.kind == "symbol" and self.value == "(":
                    self.begin = self_name
                    raise self._error("bpmn.juel_method_refused")
                value = _member(value, lambda _frame, key=key: key)  # type: ignore[misc]
            else:
                index = self._choice()
                self._expect("]")
                value = _member(value, index)
        return value

    def _primary(self) -> Evaluate:
        kind, text = self.kind, self.value
        if kind == "number":
            self._next()
            number = Decimal(text)
            return lambda _frame: number
        if kind == "string":
            self._next()
            string = re.sub(r"\\(.)", r"\1", text[1:-1])
            return lambda _frame: string
        if kind == "symbol" and self._take("("):
            inner = self._choice()
            self._expect(")")
            return inner
        if kind == "name":
            if text in {"true", "false", "null"}:
                self._next()
                literal = {"true": True, "false": False, "null": None}[text]
                return lambda _frame: literal
            if text in _FORBIDDEN:
                raise self._error("bpmn.juel_bean_refused")
            begin = self.begin
            self._next()
            if self.kind == "symbol" and self.value == "(":
                return self._call(text, begin)
            self.names.add(text)
            return _name(text)
        raise self._error()

    def _call(self, name: str, begin: int) -> Evaluate:
        """Only `now()` and `dateTime()`: the moment of the step."""
        self._next()
        if name not in {"now", "dateTime"} or not (self.kind == "symbol" and self.value == ")"):
            self.begin = begin
            raise self._error("bpmn.juel_method_refused")
        self._next()
        return lambda frame: frame.environment.now.isoformat()


def _name(name: str) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        if name not in frame.scope:
            raise JuelError("bpmn.juel_unknown_name", name=name)
        return frame.scope[name]

    return evaluate


def _member(value: Evaluate, key: Evaluate) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        container, wanted = value(frame), key(frame)
        if isinstance(container, dict) and isinstance(wanted, str):
            return container.get(wanted)
        if isinstance(container, list) and isinstance(wanted, Decimal) and wanted == int(wanted):
            return container[int(wanted)] if 0 <= wanted < len(container) else None
        raise JuelError("bpmn.juel_no_member", member=_text(wanted))

    return evaluate


def _either(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda frame: _truth(left(frame)) or _truth(right(frame))


def _both(left: Evaluate, right: Evaluate) -> Evaluate:
    return lambda frame: _truth(left(frame)) and _truth(right(frame))


def _equality(left: Evaluate, right: Evaluate, wanted: bool) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        a, b = left(frame), right(frame)
        if isinstance(a, bool) is isinstance(b, bool) and isinstance(a, (int, Decimal)) is isinstance(
            b, (int, Decimal)
        ):
            return (a == b) is wanted
        return (_text(a) == _text(b) and a is not None and b is not None) is wanted

    return evaluate


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge,
}  # fmt: skip


def _relation(left: Evaluate, right: Evaluate, symbol: str) -> Evaluate:
    compare = _COMPARE[symbol]

    def evaluate(frame: Frame) -> Value:
        a, b = left(frame), right(frame)
        if a is None or b is None:
            return False
        if isinstance(a, str) and isinstance(b, str):
            return compare(a, b)
        return compare(_number(a), _number(b))

    return evaluate


def _arithmetic(left: Evaluate, right: Evaluate, symbol: str) -> Evaluate:
    def evaluate(frame: Frame) -> Value:
        a, b = _number(left(frame)), _number(right(frame))
        try:
            match symbol:
                case "+":
                    return a + b
                case "-":
                    return a - b
                case "*":
                    return a * b
                case "/":
                    return a / b
                case _:
                    return a % b
        except (InvalidOperation, ZeroDivisionError) as error:
            raise JuelError("bpmn.juel_division") from error

    return evaluate


def _number(value: Value) -> Decimal:
    """JUEL's coercion: null is 0, text that is a number is that number."""
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    raise JuelError("bpmn.juel_not_a_number", value=_text(value))


def _truth(value: Value) -> bool:
    """JUEL's coercion: null and empty text are false."""
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return value.lower() == "true"
    raise JuelError("bpmn.juel_not_a_boolean", value=_text(value))


def _text(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else (feel.string(value) or "")
