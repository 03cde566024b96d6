"""One element of a BPMN file as its reader sees it: attributes, extensions, expressions, and the findings made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from service.bpmn import expressions, juel
from service.bpmn.definition import Assignment, Binding, Dialect, Reference
from service.bpmn.expressions import Expression
from service.errors import Finding, ServiceError, Severity

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
MODELER = "http://camunda.org/schema/modeler/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

NAMESPACE = {Dialect.CAMUNDA_8: ZEEBE, Dialect.CAMUNDA_7: CAMUNDA}
PREFIX = {ZEEBE: "zeebe", CAMUNDA: "camunda"}

Node = Any  # lxml.etree._Element


@dataclass
class Context:
    """What holds for the whole file, and what reading it has found."""

    file: str
    dialect: Dialect
    names: frozenset[str]  # names with spaces that FEEL must know
    modelled: bool = False  # says for which Camunda it was drawn, so that the Modeler's own rules hold too
    roots: dict[str, Node] = field(default_factory=dict)  # messages, signals, errors, escalations by id
    findings: list[Finding] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)  # embedded forms of the process by id
    job_priority: Expression | None = None  # of the process, for its jobs that have none of their own


class Source:
    """An element of the file."""

    def __init__(self, context: Context, node: Node, owner: Source | None = None) -> None:
        self.context = context
        self.node = node
        self.owner = owner  # the flow element, where `node` is a part of one
        self.dialect = context.dialect

    @property
    def tag(self) -> str:
        return local(self.node)

    @property
    def id(self) -> str:
        found: str = self.node.get("id") or ""
        return found

    @property
    def name(self) -> str:
        return " ".join((self.node.get("name") or "").split())

    # Attributes and children

    def attribute(self, name: str) -> str | None:
        found: str | None = self.node.get(name)
        return found

    def flag(self, name: str, default: bool = False) -> bool:
        found = self.node.get(name)
        return default if found is None else str(found).strip() in {"true", "1"}

    def camunda(self, name: str) -> str | None:
        """An attribute of Camunda 7's namespace, None when it is absent or empty."""
        return self.node.get(f"{{{CAMUNDA}}}{name}") or None

    def child(self, name: str) -> Source | None:
        return next(self.children(name), None)

    def children(self, name: str) -> Iterator[Source]:
        for node in self.node.iterchildren(f"{{{BPMN}}}{name}"):
            yield Source(self.context, node, self.owner or self)

    def extension(self, name: str) -> Source | None:
        return next(self.extensions(name), None)

    def extensions(self, name: str) -> Iterator[Source]:
        """Extension elements of the file's dialect."""
        wanted = f"{{{NAMESPACE[self.dialect]}}}{name}"
        for holder in self.node.iterchildren(f"{{{BPMN}}}extensionElements"):
            for node in holder.iterchildren(wanted):
                yield Source(self.context, node, self.owner or self)

    def parts(self, name: str) -> Iterator[Source]:
        """Children of an extension element, of the same namespace."""
        for node in self.node.iterchildren(f"{{{NAMESPACE[self.dialect]}}}{name}"):
            yield Source(self.context, node, self.owner or self)

    @property
    def text(self) -> str:
        return "".join(self.node.itertext()).strip()

    @property
    def documentation(self) -> str:
        return "\n\n".join(child.text for child in self.children("documentation") if child.text)

    # Expressions

    def expression(self, text: str | None, property_: str) -> Expression | None:
        """An attribute's value: static, or an expression of the dialect; None when there is nothing."""
        if text is None or not text.strip():
            return None
        try:
            if self.dialect is Dialect.CAMUNDA_8:
                return expressions.camunda_8(text.strip(), self.context.names)
            return expressions.camunda_7(text.strip())
        except juel.JuelError as error:
            self.error(error.code, property_, **error.facts)
        except ServiceError as error:
            self.error("bpmn.feel_syntax", property_, expression=text.strip(), **position_of(error))
        return expressions.static(text)

    def dynamic(self, text: str | None, property_: str) -> Expression | None:
        """Like `expression`, where static text makes no sense."""
        found = self.expression(text, property_)
        if found is not None and found.is_static and not self._failed(property_):
            code = "bpmn.feel_expected" if self.dialect is Dialect.CAMUNDA_8 else "bpmn.juel_expected"
            self.error(code, property_, expression=found.text)
        return found

    def _failed(self, property_: str) -> bool:
        findings = self.context.findings
        return bool(findings) and findings[-1].property == property_ and findings[-1].element_id == self._holder.id

    # Findings

    def error(self, code: str, property_: str | None = None, **facts: object) -> None:
        self._finding(Severity.ERROR, code, property_, facts)

    def warning(self, code: str, property_: str | None = None, **facts: object) -> None:
        self._finding(Severity.WARNING, code, property_, facts)

    def complain(self, code: str, property_: str | None = None, **facts: object) -> None:
        """What Camunda 8 refuses and we could run: an error in a diagram made for it, a remark in any other."""
        strict = self.context.modelled and self.dialect is Dialect.CAMUNDA_8
        self._finding(Severity.ERROR if strict else Severity.WARNING, code, property_, facts)

    @property
    def _holder(self) -> Source:
        return self.owner or self

    def _finding(self, severity: Severity, code: str, property_: str | None, facts: dict[str, object]) -> None:
        holder = self._holder
        self.context.findings.append(
            Finding(
                code,
                severity,
                self.context.file,
                element_id=holder.id or None,
                element_name=holder.name or None,
                property=property_,
                line=self.node.sourceline,
                facts=facts,
            )
        )

    # Shared pieces

    def whole_number(self, text: str | None, property_: str, signed: bool = True) -> Expression | None:
        """An expression, or a number without fraction."""
        found = self.expression(text, property_)
        pattern = _WHOLE if signed else _COUNT
        if found is not None and found.is_static and not pattern.fullmatch(found.text.strip()):
            self.error("bpmn.number_expected", property_, expression=found.text, found="string")
        return found

    def binding(self, prefix: str) -> tuple[Binding, str | None]:
        """`bindingType` and `versionTag` of a zeebe element."""
        text = self.attribute("bindingType") or "latest"
        tag = self.attribute("versionTag") or None
        try:
            binding = Binding(text)
        except ValueError:
            self.error("bpmn.binding_unknown", f"{prefix} bindingType", value=text)
            return Binding.LATEST, None
        if binding is Binding.VERSION or (binding is Binding.VERSION_TAG and tag is None):
            self.error("bpmn.binding_unknown", f"{prefix} bindingType", value=text)
        if tag is not None and tag.startswith("="):
            self.error("bpmn.version_tag_dynamic", f"{prefix} versionTag", expression=tag)
        return binding, tag if binding is Binding.VERSION_TAG else None

    def refer(
        self,
        kind: str,
        target: Expression | None,
        property_: str,
        binding: Binding = Binding.LATEST,
        version_tag: str | None = None,
        version: int | None = None,
    ) -> None:
        """Note that the diagram names a form, decision or process."""
        if target is None:
            return
        name = str(target.value) if target.is_static else None
        self.context.references.append(Reference(kind, name, binding, version_tag, self._holder.id, property_, version))

    def headers(self) -> tuple[tuple[str, str], ...]:
        holder = self.extension("taskHeaders")
        if holder is None:
            return ()
        found = [(part.attribute("key") or "", part.attribute("value") or "") for part in holder.parts("header")]
        for key, count in Counter(key for key, _ in found).items():
            if count > 1:
                holder.error("bpmn.header_twice", "zeebe:taskHeaders header key", key=key)
        return tuple(found)

    def variable(self, name: str | None, property_: str) -> None:
        """A variable that is written needs a name that expressions can read without quoting."""
        if name and not _VARIABLE.fullmatch(name):
            self.complain("bpmn.variable_name", property_, name=name)

    def assignment(self, source: str | None, target: str | None, property_: str) -> Assignment | None:
        """One mapping line; what is wrong with it becomes a finding."""
        if not target or not all(part.strip() for part in target.split(".")):
            self.error("bpmn.mapping_without_target", property_, target=target or "")
            return None
        self.variable(target, f"{property_} target")
        found = self.expression(source, property_)
        if found is None:
            found = expressions.static("", "")
        return Assignment(found, tuple(part.strip() for part in target.split(".")))


_COUNT = re.compile(r"[0-9]{1,9}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*(\.[a-zA-Z_][a-zA-Z0-9_]*)*")


def local(node: Node) -> str:
    """A tag without its namespace."""
    tag: str = node.tag
    return tag.rpartition("}")[2]


def namespace(node: Node) -> str:
    tag: str = node.tag
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def reference(text: str | None) -> str | None:
    """The id in a reference, which may be a qualified name."""
    if text is None or not text.strip():
        return None
    return text.strip().rpartition(":")[2]


def position_of(error: ServiceError) -> dict[str, object]:
    """Where in an expression FEEL stopped, and the code and facts that say why."""
    return {
        "line": error.facts.get("line"),
        "column": error.facts.get("column"),
        "reason": error.code,
        "reason_facts": dict(error.facts),
    }
