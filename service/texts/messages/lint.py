"""What service.lint has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "lint_form_missing": "There is no form {target}, neither here nor on the site. Deploy it together with the "
    "diagram, or choose another.",
    "lint_decision_missing": "There is no decision {target}, neither here nor on the site. Deploy it together with "
    "the diagram, or correct the id.",
    "lint_process_missing": "There is no process {target}, neither here nor on the site. Deploy it together with the "
    "diagram, or correct the id.",
    "lint_node_unreachable": "No start event leads here, so that this never runs. Connect it, or remove it.",
    "lint_gateway_without_default": "All flows have conditions; when none holds the case stops here. Make one of them "
    "the default flow.",
    "lint_task_without_people": "Nobody is to do this task. Enter an assignee or candidate groups.",
    "lint_task_without_form": "The task has no form, so that nothing can be entered. Choose one.",
    "lint_form_variables_shared": "Every turn writes {fields}; the last one overwrites the others. Set an output "
    "collection with output element, or an output mapping.",
    "lint_name_unknown": "{name} in “{expression}” is written by nothing in this deployment. Correct the name, or "
    "list it in the property rc.variables.",
    "lint_form_name_unknown": "An expression reads {name}, which nothing in this deployment writes. Correct the name, "
    "or list it in the property {property} of the process.",
    "lint_rule_without_annotation": "Rules {rules} do not say on which article they rest. Fill their annotations.",
    "lint_table_gap": "No rule holds for {example}; the result is null. Add a rule.",
    "lint_table_overlap": "Rules {rules} both hold for {example}, which hit policy UNIQUE does not allow. Make them "
    "exclude one another, or choose another hit policy.",
    "lint_table_overlap_any": "Rules {rules} both hold for {example} and give different results, which hit policy ANY "
    "does not allow. Make them exclude one another, or give the same result.",
    "lint_rule_without_effect": "Rules {rules} never come to bear, for rules before them hold in all their cases or "
    "their cells exclude one another. Remove or reorder them.",
    "lint_deadline_unknown": "There is no parameter {parameter}; probably {nearest} is meant. Correct the id.",
    "lint_field_unknown": "The form has no field {field}; probably {nearest} is meant. Correct the key.",
}
