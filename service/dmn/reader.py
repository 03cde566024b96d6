"""From a file's bytes to a model. What is wrong with the model is a finding; only what is no DMN file at all raises."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from service.dmn import graph, item_definitions
from service.dmn.boxed import BOXED
from service.dmn.boxed.decision_table import Table
from service.dmn.boxed.literal_expression import LiteralExpression
from service.dmn.model import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    Import,
    InputData,
    Model,
    Parameter,
    Reference,
)
from service.dmn.model import Element as DrgElement
from service.dmn.reading import Element, Names, Reading, all_text, child, children, line_of, name_of, tag, text_of
from service.errors import Invalid, Severity
from service.feel.types import ANY, Type

MAXIMUM_BYTES = 10 * 1024 * 1024

# The namespaces of DMN 1.1 to 1.6; what differs between them is read alike.
NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/dmn11.xsd": "1.1 of early Camunda files",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "http://www.omg.org/spec/DMN/20191111/MODEL/": "1.3 of some Camunda files",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",
}

_ZEEBE_VERSION_TAG = "{http://camunda.org/schema/zeebe/1.0}versionTag"
_CAMUNDA_VERSION_TAG = "{http://camunda.org/schema/1.0/dmn}versionTag"


def read(
    xml: bytes, file: str, others: Mapping[str, Model] | None = None, names: frozenset[str] = frozenset()
) -> Model:
    """Read and compile a model; its faults are `Model.findings`.

    `others` holds the models that its imports resolve to, by import name (see `graph.link`). `names` are those of
    functions that the environment will add; the ones that hold spaces must be known here.

    Raises `Invalid` for XML that is broken or too large, has a document type, or is not DMN.
    """
    definitions = _definitions(xml, file)
    reading = Reading(file, BOXED, language=definitions.get("expressionLanguage") or "")
    imports = _imports(definitions, reading)
    imported = dict(others or {})
    reading.unlinked = frozenset(one.name for one in imports if one.name not in imported)
    reading.member_names = item_definitions.member_names(definitions).union(
        *(_member_names(model) for model in imported.values())
    )
    reading.allowed_values = {
        name_of(item): text_of(child(item, "allowedValues")) for item in children(definitions, "itemDefinition")
    }
    item_definitions.read(definitions, {name: model.types for name, model in imported.items()}, reading)
    reading.member_names |= names
    reading.member_names |= frozenset(reading.types)  # types are known after `instance of`

    nodes = {node.get("id", ""): node for node in children(definitions) if tag(node) in _READERS}
    known = _Known(definitions.get("namespace") or "", nodes, imported)
    elements: dict[str, DrgElement] = {}
    for node in children(definitions):
        if tag(node) not in _READERS:
            continue
        identifier = node.get("id") or name_of(node)
        if not node.get("id"):
            reading.find("dmn_id_missing", node, "id", Severity.WARNING, element=tag(node))
        if identifier in elements:
            reading.find("dmn_id_twice", node, "id", id=identifier)
            continue
        elements[identifier] = _READERS[tag(node)](node, identifier, known, reading)

    model = Model(
        id=definitions.get("id") or "",
        name=name_of(definitions),
        namespace=definitions.get("namespace") or "",
        file=file,
        decisions=tuple(element for element in elements.values() if isinstance(element, Decision)),
        services=tuple(element for element in elements.values() if isinstance(element, DecisionService)),
        bkms=tuple(element for element in elements.values() if isinstance(element, BusinessKnowledgeModel)),
        inputs=tuple(element for element in elements.values() if isinstance(element, InputData)),
        imports=imports,
        findings=(),
        types=reading.types,
        elements=elements,
        imported=imported,
        decisions_by_name={one.name: one for one in reversed(elements.values()) if isinstance(one, Decision)},
        xml=xml,
        names=names,
    )
    findings = (*reading.findings, *graph.check(model))
    object.__setattr__(model, "findings", findings)  # the graph is checked on the finished model
    return model


def _definitions(xml: bytes, file: str) -> Element:
    if len(xml) > MAXIMUM_BYTES:
        raise Invalid("dmn_too_large", file=file, limit_mb=MAXIMUM_BYTES // (1024 * 1024))
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        raise Invalid("dmn_xml_broken", file=file, line=line, column=column, reason=error.msg or "") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Invalid("dmn_document_type", file=file)
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in NAMESPACES:
        raise Invalid("dmn_not_dmn", file=file, element=name.localname, namespace=name.namespace or "")
    return root


def _imports(definitions: Element, reading: Reading) -> tuple[Import, ...]:
    found: list[Import] = []
    for node in children(definitions, "import"):
        kind = node.get("importType") or ""
        if kind not in NAMESPACES:
            reading.find("dmn_import_not_supported", node, "importType", import_type=kind)
            continue
        found.append(Import(name_of(node), node.get("namespace") or "", node.get("locationURI") or "", line_of(node)))
    return tuple(found)


class _Known:
    """The names by which what an element requires is read."""

    def __init__(self, namespace: str, nodes: Mapping[str, Element], imported: Mapping[str, Model]) -> None:
        self.namespace = namespace
        self.nodes = nodes
        self.imported = imported
        # After an import's name its elements are named as members are.
        self.foreign: Names = frozenset(
            name
            for prefix, model in imported.items()
            for name in (prefix, *(element.name for element in model.elements.values()))
            if name
        )

    def names(self, references: Iterable[Reference]) -> Names:
        nodes = [self.nodes[reference.id] for reference in references if reference.id in self.nodes]
        return self.foreign.union(map(variable_name, nodes), map(name_of, nodes))


def variable_name(node: Element) -> str:
    """The name under which an element's value is in scope."""
    variable = child(node, "variable")
    return (name_of(variable) if variable is not None else "") or name_of(node)


def _references(node: Element, kind: str, known: _Known) -> tuple[Reference, ...]:
    """What the children of that name refer to, at any depth of requirement elements."""
    found: list[Reference] = []
    for target in node.iter(f"{{*}}{kind}"):
        namespace, _, identifier = (target.get("href") or "").rpartition("#")
        found.append(Reference("" if namespace == known.namespace else namespace, identifier))
    return tuple(found)


def _own_type(node: Element, reading: Reading) -> Type:
    """The type of an element's variable."""
    variable = child(node, "variable")
    return reading.type(variable) if variable is not None else ANY


def _input_data(node: Element, identifier: str, known: _Known, reading: Reading) -> InputData:
    return InputData(identifier, variable_name(node), _own_type(node, reading), node.get("name", ""))


def _decision(node: Element, identifier: str, known: _Known, reading: Reading) -> Decision:
    inputs = _references(node, "requiredInput", known)
    decisions = _references(node, "requiredDecision", known)
    knowledge = _references(node, "requiredKnowledge", known)
    logic = reading.boxed(node, known.names((*inputs, *decisions, *knowledge)))
    return Decision(
        id=identifier,
        name=name_of(node),
        variable=variable_name(node),
        version_tag=_version_tag(node),
        kind=logic.kind if logic else "empty",
        type=_own_type(node, reading),
        logic=logic,
        required_inputs=inputs,
        required_decisions=decisions,
        required_knowledge=knowledge,
        description=all_text(child(node, "description")),
        question=all_text(child(node, "question")),
        table=logic.display if isinstance(logic, Table) else None,
        text=logic.text.text if isinstance(logic, LiteralExpression) else "",
        line=line_of(node),
    )


def _bkm(node: Element, identifier: str, known: _Known, reading: Reading) -> BusinessKnowledgeModel:
    knowledge = _references(node, "requiredKnowledge", known)
    function = child(node, "encapsulatedLogic")
    if function is None:
        return BusinessKnowledgeModel(identifier, variable_name(node), (), None, ANY, knowledge, line_of(node))
    parameters = tuple(
        Parameter(name_of(parameter), reading.type(parameter)) for parameter in children(function, "formalParameter")
    )
    declared = reading.result_type(function)
    kind = function.get("kind") or "FEEL"
    logic = None
    if kind.upper() in {"FEEL", "F"}:
        own = {variable_name(node), *(parameter.name for parameter in parameters)}
        logic = reading.boxed(function, known.names(knowledge) | own)
    else:
        reading.find("dmn_function_kind_not_supported", function, "kind", kind=kind)
    return BusinessKnowledgeModel(
        identifier,
        variable_name(node),
        parameters,
        logic,
        declared if declared is not ANY else reading.result_type(child(node, "variable")),
        knowledge,
        line_of(node),
    )


def _service(node: Element, identifier: str, known: _Known, reading: Reading) -> DecisionService:
    return DecisionService(
        identifier,
        variable_name(node),
        outputs=_references(node, "outputDecision", known),
        encapsulated=_references(node, "encapsulatedDecision", known),
        input_decisions=_references(node, "inputDecision", known),
        input_data=_references(node, "inputData", known),
        type=reading.result_type(child(node, "variable")),
        line=line_of(node),
    )


_READERS: Mapping[str, Callable[[Element, str, _Known, Reading], DrgElement]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _bkm,
    "decisionService": _service,
}


def _version_tag(node: Element) -> str | None:
    extensions = child(node, "extensionElements")
    if extensions is not None:
        for extension in extensions.iter(_ZEEBE_VERSION_TAG):
            return extension.get("value") or None
    return node.get(_CAMUNDA_VERSION_TAG) or None


def _member_names(model: Model) -> Names:
    return item_definitions.member_names(etree.fromstring(model.xml))
