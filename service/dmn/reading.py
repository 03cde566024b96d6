"""Help for reading: elements of all DMN versions alike, FEEL texts compiled, faults noted as findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from lxml import etree

from service import feel
from service.dmn.model import Logic, Run
from service.errors import Finding, Severity
from service.feel import syntax
from service.feel.types import ANY, BUILT_IN, FunctionOf, Named, Type, resolve

Element: TypeAlias = etree._Element  # lxml gives its element class no public name
Names: TypeAlias = frozenset[str]

_FEEL_LANGUAGES = ("feel", "s-feel", "camunda-feel")

# Spellings of old versions and of Camunda 7 beside those of `feel.types`.
_ALIASES = {
    "daysAndTimeDuration": "days and time duration",
    "yearsAndMonthsDuration": "years and months duration",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A FEEL expression of the model; unreadable ones evaluate to null with a diagnostic."""

    text: str
    element_id: str | None
    expression: feel.Expression | None
    constant: feel.Value = None
    is_constant: bool = False  # an empty text is the constant null
    variable: str | None = None  # where the expression is no more than a name

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        if self.is_constant:
            return self.constant
        if self.variable is not None and self.variable in scope:
            return scope[self.variable]
        if self.expression is None:
            run.note("dmn_expression_unreadable", self.element_id, expression=self.text)
            return None
        value = self.expression.run(scope, run.feel)
        if run.feel.diagnostics:
            run.take_diagnostics(self.element_id, self.text)
        return value


@dataclass(frozen=True, slots=True)
class Tests:
    """The unary tests of an input cell."""

    text: str
    element_id: str | None
    tests: feel.UnaryTests | None

    def passes(self, value: feel.Value, scope: Mapping[str, feel.Value], run: Run) -> bool:
        if self.tests is None:
            run.note("dmn_expression_unreadable", self.element_id, expression=self.text)
            return False
        outcome = self.tests.run(value, scope, run.feel)
        if run.feel.diagnostics:
            run.take_diagnostics(self.element_id, self.text)
        return outcome is True


# Their readers look at the typeRef: it is the type of a function's result, or a table is to stay recognisable.
_TYPED_BY_THEMSELVES = frozenset(["literalExpression", "functionDefinition", "decisionTable"])


@dataclass(frozen=True, slots=True)
class Typed:
    """A boxed expression whose value must have a declared type."""

    logic: Logic
    type: Type
    id: str | None

    @property
    def kind(self) -> str:
        return self.logic.kind

    def evaluate(self, scope: Mapping[str, feel.Value], run: Run) -> feel.Value:
        return run.coerce(self.logic.evaluate(scope, run), self.type, self.id)


@dataclass(slots=True)
class Reading:
    """One file being read."""

    file: str
    boxed_readers: Mapping[str, Callable[[Element, Names, Reading], Logic]]
    types: dict[str, Type] = field(default_factory=dict)
    language: str = ""  # expressionLanguage of the definitions
    member_names: Names = frozenset()  # components of item definitions, known after a dot; names of types
    allowed_values: dict[str, str] = field(default_factory=dict)  # texts of item definitions, by name
    unlinked: Names = frozenset()  # names of imports whose models are not at hand yet
    findings: list[Finding] = field(default_factory=list)

    def find(
        self, code: str, node: Element, at: str | None, severity: Severity = Severity.ERROR, **facts: object
    ) -> None:
        """Note a fault at an element; `at` is the property as the XML names it."""
        owner = _nearest(node, "id")
        named = _nearest(node, "name")
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                file=self.file,
                element_id=owner.get("id") if owner is not None else None,
                element_name=named.get("name") if named is not None else None,
                property=at,
                line=line_of(node),
                facts=facts,
            )
        )

    def boxed(self, parent: Element, names: Names) -> Logic | None:
        """The boxed expression inside an element; None where there is none."""
        return next(self.boxes(parent, names), None)

    def boxes(self, parent: Element, names: Names) -> Iterator[Logic]:
        """The boxed expressions inside an element, each converted to the type that it declares."""
        for child in children(parent):
            read = self.boxed_readers.get(tag(child))
            if read is None:
                continue
            logic = read(child, names, self)
            declared = ANY if tag(child) in _TYPED_BY_THEMSELVES else self.type(child)
            yield logic if declared is ANY else Typed(logic, declared, child.get("id"))

    def result_type(self, element: Element | None) -> Type:
        """The type of a function's result: what the element declares, or the result of the function type it names."""
        declared = self.type(element) if element is not None else ANY
        found = resolve(declared, self.types)
        return found.result if isinstance(found, FunctionOf) else declared

    def text(self, element: Element, names: Names, at: str = "text") -> Text:
        """The FEEL expression in the `text` of an element."""
        source = text_of(element)
        if not source:
            return empty(element)
        if not self._is_feel(element):
            return Text(source, element.get("id"), None)
        try:
            expression = feel.parse(source, names | self.member_names)
        except feel.FeelSyntaxError as error:
            self._syntax(error, element, at, source)
            return Text(source, element.get("id"), None)
        tree = expression.tree
        if isinstance(tree, syntax.Literal):
            return Text(source, element.get("id"), expression, tree.value, is_constant=True)
        variable = tree.name if isinstance(tree, syntax.Name) else None
        return Text(source, element.get("id"), expression, variable=variable)

    def tests(self, element: Element, names: Names, at: str = "text") -> Tests | None:
        """The unary tests in the `text` of an element; None where anything passes."""
        source = text_of(element)
        if source in {"", "-"}:
            return None
        if not self._is_feel(element):
            return Tests(source, element.get("id"), None)
        try:
            return Tests(source, element.get("id"), feel.parse_unary_tests(source, names | self.member_names))
        except feel.FeelSyntaxError as error:
            self._syntax(error, element, at, source)
            return Tests(source, element.get("id"), None)

    def type(self, element: Element, at: str = "typeRef") -> Type:
        """The type that an element declares; Any where it declares none."""
        name = type_name(element)
        return ANY if name is None else self.resolve_type(name, element, at)

    def resolve_type(self, name: str, element: Element, at: str = "typeRef") -> Type:
        """The type of that name; of an item definition a reference, so that they may stand in any order."""
        if name in self.types:
            return Named(name)
        if name in BUILT_IN:
            return BUILT_IN[name]
        try:
            found = feel.parse_type(name)
        except feel.FeelSyntaxError:
            found = Named(name)
        if isinstance(found, Named):
            if not any(name.startswith(f"{prefix}.") for prefix in self.unlinked):
                self.find("dmn_type_unknown", element, at, type=name)
            return ANY
        return found

    def _is_feel(self, element: Element) -> bool:
        """Whether an expression is FEEL; another language is refused by its name."""
        language = (element.get("expressionLanguage") or self.language).strip()
        if not language or language.lower() in _FEEL_LANGUAGES or "/feel" in language.lower():
            return True
        self.find("dmn_language_not_supported", element, "expressionLanguage", language=language)
        return False

    def _syntax(self, error: feel.FeelSyntaxError, element: Element, at: str, source: str) -> None:
        self.find(
            "dmn_expression_syntax",
            element,
            at,
            expression=source,
            reason=error.code,
            line=error.line,
            column=error.column,
            caret=error.caret,
            marked=_marked(error),
        )


def _marked(error: feel.FeelSyntaxError) -> str:
    """The line with a mark where it stops being FEEL: unlike a caret it survives a message of one line."""
    line, _, caret = error.caret.rpartition("\n")
    place = len(caret) - 1
    return f"{line[:place]}▸{line[place:]}"


def empty(element: Element | None) -> Text:
    """The expression of an element that holds none: null."""
    return Text("", element.get("id") if element is not None else None, None, is_constant=True)


def tag(element: Element) -> str:
    """The local name; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    for child in element:
        if isinstance(child.tag, str) and (not names or tag(child) in names):
            yield child


def child(element: Element, name: str) -> Element | None:
    return next(children(element, name), None)


def line_of(element: Element) -> int | None:
    """The element's 1-based line in the file."""
    return cast("int | None", element.sourceline)  # typed wrongly in the stubs


def all_text(element: Element | None) -> str:
    """The text inside an element without surrounding space."""
    return "".join(map(str, element.itertext())).strip() if element is not None else ""


def text_of(element: Element | None) -> str:
    """The text of an element's `text` child, without surrounding space."""
    return all_text(child(element, "text")) if element is not None else ""


def name_of(element: Element) -> str:
    """An element's name with single spaces."""
    return " ".join((element.get("name") or "").split())


def type_name(element: Element) -> str | None:
    """The declared type, without the prefix of FEEL's or the model's own namespace, under the standard's name."""
    written = element.get("typeRef")
    if written is None:
        written = all_text(child(element, "typeRef"))
    name = " ".join(written.split())
    prefix, colon, local = name.partition(":")
    if colon and (prefix == "feel" or prefix in element.nsmap):
        name = local  # DMN 1.1 writes types as qualified XML names
    if not name or name == "<Undefined>":
        return None
    return _ALIASES.get(name, name)


def _nearest(element: Element, attribute: str) -> Element | None:
    node: Element | None = element
    while node is not None and node.get(attribute) is None:
        node = node.getparent()
    return node
