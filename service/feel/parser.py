"""FEEL tokens to a syntax tree. Names are resolved by what is in scope, the longest known name first.

A known name that consists of several tokens (`Person's age`, `a-b`, `date and time`) is one name wherever its tokens
stand in a row; a name of one token needs not be known. The parser therefore follows scopes: the given names, and those
that contexts, loops, functions and filters bring along. DMN 1.5, 10.3.1.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from service.feel import lexer, limits, syntax, temporal, types, values
from service.feel.diagnostics import FeelSyntaxError
from service.feel.lexer import AT, END, NAME, NUMBER, QUOTED, STRING, SYMBOL, Token
from service.feel.syntax import Node

# Other keywords, such as `not`, `external` or `between`, are names where no operator can stand.
_EXPECTED = {
    "end": "feel_expected_end",
    "expression": "feel_expected_expression",
    "name": "feel_expected_name",
    "type": "feel_expected_type",
}
_RESERVED = frozenset(["and", "else", "for", "if", "in", "or", "return", "satisfies", "then"])
_COMPARISONS = frozenset(["=", "!=", "<", "<=", ">", ">="])
_BINARY = {"+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_OR, _AND, _COMPARE, _ADD = 1, 2, 3, 4
_PROPERTIES = ("time offset", "start included", "end included")

Index = dict[str, list[tuple[tuple[str, ...], str]]]  # first token -> names of several tokens, longest first


def parse_expression(text: str, names: frozenset[str], builtins: frozenset[str] = frozenset()) -> Node:
    parser = _Parser(text, names, builtins)
    node = parser.expression()
    parser.expect_end()
    return node


def parse_tests(text: str, names: frozenset[str], builtins: frozenset[str] = frozenset()) -> syntax.Tests:
    """Unary tests: `-`, tests in a row, or `not(...)` around them. An empty text is `-`."""
    parser = _Parser(text, names, builtins)
    tests = parser.negated_tests() or parser.tests()
    parser.expect_end()
    return tests


def parse_type(text: str, names: frozenset[str] = frozenset()) -> types.Type:
    """A type reference as in `instance of`: `list<number>`, `days and time duration`, a model's own name."""
    parser = _Parser(text, names)
    kind = parser.type_reference()
    parser.expect_end()
    return kind


@lru_cache(maxsize=4096)
def _name_tokens(name: str) -> tuple[str, ...]:
    try:
        return tuple(token.text for token in lexer.tokens(name) if token.kind != END)
    except FeelSyntaxError:
        return ()  # cannot be written as a name at all; `get value` reaches it


def _index(names: Iterable[str]) -> Index:
    found: Index = {}
    for name in set(names):
        parts = _name_tokens(name)
        if len(parts) > 1:
            found.setdefault(parts[0], []).append((parts, name))
    for row in found.values():
        row.sort(key=lambda entry: -len(entry[0]))
    return found


@lru_cache(maxsize=512)
def _given_index(names: frozenset[str]) -> Index:
    return _index(names)


_TYPE_INDEX = _index(types.BUILT_IN)
_PROPERTY_INDEX = _index(_PROPERTIES)


class _Parser:
    def __init__(self, text: str, names: frozenset[str], builtins: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.tokens = lexer.tokens(text)
        self.position = 0
        self.depth = 0
        self.given = _given_index(names)
        self.builtins = _given_index(builtins)
        self.locals: list[Index] = []
        self.keys = _index(_context_keys(self.tokens, text))

    # Tokens ---------------------------------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.position + ahead, len(self.tokens) - 1)]

    def at_symbol(self, *symbols: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == SYMBOL and token.text in symbols

    def at_word(self, word: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == NAME and token.text == word

    def take(self) -> Token:
        token = self.tokens[self.position]
        self.position += 1
        return token

    def take_symbol(self, symbol: str) -> Token:
        if not self.at_symbol(symbol):
            raise self.unexpected(symbol)
        return self.take()

    def take_word(self, word: str) -> Token:
        if not self.at_word(word):
            raise self.unexpected(word)
        return self.take()

    def expect_end(self) -> None:
        if self.token.kind != END:
            raise self.unexpected("end")

    def unexpected(self, expected: str) -> FeelSyntaxError:
        token = self.token
        if token.kind == END:
            return FeelSyntaxError("feel_unexpected_end", self.text, token.start, expected=expected)
        found = self.text[token.start : token.end][:40]
        code = _EXPECTED.get(expected, "feel_expected")
        return FeelSyntaxError(code, self.text, token.start, expected=expected, found=found)

    @property
    def last_end(self) -> int:
        return self.tokens[self.position - 1].end if self.position else 0

    # Names ----------------------------------------------------------------------------------------------------------

    def match_name(self, *indexes: Index) -> tuple[str, int] | None:
        """The longest name of several tokens that stands here, and its number of tokens."""
        first = self.token.text
        best: tuple[str, int] | None = None
        for index in indexes:
            for parts, name in index.get(first, ()):
                if best is not None and len(parts) <= best[1]:
                    break
                if self.stands_here(parts):
                    best = (name, len(parts))
                    break
        return best

    def stands_here(self, parts: tuple[str, ...]) -> bool:
        end = self.position + len(parts)
        if end > len(self.tokens):
            return False
        for part, token in zip(parts, self.tokens[self.position : end], strict=True):
            if token.text != part or token.kind in {STRING, AT, QUOTED}:
                return False
        return True

    def known_name(self) -> tuple[str, int] | None:
        """A name of several tokens at this place: one in scope, else a builtin's that is called or stands alone."""
        own = self.match_name(self.given, *self.locals)
        builtin = self.match_name(self.builtins)
        if builtin is None:
            return own
        following = self.peek(builtin[1])
        is_called = following.kind == SYMBOL and following.text == "("
        if own is None:
            return builtin
        return builtin if is_called and builtin[1] > own[1] else own

    def within(self, names: Iterable[str], parse: Callable[[], Node]) -> Node:
        """Parse something in which these names are known too."""
        self.locals.append(_index(names))
        try:
            return parse()
        finally:
            self.locals.pop()

    def free_name(self, *ends: str) -> str:
        """A name that is being given: all tokens up to one of the ends."""
        start = self.token.start
        first = self.position
        while True:
            token = self.token
            if self.position > first and token.kind in {SYMBOL, NAME} and token.text in ends:
                break
            if token.kind == QUOTED and self.position == first:
                return self.take().text
            is_part = token.kind in {NAME, NUMBER} or (token.kind == SYMBOL and token.text in _NAME_SYMBOLS)
            if not is_part or (self.position == first and token.kind != NAME):
                raise self.unexpected("name")
            self.position += 1
        return _collapsed(self.text[start : self.last_end])

    # Expressions ----------------------------------------------------------------------------------------------------

    def expression(self) -> Node:
        return self.binary(_OR)

    def binary(self, level: int) -> Node:
        """Operators by precedence climbing, so that nesting costs few of Python's frames."""
        self.depth += 1
        if self.depth > limits.MAX_NESTING:
            raise FeelSyntaxError("feel_too_nested", self.text, self.token.start, limit=limits.MAX_NESTING)
        node = self.operators(self.unary(), level)
        self.depth -= 1
        return node

    def operators(self, left: Node, level: int) -> Node:
        """What follows a left operand, as far as it binds at least as tightly as `level`."""
        chain = 0
        while True:
            token = self.token
            chain += 1
            if chain > 2 * limits.MAX_NESTING and token.text not in {"and", "or"}:
                raise FeelSyntaxError("feel_too_nested", self.text, token.start, limit=limits.MAX_NESTING)
            if token.kind == SYMBOL:
                if token.text in _BINARY:
                    own = _BINARY[token.text]
                    if own < level:
                        return left
                    self.position += 1
                    right = self.binary(own + 1)
                    left = syntax.Arithmetic(left.start, right.end, token.text, left, right)
                elif token.text in _COMPARISONS:
                    if level > _COMPARE:
                        return left
                    self.position += 1
                    right = self.binary(_ADD)
                    left = syntax.Comparison(left.start, right.end, token.text, left, right)
                else:
                    return left
            elif token.kind == NAME:
                following = self.word_operator(left, token.text, level)
                if following is None:
                    return left
                left = following
            else:
                return left

    def word_operator(self, left: Node, word: str, level: int) -> Node | None:
        if word == "or" and level <= _OR:
            return self.junction(left, "or", _AND)
        if word == "and" and level <= _AND:
            return self.junction(left, "and", _COMPARE)
        if level > _COMPARE:
            return None
        if word == "between":
            self.position += 1
            low = self.binary(_ADD)
            self.take_word("and")
            high = self.binary(_ADD)
            return syntax.Between(left.start, high.end, left, low, high)
        if word == "in":
            self.position += 1
            tests = self.in_tests()
            return syntax.In(left.start, self.last_end, left, tests)
        if word == "instance" and self.peek().text == "of":
            self.position += 2
            kind = self.type_reference()
            return syntax.InstanceOf(left.start, self.last_end, left, kind)
        return None

    def junction(self, left: Node, word: str, level: int) -> Node:
        operands = [left]
        while self.at_word(word):
            self.position += 1
            operands.append(self.binary(level))
        made = syntax.Or if word == "or" else syntax.And
        return made(left.start, operands[-1].end, tuple(operands))

    def unary(self) -> Node:
        if self.at_symbol("-"):
            start = self.token.start
            signs = 0
            while self.at_symbol("-"):
                self.position += 1
                signs += 1
            # The sign binds tighter than any operator: -5 ** 2 is 25 (conformance case 0100).
            operand = self.postfix(self.primary())
            if isinstance(operand, syntax.Literal) and isinstance(operand.value, Decimal):
                value = operand.value if signs % 2 == 0 else operand.value.copy_negate()
                return syntax.Literal(start, operand.end, value)
            for _ in range(2 - signs % 2):  # two for an even number, so that the operand's kind is looked at
                operand = syntax.Negative(start, operand.end, operand)
            return operand
        return self.postfix(self.primary())

    def postfix(self, node: Node) -> Node:
        length = 0
        while self.token.kind == SYMBOL:
            length += 1
            if length > 2 * limits.MAX_NESTING:
                raise FeelSyntaxError("feel_too_nested", self.text, self.token.start, limit=limits.MAX_NESTING)
            symbol = self.token.text
            if symbol == ".":
                self.position += 1
                node = syntax.Path(node.start, self.last_end, node, self.property_name())
            elif symbol == "[":
                if not self.is_filter():
                    break
                self.position += 1
                self.locals.append(self.keys)
                condition = self.ranged()
                self.locals.pop()
                self.take_symbol("]")
                node = syntax.Filter(node.start, self.last_end, node, condition)
            elif symbol == "(":
                node = self.call(node)
            else:
                break
        return node

    def is_filter(self) -> bool:
        """Whether `[` opens a filter: after `..` of an open range such as `[1..10[` it closes it."""
        return not (self.range_depth and self.closes_range())

    range_depth = 0

    def closes_range(self) -> bool:
        following = self.peek()
        if following.kind == END or (
            following.kind == SYMBOL and following.text in {")", "]", "}", ",", ".", "=", "!="}
        ):
            return True
        # `[1..10[ instance of ...` or `x in [1..10[ and y`: an operator cannot begin a filter.
        return following.kind == NAME and following.text in _AFTER_RANGE

    def property_name(self) -> str:
        token = self.token
        if token.kind == QUOTED:
            return self.take().text
        if token.kind != NAME:
            raise self.unexpected("name")
        known = self.match_name(_PROPERTY_INDEX, self.keys, self.given, *self.locals)
        if known is not None:
            self.position += known[1]
            return known[0]
        return self.take().text

    def call(self, function: Node) -> Node:
        self.take_symbol("(")
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.at_symbol(")"):
            name = self.parameter_name() if not positional else None
            if name is not None:
                named.append((name, self.ranged()))
            elif named:
                raise self.unexpected("name")
            else:
                positional.append(self.ranged())
            if not self.at_symbol(","):
                break
            self.position += 1
            if self.at_symbol(")"):
                raise self.unexpected("expression")
        self.take_symbol(")")
        return syntax.Call(function.start, self.last_end, function, tuple(positional), tuple(named))

    def parameter_name(self) -> str | None:
        """The `name:` of a named argument, taken; None when the argument has none."""
        first = self.position
        if self.tokens[first].kind not in {NAME, QUOTED}:
            return None
        for index in range(first, min(first + 16, len(self.tokens))):
            token = self.tokens[index]
            if token.kind == SYMBOL and token.text == ":":
                start, end = self.tokens[first].start, self.tokens[index - 1].end
                self.position = index + 1
                if self.tokens[first].kind == QUOTED:
                    return self.tokens[first].text
                return _collapsed(self.text[start:end])
            if token.kind not in {NAME, NUMBER, QUOTED} and token.text not in _NAME_SYMBOLS:
                return None
        return None

    # Primaries ------------------------------------------------------------------------------------------------------

    def primary(self) -> Node:
        token = self.token
        match token.kind:
            case "number":
                self.position += 1
                return syntax.Literal(token.start, token.end, _number(token, self.text))
            case "string":
                self.position += 1
                return syntax.Literal(token.start, token.end, token.text)
            case "at":
                self.position += 1
                moment = temporal.parse(token.text)
                if moment is None:
                    return syntax.InvalidAt(token.start, token.end, token.text)
                return syntax.Literal(token.start, token.end, moment)
            case "quoted":
                self.position += 1
                return syntax.Name(token.start, token.end, token.text)
            case "name":
                return self.word()
            case "symbol":
                return self.bracketed()
        raise self.unexpected("expression")

    def word(self) -> Node:
        token = self.token
        known = self.known_name()
        if known is not None:
            self.position += known[1]
            return syntax.Name(token.start, self.last_end, known[0])
        self.position += 1
        match token.text:
            case "null":
                return syntax.Literal(token.start, token.end, None)
            case "true":
                return syntax.Literal(token.start, token.end, True)
            case "false":
                return syntax.Literal(token.start, token.end, False)
            case "if":
                return self.conditional(token)
            case "for":
                return self.loop(token)
            case "some" | "every" if self.token.kind in {NAME, QUOTED} and self.token.text not in _RESERVED:
                return self.quantified(token)
            case "function" if self.at_symbol("("):
                return self.function_definition(token)
        if token.text in _RESERVED:
            self.position -= 1
            raise self.unexpected("expression")
        return syntax.Name(token.start, token.end, token.text)

    def bracketed(self) -> Node:
        token = self.token
        match token.text:
            case "?":
                self.position += 1
                return syntax.Name(token.start, token.end, "?")
            case "(":
                return self.parenthesis()
            case "[" | "]":
                return self.list_or_range()
            case "{":
                return self.context()
        raise self.unexpected("expression")

    def parenthesis(self) -> Node:
        opening = self.take()
        if self.at_symbol(*_COMPARISONS):
            operator = self.take().text
            operand = self.binary(_ADD)
            self.take_symbol(")")
            return syntax.UnaryComparison(opening.start, self.last_end, operator, operand)
        inner = self.ranged()
        if self.at_symbol(".."):
            return self.range_rest(opening, inner)
        self.take_symbol(")")
        return _placed(inner, opening.start, self.last_end)

    def ranged(self) -> Node:
        """An expression between brackets, where `[` after it opens a filter again."""
        outer, self.range_depth = self.range_depth, 0
        try:
            return self.expression()
        finally:
            self.range_depth = outer

    def range_rest(self, opening: Token, first: Node) -> Node:
        self.take_symbol("..")
        outer, self.range_depth = self.range_depth, 1
        try:
            last = self.binary(_ADD)
        finally:
            self.range_depth = outer
        if not self.at_symbol("]", ")", "["):
            raise self.unexpected("]")
        closing = self.take()
        return syntax.RangeLiteral(opening.start, closing.end, first, last, opening.text == "[", closing.text == "]")

    def list_or_range(self) -> Node:
        opening = self.take()
        if opening.text == "[" and self.at_symbol("]") and not self.begins_range():
            self.position += 1
            return syntax.ListLiteral(opening.start, self.last_end, ())
        first = self.ranged()
        if self.at_symbol(".."):
            return self.range_rest(opening, first)
        if opening.text == "]":
            raise self.unexpected("..")
        items = [first]
        while self.at_symbol(","):
            self.position += 1
            items.append(self.ranged())
        self.take_symbol("]")
        return syntax.ListLiteral(opening.start, self.last_end, tuple(items))

    def begins_range(self) -> bool:
        """Whether the `]` here opens a range as in `[ ]1..2] ]`, and does not close an empty list."""
        following = self.peek()
        if following.kind == NAME:
            return following.text not in _AFTER_RANGE
        return following.kind in {NUMBER, STRING, AT, QUOTED}

    def context(self) -> Node:
        opening = self.take_symbol("{")
        entries: list[tuple[str, Node]] = []
        known: Index = {}
        self.locals.append(known)
        outer, self.range_depth = self.range_depth, 0
        while not self.at_symbol("}"):
            key = self.take().text if self.token.kind == STRING else self.free_name(":")
            self.take_symbol(":")
            # An entry sees those before it. Only a function sees its own, to call itself: in `{"a.b": f(a.b)}` the
            # value reads the path of an outer `a`.
            recursive = self.at_word("function")
            if recursive:
                self.learn(known, key)
            entries.append((key, self.expression()))
            if not recursive:
                self.learn(known, key)
            if not self.at_symbol(","):
                break
            self.position += 1
            if self.at_symbol("}"):
                raise self.unexpected("name")
        self.take_symbol("}")
        self.range_depth = outer
        self.locals.pop()
        return syntax.ContextLiteral(opening.start, self.last_end, tuple(entries))

    @staticmethod
    def learn(known: Index, name: str) -> None:
        for first, row in _index([name]).items():
            known.setdefault(first, []).extend(row)
            known[first].sort(key=lambda entry: -len(entry[0]))

    def conditional(self, opening: Token) -> Node:
        condition = self.expression()
        self.take_word("then")
        then = self.expression()
        self.take_word("else")
        otherwise = self.expression()
        return syntax.If(opening.start, self.last_end, condition, then, otherwise)

    def iterators(self) -> tuple[tuple[syntax.Iterator_, ...], int]:
        """The iterators and how many scopes they opened, which the caller closes."""
        found: list[syntax.Iterator_] = []
        while True:
            start = self.token.start
            name = self.free_name("in")
            self.take_word("in")
            domain = self.expression()
            if self.at_symbol(".."):
                self.position += 1
                last = self.binary(_ADD)
                domain = syntax.Span(domain.start, last.end, domain, last)
            found.append(syntax.Iterator_(start, domain.end, name, domain))
            self.locals.append(_index([name]))
            if not self.at_symbol(","):
                return tuple(found), len(found)
            self.position += 1

    def loop(self, opening: Token) -> Node:
        iterators, opened = self.iterators()
        self.take_word("return")
        body = self.expression()
        del self.locals[-opened:]
        return syntax.For(opening.start, self.last_end, iterators, body)

    def quantified(self, opening: Token) -> Node:
        iterators, opened = self.iterators()
        self.take_word("satisfies")
        condition = self.expression()
        del self.locals[-opened:]
        return syntax.Quantified(opening.start, self.last_end, opening.text == "every", iterators, condition)

    def function_definition(self, opening: Token) -> Node:
        self.take_symbol("(")
        parameters: list[tuple[str, types.Type | None]] = []
        while not self.at_symbol(")"):
            name = self.free_name(":", ",", ")")
            kind = None
            if self.at_symbol(":"):
                self.position += 1
                kind = self.type_reference()
            parameters.append((name, kind))
            if not self.at_symbol(","):
                break
            self.position += 1
        self.take_symbol(")")
        external = self.at_word("external")
        if external:
            self.position += 1
        body = self.within([name for name, _ in parameters], self.expression)
        return syntax.FunctionDefinition(opening.start, self.last_end, tuple(parameters), body, external)

    # Types ----------------------------------------------------------------------------------------------------------

    def type_reference(self) -> types.Type:
        self.depth += 1
        if self.depth > limits.MAX_NESTING:
            raise FeelSyntaxError("feel_too_nested", self.text, self.token.start, limit=limits.MAX_NESTING)
        try:
            return self.type_name()
        finally:
            self.depth -= 1

    def type_name(self) -> types.Type:
        if self.token.kind == QUOTED:
            return types.Named(self.take().text)
        if self.token.kind != NAME:
            raise self.unexpected("type")
        known = self.match_name(_TYPE_INDEX, self.given)
        if known is not None:
            self.position += known[1]
            return types.BUILT_IN.get(known[0]) or types.Named(known[0])
        word = self.take().text
        if self.at_symbol("<"):
            match word:
                case "list":
                    return types.ListOf(self.type_argument())
                case "range":
                    return types.RangeOf(self.type_argument())
                case "context":
                    return self.context_type()
                case "function":
                    return self.function_type()
        while self.at_symbol(".") and self.peek().kind == NAME:
            self.position += 1
            word += "." + self.take().text
        return types.BUILT_IN.get(word) or types.Named(word)

    def type_argument(self) -> types.Type:
        self.take_symbol("<")
        inner = self.type_reference()
        self.take_symbol(">")
        return inner

    def context_type(self) -> types.Type:
        self.take_symbol("<")
        entries = []
        while not self.at_symbol(">"):
            name = self.free_name(":")
            self.take_symbol(":")
            entries.append((name, self.type_reference()))
            if not self.at_symbol(","):
                break
            self.position += 1
        self.take_symbol(">")
        return types.ContextOf(tuple(entries))

    def function_type(self) -> types.Type:
        self.take_symbol("<")
        parameters = []
        while not self.at_symbol(">"):
            parameters.append(self.type_reference())
            if not self.at_symbol(","):
                break
            self.position += 1
        self.take_symbol(">")
        self.take_symbol("->")
        return types.FunctionOf(tuple(parameters), self.type_reference())

    # Tests ----------------------------------------------------------------------------------------------------------

    def in_tests(self) -> tuple[Node, ...]:
        """What follows `in`: one test, or tests in parentheses, which may also open a range or an expression."""
        if not self.at_symbol("("):
            return (self.test(_ADD),)
        opening = self.take()
        outer, self.range_depth = self.range_depth, 0
        tests = [self.test(_OR)]
        if not self.at_symbol(".."):
            while self.at_symbol(","):
                self.position += 1
                tests.append(self.test(_OR))
            self.take_symbol(")")
        self.range_depth = outer
        if self.at_symbol(".."):
            return (self.operators(self.postfix(self.range_rest(opening, tests[0])), _ADD),)
        if len(tests) == 1 and not isinstance(tests[0], syntax.UnaryComparison):
            node = _placed(tests[0], opening.start, self.last_end)
            return (self.operators(self.postfix(node), _ADD),)
        return tuple(tests)

    def test(self, level: int) -> Node:
        """A positive unary test."""
        if self.at_symbol(*_COMPARISONS):
            operator = self.take()
            operand = self.binary(_ADD)
            node: Node = syntax.UnaryComparison(operator.start, operand.end, operator.text, operand)
            if level <= _AND and (self.at_word("and") or self.at_word("or")):
                raise self.unexpected(",")
            return node
        return self.binary(level)

    def tests(self) -> syntax.Tests:
        if self.token.kind == END or (self.at_symbol("-") and self.peek().kind == END):
            end = self.token.end
            if self.token.kind != END:
                self.position += 1
            return syntax.Tests(0, end, (), negated=False, any=True)
        found = [self.test(_OR)]
        while self.at_symbol(","):
            self.position += 1
            found.append(self.test(_OR))
        return syntax.Tests(0, self.last_end, tuple(found), negated=False, any=False)

    def negated_tests(self) -> syntax.Tests | None:
        """`not(tests)` as the whole text; None when it is something else, such as `not(a) and b`."""
        if not (self.at_word("not") and self.peek().kind == SYMBOL and self.peek().text == "("):
            return None
        self.position += 2
        try:
            inner = self.tests()
            self.take_symbol(")")
        except FeelSyntaxError:
            if self.token.kind == END:
                raise
            inner = None
        if inner is None or self.token.kind != END:
            self.position = 0
            self.depth = 0
            self.locals.clear()
            return None
        return syntax.Tests(0, self.last_end, inner.tests, negated=True, any=inner.any)


_NAME_SYMBOLS = frozenset([".", "/", "-", "'", "+", "*", "**", "->", "?"])
_AFTER_RANGE = frozenset(["and", "or", "then", "else", "return", "satisfies", "instance", "in", "between", "external"])
_SPACES = re.compile(r"\s+")


def _collapsed(name: str) -> str:
    return _SPACES.sub(" ", name.strip())


def _number(token: Token, text: str) -> Decimal:
    try:
        return values.NUMBERS.create_decimal(token.text)
    except ArithmeticError as error:
        raise FeelSyntaxError("feel_number_range", text, token.start, found=token.text[:40]) from error


def _placed(node: Node, start: int, end: int) -> Node:
    """The node with the parentheses around it in its place."""
    return replace(node, start=start, end=end)


def _context_keys(tokens: list[Token], text: str) -> list[str]:
    """Keys of several tokens of the contexts in the text: they may be read by a path or in a filter."""
    found: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind != SYMBOL or token.text not in {"{", ","}:
            continue
        last = index + 1
        if tokens[last].kind == STRING and tokens[last + 1].text == ":":
            # With an operator in it the path would more likely be meant as one: `{"net+tax": order.net+tax}`.
            if all(part.replace("_", "a").isalnum() for part in _name_tokens(tokens[last].text)):
                found.append(tokens[last].text)
            continue
        while tokens[last].kind in {NAME, NUMBER} or tokens[last].text in _NAME_SYMBOLS:
            last += 1
            if last >= len(tokens):
                break
        if last - index > 2 and last < len(tokens) and tokens[last].text == ":":
            found.append(_collapsed(text[tokens[index + 1].start : tokens[last - 1].end]))
    return found
