"""What service.bpmn has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "bpmn.file_too_large": "{file} has {size} bytes; a diagram may have at most {limit}.",
    "bpmn.xml_broken": (
        "{file} is not well-formed XML at line {line}, column {column}; "
        "save it again from the Modeler (parser: {reason})."
    ),
    "bpmn.xml_doctype": "{file} has a document type declaration, which is refused for safety; remove it.",
    "bpmn.xml_too_deep": "{file} nests elements more than {limit} deep.",
    "bpmn.not_bpmn": "{file} is not a BPMN 2.0 diagram: it begins with {found}.",
    "bpmn.nothing_executable": (
        'No process of the file is executable: it is stored and shown as a drawing. Tick "Executable" to run it.'
    ),
    "bpmn.platform_missing": (
        "The diagram names no execution platform; it is read as its extensions suggest. Choose one in the Modeler."
    ),
    "bpmn.platform_unknown": (
        'Execution platform "{value}" is not known; choose Camunda 8 or Camunda 7 in the Modeler.'
    ),
    "bpmn.duplicate_id": "The id {value} is used more than once; give each element its own.",
    "bpmn.process_without_id": "The process has no id; enter one.",
    "bpmn.process_public": (
        "A public process describes what others see and cannot run; choose a private process type."
    ),
    "bpmn.start_condition": (
        "A process cannot start by a condition, as there are no variables before it; start it by a message."
    ),
    "bpmn.data_unsupported": "{child} is not executed; use input and output mappings.",
    "bpmn.flow_not_listed": ("The flow {value} does not stand at this end; save the diagram again from the Modeler."),
    "bpmn.without_effect": "{extension} has no effect here.",
    "bpmn.retry_cycle": '"{value}" is not a number of retries such as R3/PT10M.',
    "bpmn.element_without_id": "An element of type {element} has no id; give it one.",
    "bpmn.document_version": "The stored state has version {version}; this program reads version {known}.",
    "bpmn.element_unsupported": "A {element} is not supported; draw it with elements that are.",
    "bpmn.child_unsupported": "The part {child} is not supported here; remove it.",
    "bpmn.attribute_unsupported": "The attribute {attribute} is not supported here; remove it.",
    "bpmn.extension_unsupported": "{extension} is not supported here; clear it in the properties panel.",
    "bpmn.listener_unsupported": "{extension} is not supported; draw what it does as a task.",
    "bpmn.other_dialect": (
        "{extension} belongs to another platform than the file's ({dialect}); enter it again for this one."
    ),
    "bpmn.secrets_refused": (
        "Secrets in a diagram are not supported; a service task's handler keeps its own credentials."
    ),
    "bpmn.complex_gateway": (
        "A complex gateway is not supported; draw it with exclusive, inclusive and parallel gateways."
    ),
    "bpmn.ad_hoc_sub_process": (
        "An ad-hoc sub-process is not supported; draw its activities in a parallel or multi-instance sub-process."
    ),
    "bpmn.event_definition_ref": ("The event definition {value} is not in the file; draw the event's own definition."),
    "bpmn.multiple_events": "An event with several triggers is not supported; draw one event for each.",
    "bpmn.token_quantity": (
        "{value} tokens are not supported, only 1; draw a gateway or a multi-instance activity instead."
    ),
    "bpmn.loop_behavior": (
        "The multi-instance behaviour {value} is not supported; draw the event inside the activity."
    ),
    "bpmn.standard_loop": "A standard loop is not supported here; draw a gateway that leads back.",
    "bpmn.feel_syntax": (
        '"{expression}" is not FEEL; it stops making sense at line {line}, column {column}. Correct it.'
    ),
    "bpmn.feel_expected": 'A FEEL expression that begins with = is expected, not "{expression}".',
    "bpmn.juel_expected": 'An expression in ${{…}} is expected, not "{expression}".',
    "bpmn.juel_not_understood": (
        '"{text}" is not understood at position {position} (found "{found}"). Names, paths, comparisons, '
        "and/or/not, arithmetic and empty are supported."
    ),
    "bpmn.juel_method_refused": (
        '"{text}" calls a method at position {position}; methods and beans are not supported. Use variables.'
    ),
    "bpmn.juel_bean_refused": '"{text}" uses {found} at position {position}; only variables are supported.',
    "bpmn.juel_unknown_name": 'The variable {name} in "{expression}" does not exist. Set it, then retry.',
    "bpmn.juel_no_member": (
        'In "{expression}" the value has no part {member}. Correct the value or the expression, then retry.'
    ),
    "bpmn.juel_not_a_number": 'In "{expression}" {value} is not a number. Correct the value, then retry.',
    "bpmn.juel_not_a_boolean": ('In "{expression}" {value} is neither true nor false. Correct the value, then retry.'),
    "bpmn.juel_division": '"{expression}" divides by zero. Correct the value, then retry.',
    "bpmn.language_refused": 'The language "{language}" does not run here; write the expression in FEEL.',
    "bpmn.text_expected": '"{expression}" must give a text, but gives a {found}. Correct it, then retry.',
    "bpmn.texts_expected": ('"{expression}" must give a list of texts, but gives a {found}. Correct it, then retry.'),
    "bpmn.number_expected": '"{expression}" must be a whole number, not a {found}.',
    "bpmn.date_expected": '"{expression}" must be a date and time in ISO 8601, not a {found}.',
    "bpmn.priority_expected": '"{expression}" must be a whole number from 0 to 100.',
    "bpmn.condition_not_boolean": (
        'The condition "{expression}" must give true or false, but gives a {found}. Correct it, then retry.'
    ),
    "bpmn.condition_missing": "The event has no condition; enter one.",
    "bpmn.condition_out_of_place": ("The flow {flow} leaves a gateway that takes no conditions; remove the condition."),
    "bpmn.flow_without_condition": (
        "The flow {flow} has no condition and is not the default; enter a condition or make it the default."
    ),
    "bpmn.no_flow_selected": (
        "No condition of the flows out of {element} holds and there is no default flow. Correct the variables"
        " or the diagram, then retry."
    ),
    "bpmn.process_without_start": "The process has no start event; draw one.",
    "bpmn.scope_without_start": "The sub-process has no start event; draw one.",
    "bpmn.several_none_starts": "There are {count} start events without trigger; only one may be.",
    "bpmn.start_with_incoming": "A flow leads into the start; remove it.",
    "bpmn.end_with_outgoing": "A flow leads out of an end event; remove it.",
    "bpmn.flow_without_end": (
        "The flow begins or ends at {value}, which is no element of this process that runs; connect it again."
    ),
    "bpmn.flow_crosses_scope": (
        "The flow from {source} to {target} crosses the border of a sub-process; end it inside."
    ),
    "bpmn.flow_reference": "The element names the flow {value}, which does not lead there; connect it again.",
    "bpmn.node_without_incoming": "Nothing leads to the element; connect it.",
    "bpmn.gateway_direction": (
        "The gateway says it is {value}, but is drawn differently; correct the direction or the flows."
    ),
    "bpmn.gateway_without_parting": (
        "The gateway has one flow in and one out, and so decides nothing; remove it or draw the missing flow."
    ),
    "bpmn.default_not_outgoing": "The default flow {value} does not leave this element; choose another.",
    "bpmn.default_with_condition": "The default flow {value} has a condition; remove it.",
    "bpmn.conditional_flow_source": (
        "A condition on the only flow out of this element is not allowed; draw a second flow."
    ),
    "bpmn.boundary_without_activity": (
        'The boundary event is attached to "{value}", which is no activity beside it; attach it again.'
    ),
    "bpmn.boundary_with_incoming": "A flow leads into the boundary event; remove it.",
    "bpmn.boundary_must_interrupt": (
        "A boundary event of kind {kind} always interrupts; choose the interrupting form."
    ),
    "bpmn.start_must_interrupt": ("A start event of kind {kind} always interrupts; choose the interrupting form."),
    "bpmn.event_out_of_place": "An event of kind {kind} cannot stand here; draw another event.",
    "bpmn.event_without_definition": ("The event waits for nothing; choose message, timer, signal or condition."),
    "bpmn.event_sub_process_flow": "A flow leads into or out of an event sub-process; remove it.",
    "bpmn.event_sub_process_loop": "An event sub-process cannot be multi-instance; put the loop inside.",
    "bpmn.event_sub_process_none_start": ("The start event of an event sub-process needs a trigger; choose one."),
    "bpmn.event_sub_process_starts": "An event sub-process has exactly one start event, not {count}.",
    "bpmn.sub_process_start_event": (
        "The start event of a sub-process takes no trigger ({kind}); make it a plain start event."
    ),
    "bpmn.event_gateway_flows": "An event-based gateway needs at least two flows, one an event.",
    "bpmn.event_gateway_target": (
        "An event-based gateway leads to {target}, which is no message, timer, signal or condition to wait for."
    ),
    "bpmn.event_gateway_target_incoming": (
        "{target} follows an event-based gateway and has another flow leading to it; remove that flow."
    ),
    "bpmn.instantiating_gateway": (
        "An event-based gateway that starts the process is not supported; draw start events."
    ),
    "bpmn.link_catch_incoming": "A flow leads into the link's target; remove it.",
    "bpmn.link_throw_outgoing": "A flow leads out of the link's source; remove it.",
    "bpmn.link_two_targets": "The link {name} has two targets; leave one.",
    "bpmn.link_without_name": "The link has no name; enter one.",
    "bpmn.link_without_target": "The link {name} has no target in the same scope; draw one.",
    "bpmn.link_without_source": "The link {name} has no source in the same scope; draw one, or remove it.",
    "bpmn.cancel_outside_transaction": (
        "A cancel event stands only in or at a transaction; use a transaction sub-process."
    ),
    "bpmn.compensation_with_flow": ("An element for compensation has no sequence flows; connect it by an association."),
    "bpmn.compensation_without_handler": (
        'The compensation event is connected with no activity marked "for compensation"; draw the association.'
    ),
    "bpmn.message_flow_end": "The message flow does not connect two different pools; correct it.",
    "bpmn.participant_multiplicity": (
        "The pool stands for {minimum} to {maximum} participants, which is impossible; correct the numbers."
    ),
    "bpmn.reference_missing": 'What it refers to, "{value}", is not in the file; choose again.',
    "bpmn.message_ref_missing": "No message is chosen; choose or create one.",
    "bpmn.message_without_name": "The message has no name; enter one.",
    "bpmn.signal_ref_missing": "No signal is chosen; choose or create one.",
    "bpmn.signal_without_name": "The signal has no name; enter one.",
    "bpmn.error_ref_missing": "No error is chosen; choose or create one.",
    "bpmn.error_without_code": "The error has no code; enter one.",
    "bpmn.escalation_ref_missing": "No escalation is chosen; choose or create one.",
    "bpmn.escalation_without_code": "The escalation has no code; enter one.",
    "bpmn.catches_all": (
        "{value} has no code, so the event would catch all of its kind. Enter a code, or choose none to catch all."
    ),
    "bpmn.code_dynamic": 'The code of an event that catches must be fixed, not "{expression}".',
    "bpmn.correlation_key_missing": (
        "The message has no correlation key: it would reach whichever instance waits longest. Enter one."
    ),
    "bpmn.correlation_key_null": 'The correlation key "{expression}" is null. Set the variable, then retry.',
    "bpmn.error_not_caught": (
        "The error {error_code} is caught nowhere. Draw an event that catches it, or complete the task otherwise."
    ),
    "bpmn.timer_without_time": "The timer has no time; enter a date, duration or cycle.",
    "bpmn.timer_date_invalid": '"{expression}" gives {value}, which is no date and time in ISO 8601.',
    "bpmn.timer_duration_invalid": '"{expression}" gives {value}, which is no duration such as P3D or PT12H.',
    "bpmn.timer_cycle_invalid": (
        '"{expression}" gives {value}, which is neither a cycle such as R3/PT1H nor a cron expression of six fields.'
    ),
    "bpmn.cycle_interrupting": (
        "A cycle is only possible where the event doesn't interrupt; make it non-interrupting, or enter a duration."
    ),
    "bpmn.start_timer_duration": "The process cannot start after a duration; enter a date or a cycle.",
    "bpmn.binding_unknown": (
        "The binding {value} is not known or not complete; choose latest, deployment, or version tag with a tag."
    ),
    "bpmn.user_task_as_job": (
        'The user task has no zeebe:userTask; it appears in the inbox all the same. Choose "Camunda user task".'
    ),
    "bpmn.form_without_id": "The form has no id; choose a form.",
    "bpmn.embedded_form_missing": "The embedded form {value} is not in the process; choose the form again.",
    "bpmn.embedded_html_form": "Embedded HTML forms ({value}) are not supported; draw the form with form-js.",
    "bpmn.form_field_kind": (
        'The form field "{field}" of type {value} is not supported; use string, long, boolean, date or enum.'
    ),
    "bpmn.start_form_dynamic": 'A start form must be fixed, not "{expression}".',
    "bpmn.job_missing": "The task has no type (topic); enter the name of its handler.",
    "bpmn.job_without_topic": 'The job type "{expression}" gives no text. Correct it, then retry.',
    "bpmn.service_task_without_work": (
        "Only external tasks (camunda:type external) and camunda:expression run; classes and delegates don't."
    ),
    "bpmn.script_missing": "The script task has no FEEL expression; enter one.",
    "bpmn.result_variable_missing": "The result variable is missing; enter its name.",
    "bpmn.decision_missing": "The business rule task names no decision; choose one.",
    "bpmn.decision_without_id": 'The decision id "{expression}" gives no text. Correct it, then retry.',
    "bpmn.decision_mapping": (
        "The decision result mapping {value} is not known; use singleEntry, singleResult, collectEntries or resultList."
    ),
    "bpmn.decision_result_shape": (
        "The decision's result does not fit the mapping {mapping}. Correct the table or the mapping, then retry."
    ),
    "bpmn.called_process_missing": "The call activity names no process; enter its id.",
    "bpmn.process_without_called_id": 'The process id "{expression}" gives no text. Correct it, then retry.',
    "bpmn.called_without_none_start": (
        "The process {process} has no start event without trigger, so it cannot be called."
    ),
    "bpmn.call_depth": ("The process {process} is called more than {limit} deep; a process probably calls itself."),
    "bpmn.endless_loop": (
        "After {steps} steps there is still no wait: the process loops. Correct the diagram or the variables,"
        " then retry."
    ),
    "bpmn.mapping_without_target": 'The mapping has no usable target "{target}"; enter a variable name.',
    "bpmn.mapping_without_source": 'The output "{target}" has no value; enter an expression.',
    "bpmn.variable_name": (
        'The name "{name}" cannot be read in expressions; use letters, digits and underscores, not beginning with'
        " a digit."
    ),
    "bpmn.header_twice": "The header {key} is there twice; remove one.",
    "bpmn.version_tag_empty": "The version tag is empty; enter one or remove it.",
    "bpmn.version_tag_dynamic": 'A version tag must be fixed, not "{expression}".',
    "bpmn.parameter_kind": "A parameter made of {found} is not supported; use an expression.",
    "bpmn.loop_without_collection": "The multi-instance activity has no collection; enter one.",
    "bpmn.loop_output_half": "Output collection and output element belong together; enter both or neither.",
    "bpmn.collection_not_list": ('"{expression}" must give a list, but gives a {found}. Correct it, then retry.'),
    "bpmn.cardinality_not_number": '"{expression}" must be a whole number, not {found}. Correct it.',
    "bpmn.too_many_turns": ("The multi-instance activity would have {count} turns; at most {limit} are possible."),
    "bpmn.compensation_out_of_scope": (
        '"{value}" stands in another scope, where this event cannot undo it. Choose an activity beside the '
        "event, or the sub-process around it."
    ),
    "bpmn.compensation_target_without_handler": (
        '"{value}" has nothing that undoes it. Attach a compensation event to it, or choose another activity.'
    ),
    "bpmn.compensation_start_in_process": (
        "A process as a whole is never compensated, so this would never run. Put the event sub-process into "
        "the sub-process that it undoes."
    ),
    "bpmn.variable_event": ('"{value}" never happens to a variable here; choose create or update.'),
    "bpmn.message_item": (
        "The message carries the item definition {value}; data flow does not run. Remove itemRef and use "
        "input and output mappings."
    ),
    "bpmn.business_key": (
        'A called process always belongs to the case of its caller, so "{value}" would have no effect; remove it.'
    ),
    "bpmn.initiator_inside": (
        "A sub-process is started by the process, not by a person; set the initiator at the start event of the process."
    ),
    "bpmn.starters_dynamic": ('Who may start the process must be fixed names parted by commas, not "{expression}".'),
    "bpmn.form_constraint": (
        'The constraint {name} with value "{value}" of the field "{field}" is not supported; use required, '
        "readonly, or minlength, maxlength, min, max with a whole number."
    ),
    "bpmn.form_field_default": (
        'The default value "{value}" does not fit the field "{field}"; enter a fixed value of its type.'
    ),
    "bpmn.fewer_items_than_turns": (
        '"{expression}" gives {count} turns, but the collection has only {items} items. Correct one of the '
        "two, then retry."
    ),
    "bpmn.circle_without_wait": (
        "Nothing ever stops in the circle {elements}: Camunda 8 refuses it. Put a user task, a service task "
        "or an event into it."
    ),
    "bpmn.signal_catch_payload": (
        "Only an event that throws sends variables along; use output mappings where the signal is caught."
    ),
    "bpmn.variables_all": ('"{value}" is not known here; write all, or name single variables.'),
    "bpmn.start_inside_loop": (
        "{element} stands inside the multi-instance activity {loop}, of which no single turn can be begun. "
        "Start at {loop}."
    ),
    "bpmn.same_event": ("{other} waits here for the same {kind} ({name}) already; leave one of the two."),
    "bpmn.start_reads_variables": (
        '"{expression}" reads {names}, but before the start there are no variables; enter a fixed value.'
    ),
    "bpmn.extension_twice": ("{extension} stands here twice, and only one could count; leave one."),
    "bpmn.two_implementations": ("{first} and {second} both say how the work is done; leave one of them."),
    "bpmn.form_twice": ("More than one form is given here; leave one."),
    "bpmn.form_by_file": ("A form named by its file ({value}) is not found here; link it by its id, as formRef."),
    "bpmn.form_field_twice": ('The form field "{field}" stands there twice; rename one.'),
    "bpmn.script_beside": (
        "A script element of BPMN does not run; write the expression as FEEL in zeebe:script and remove it."
    ),
    "bpmn.property_unknown": "The property {name} is not known; probably {nearest} is meant. Correct the spelling.",
    "bpmn.property_value": (
        'The value "{value}" is not possible; probably {nearest} is meant. Possible values: {allowed}.'
    ),
    "bpmn.property_empty": "The property {name} has no value; enter one or remove it.",
    "bpmn.property_twice": "The property {name} is there twice; remove one.",
    "bpmn.element_unknown": "The process {process} has no element {element}.",
    "bpmn.no_none_start": (
        "The process {process} has no start event without trigger; start it by its message, signal or timer."
    ),
    "bpmn.wait_unknown": "Nothing that is open has the key {key}; it may be done already.",
    "bpmn.scope_unknown": "There is no open scope with the key {key}.",
}
