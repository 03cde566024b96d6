"""What service.dmn has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    # no DMN file at all
    "dmn_too_large": "{file} is larger than {limit_mb} MB; a decision file of that size is not read.",
    "dmn_xml_broken": (
        "{file} is not well-formed XML at line {line}, column {column}; "
        "save it again from the Modeler (parser: {reason})."
    ),
    "dmn_document_type": "{file} has a document type (<!DOCTYPE>); remove it, decision files need none.",
    "dmn_not_dmn": "{file} is XML, but not DMN 1.1 to 1.6: its root is {element} of namespace “{namespace}”.",
    # the model: findings
    "dmn_expression_syntax": "This is not FEEL from the mark on (line {line}, column {column}): {marked}",
    "dmn_language_not_supported": "The expression language {language} is not supported; write the expression in FEEL.",
    "dmn_imported_values_not_supported": "Imported values are not supported; write the values into the model.",
    "dmn_function_kind_not_supported": "A function of kind {kind} is not supported; write its body in FEEL.",
    "dmn_type_unknown": "The type {type} is neither built in nor an item definition of this model; choose a known one.",
    "dmn_type_cycle": "The item definition {name} is defined by itself; give it a base type or components.",
    "dmn_part_missing": "The expression lacks its part “{part}”; fill it in.",
    "dmn_row_length": "A row has {cells} cells for {columns} columns; complete it.",
    "dmn_rule_length": "Rule {row} has {inputs} input and {outputs} output cells, but the table has {wanted_inputs} "
    "and {wanted_outputs} columns; save the table again from the Modeler.",
    "dmn_input_expression_missing": "An input column has no expression; write what it tests, or remove the column.",
    "dmn_output_missing": "The table has no output column; add one.",
    "dmn_output_without_name": "Of several output columns each needs a name; give this one a name.",
    "dmn_hit_policy_unknown": "The hit policy {hit_policy} is unknown; choose one of the Modeler's list.",
    "dmn_aggregation_unknown": "The aggregation {aggregation} is unknown; choose SUM, MIN, MAX or COUNT.",
    "dmn_aggregation_of_several": "{aggregation} cannot aggregate several output columns; keep one, or collect "
    "without it.",
    "dmn_priority_without_values": "The hit policy {hit_policy} needs the order of the outputs; list the predefined "
    "values of an output column, the first one ranks highest.",
    "dmn_id_missing": "An element {element} has no id; save the file again from the Modeler.",
    "dmn_id_twice": "The id {id} stands twice; give one of the elements another id.",
    "dmn_name_missing": "The element has no name; give it one, so that others can refer to its value.",
    "dmn_name_twice": "The name {name} stands twice; rename one, so that expressions mean the right one.",
    "dmn_requirement_missing": "It requires {target}, which is not in the file; draw the requirement again.",
    "dmn_requirement_kind": "It requires {target}, which is of another kind than this requirement needs; draw it "
    "again.",
    "dmn_requirement_cycle": "Decisions require one another in a circle ({path}); remove one requirement.",
    "dmn_import_not_supported": "An import of type {import_type} is not supported; only DMN models can be imported.",
    "dmn_import_missing": "The import {name} names the namespace {namespace}, which no other file of the deployment "
    "has; deploy the imported file together with this one.",
    "dmn_import_ambiguous": "The import {name} fits several files of the namespace {namespace}; give the import the "
    "file name as its location, or the imported model's name.",
    "dmn_import_cycle": "The import {name} leads back to this file; move what both need into a third one.",
    # evaluation: diagnostics and failures
    "decision_unknown": "{file} has no decision “{decision}”.",
    "decision_service_unknown": "{file} has no decision service “{service}”.",
    "decision_function_unknown": "{file} has no business knowledge model “{function}”.",
    "dmn_expression_unreadable": "“{expression}” could not be read and counts as null.",
    "dmn_type_mismatch": "The value of {name} should be {wanted}, but is a {got}; it counts as null.",
    "dmn_argument_type": "The argument {parameter} of {function} is a {got}, which the parameter does not take; the "
    "call is null.",
    "dmn_nothing_to_iterate": "There is no list to iterate over; the result is null.",
    "dmn_recursion": "Decision “{decision}” calls itself without end; give the recursion a condition that ends it.",
    "dmn_input_type": "Decision “{decision}”: the input {element_id} should be {wanted}, but is a {got}, {value}; "
    "correct the value or the declared type.",
    "dmn_result_type": "Decision “{decision}” should give {wanted}, but gives a {got}, {value}; correct the table or "
    "the declared type.",
    "dmn_unique_violated": "Decision “{decision}” has hit policy UNIQUE, but rules {rules} all match (with the values "
    "{values}); make them exclusive or change the hit policy.",
    "dmn_any_violated": "Decision “{decision}” has hit policy ANY, but the matching rules {rules} give different "
    "values ({values}); make the values equal or change the hit policy.",
    "dmn_aggregation_failed": "Decision “{decision}”: {aggregation} cannot be computed from the values {values} of "
    "the rules {rules}; correct the output cells.",
    # explanation
    "explain_decision": "Decision “{decision}” gives {value}.",
    "explain_inputs": "It was asked with {inputs}.",
    "explain_expression": "It is computed as {expression}.",
    "explain_no_rule": "No rule of “{decision}” matches.",
    "explain_rule": "Rule {rule} matches and gives {outputs}.",
    "explain_annotation": "Rule {rule}, {column}: {text}",
    "explain_rule_missed": "Rule {rule} does not match: {input} should be {wanted}, but is {got}.",
}
