"""What service.casework has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "casework.case_number": "{organ}-{year}-{number}",
    "casework.no_such_case": "There is no case {key}, or it is not yours to see.",
    "casework.no_such_subject": "This case has no subject {key}.",
    "casework.no_such_notice": "There is no notice {key} of yours.",
    "casework.no_registration_form": "Process {process} has no start form; deploy it together with its forms.",
    "casework.no_application_form": "Form {form} is not deployed; deploy it before applications are taken.",
    "casework.nobody_takes_applications": "No deployed process starts by message {message}; deploy rc-application.",
    "casework.form_writes_elsewhere": "Form {form} may write the application only, not {paths}.",
    "casework.state_secret": (
        'Secrecy level "{found}" cannot be registered here. State secrets must not enter this system '
        "(Law on Guarding State Secrets); register the case in the classified system. Allowed: "
        "{expected}."
    ),
    "casework.no_subjects": "A case has at least one subject (Article 7).",
    "casework.subject_needs_name": "The name of the subject is missing.",
    "casework.account_twice": "Account {user} is entered for two subjects.",
    "casework.in_the_future": "This moment lies in the future.",
    "casework.no_such_person": "There is no active account {user}.",
    "casework.person_lacks_role": "{user} does not hold role {role}.",
    "casework.person_is_subject": (
        "{user} is held accountable in this case and cannot work on it (Act on Administrative Sanctions, art. 47)."
    ),
    "casework.person_recused": "{user} must recuse in this case (Act on Administrative Sanctions, art. 47; rule D10).",
    "casework.person_undeclared": (
        "{user} has not yet declared whether they must recuse in this case; without it nobody is given work in it "
        "(Act on Administrative Sanctions, art. 47; rule D10)."
    ),
    "casework.personal_task": "This task is {user}'s in person; nobody else can do it.",
    "casework.candidates_from_records": (
        "Task {key} is offered to the people of its case; assign them in the case, not in the task."
    ),
    "casework.two_investigators": (
        "At least {least} investigators are needed (Act on Administrative Sanctions for Public "
        "Officials, Article 42); found {found}."
    ),
    "casework.two_collectors": (
        "Evidence is collected by at least {least} people (Act on Administrative Sanctions for Public "
        "Officials, Article 42); found {found}."
    ),
    "casework.two_inquirers": (
        "A hearing is held by at least {least} people (Act on Administrative Sanctions for Public "
        "Officials, Article 42); found {found}."
    ),
    "casework.roles_exclude": (
        "{user} cannot be {one} and {other} in the same case (art. 5 (2), objectivity and fairness)."
    ),
    "casework.one_person": "{field} takes one person only.",
    "casework.no_such_assignment": "{field} is no assignment; expected one of: {expected}.",
    "casework.no_such_state": "{state} is no state of the line {strand}; expected one of: {expected}.",
    "casework.state_not_allowed": (
        "State {following} of the line {strand} may not follow {present}; allowed: {allowed}."
    ),
    "casework.not_suspendable": (
        "A procedure in state {state} cannot be suspended; it can be in: {allowed} (rules of states, Article 5(3))."
    ),
    "casework.nobody_suspends": "The running process does not take message {message}; its version is older.",
    "casework.suspension_needs_kind": "State why the procedure is suspended (Article 5(3)).",
    "casework.suspension_needs_reason": "Describe the reason for the suspension (Article 5(3)).",
    "casework.not_issued": "The decision on subject {subject} has no date of issue.",
    "casework.not_closable": "Subject {subject} cannot be closed: {gaps}.",
    "casework.gap_filing_personnel": "the personnel file is not received",
    "casework.gap_filing_integrity": "the integrity file is not received",
    "casework.gap_filing_caseFile": "the case volume is not received",
    "casework.gap_rectification": "the rectification is neither closed nor stated to be needless",
    "casework.gap_appeal": "an appeal is pending",
    "casework.application_pending": (
        "An application of subject {subject} is being examined; complete or withdraw it first."
    ),
    "casework.no_application_pending": "No application of subject {subject} is being examined.",
    "casework.submitted_once": "The time of an application is kept as it was (Article 7).",
    "casework.screening_needs_reason": "State the reason why the conditions are not met (Article 7).",
    "casework.other_claim_needs_text": "Describe the other circumstance that is claimed (Article 6(7)).",
    "casework.line_needs_clauses": "Name the clauses that are violated (Article 5(3)).",
    "casework.needs_reason": "State the reason.",
    "casework.evidence_missing": "Enter at least one piece of evidence (Article 7(1)).",
    "casework.fact_needs_evidence": (
        'No evidence that may be used proves this fact; add evidence that names it, or choose "not ascertained" '
        "(Article 7(1))."
    ),
    "casework.finding_needs_evidence": (
        'Name the evidence on which this finding rests, or choose "not ascertained" (Articles 5(3) and 7(1)).'
    ),
    "casework.evidence_not_usable": (
        "There is no usable evidence {numbers}; choose evidence that is in the file and not excluded (Article 7(1))."
    ),
    "casework.four_eyes": (
        '{user} did the step "{earlier}" and cannot also do "{step}": it takes a second person ({article}).'
    ),
    "casework.reasons_title": "reasons and basis|grounds for tolerance",
    "casework.ends_before_it_begins": "The last day lies before the first, {begin}.",
    "casework.more_members_than_total": (
        "{members} members take part, but only {total} are due to attend; correct the number due or the members "
        "(Article 7(2))."
    ),
    "casework.more_present_than_total": (
        "{present} members are present, but only {total} are due to attend; correct the attendance (Article 7(2))."
    ),
    "casework.meeting_differs": (
        "Meeting {number} is entered for {subject} with another value; choose it as the same meeting, or give this "
        "one a number of its own (Article 7(2))."
    ),
    "casework.measure_needs": "A measure names who carries it out and by when.",
    "casework.measure_or_reason": "Describe the measure, or state why this class does not apply (Article 8).",
    "casework.measure_missing_remedy": (
        "There is no remedial measure; add one, or the reason why none applies (Article 8)."
    ),
    "casework.measure_missing_impact": (
        "There is no measure against the impact; add one, or the reason why none applies (Article 8)."
    ),
    "casework.measure_missing_loss": (
        "There is no measure to recover losses; add one, or the reason why none applies (Article 8)."
    ),
    "casework.measure_missing_mechanism": (
        "There is no lasting mechanism; add one, or the reason why none applies (Article 8)."
    ),
    "casework.locked": (
        "The decision is issued; {record} is locked and changes only by a new document (Article 7(2))."
    ),
    "casework.outcome_locked": (
        "The outcome {outcome} stands in an issued decision; it changes only by an appeal or a review (Article 7(3))."
    ),
    "casework.outcome_before_decision": "There is no outcome before the decision is issued (Article 7(2)).",
    "casework.outcome_not_resolved": "The outcome must be the one resolved collectively: {resolved} (Article 7(2)).",
    "casework.reasons_not_here": (
        'The material on reasons and basis goes only into the case volume, not into the file "{target}" '
        "(Article 7(2), second paragraph)."
    ),
    "casework.received_before_sent": (
        "The file was sent on {sent}; it cannot have been received earlier (Article 7(3))."
    ),
    "casework.absent_member": (
        "{member} did not attend; only members present state an opinion and vote (Article 7(2))."
    ),
    "casework.recused_member": "{member} is recused from this case (Act on Administrative Sanctions, art. 47).",
    "casework.member_twice": "{member} has stated an opinion already (Article 7(2)).",
    "casework.rectification_noticed": (
        "A rectification notice was issued; it ends by inspection, not by a reason why none is needed (Article 8)."
    ),
    "casework.whose_record": "Record {record} belongs to a person, but the step is about none.",
    "casework.unknown_record": "There is no record {record}.",
    "casework.unknown_field": "There is no field {field} in the record.",
    "casework.read_only": "{field} is kept by the service itself.",
    "casework.no_case_to_write": "There is no case to write {paths} to.",
    "casework.record_changed": "Record {record} was changed by somebody else meanwhile; load it again.",
    "casework.wrong_type": "The value has the wrong type; expected: {expected}.",
    "casework.not_a_choice": "The value is not known; expected one of: {expected}.",
    "casework.too_few": "At least {least} entries are needed; found {found}.",
    "casework.too_many": "At most {limit} entries are possible.",
    "casework.job_without_case": "Service task {element} ({topic}) runs in a process without a case.",
    "casework.header_missing": "Service task {element} ({topic}) lacks header {header}.",
    "casework.header_unknown": "Header {header} of {topic} is {found}; expected one of: {expected}.",
    "casework.input_missing": "Service task {topic} lacks input {input}.",
    "casework.level_remind": "reminder before the due day",
    "casework.level_L1": "L1, reminder",
    "casework.level_L2": "L2, formal order",
    "casework.level_L3": "L3, proposal to be considered",
    "casework.level_L4": "L4, accountability to be studied",
    "casework.escalation_title": "Rectification: {level}",
    "casework.escalation_text": (
        "Case {case}, {subject}: {reason}. This is a reminder for people; nothing is decided by it."
    ),
    "casework.demo_progress": "[{done}/{total}] {case}",
    "casework.demo_half_seeded": "The demonstration was filled only in part; remove its database and start again.",
    "casework.demo_stuck": "The demonstration stopped in {case}: it waits for {wanted}, open are: {open}.",
    "casework.demo_nobody": "Nobody in the demonstration can do {element}.",
    "casework.demo_case": "{at}  Registered {number} {title}",
    "casework.demo_task": "{at}  {who}: {task}",
    "casework.demo_decision": "                    decision {name}: {output}",
    "casework.demo_rules": "                    rules matched: {rules}",
    "casework.demo_deadline_running": "                    deadline {parameter} {name}: {due}",
    "casework.demo_deadline_paused": "                    deadline {parameter} {name} paused",
    "casework.demo_deadline_closed": "                    deadline {parameter} {name} done ({due})",
    "casework.demo_no_due": "no due day, a year's calendar is missing",
    "casework.demo_state": "                    state: {states}",
    "casework.demo_end": "{name}: {outcome}, {state}",
    "casework.demo_audit": "Audit log: {entries} entries, chain whole.",
    "casework.outcome_pending": "pending",
    "casework.outcome_exempt": "exempt from accountability",
    "casework.outcome_mitigated": "mitigated",
    "casework.outcome_lighter": "lighter",
    "casework.outcome_none": "no tolerance",
    "casework.outcome_mixed": "different for each person",
    "casework.state_REGISTERED": "registered",
    "casework.state_SCREENING": "examined on own motion",
    "casework.state_NOT_STARTED": "conditions not met",
    "casework.state_APP_RECEIVED": "application received",
    "casework.state_SUPPLEMENT": "to be supplemented",
    "casework.state_REJECTED": "not accepted",
    "casework.state_TRANSFERRED": "transferred",
    "casework.state_ACCEPTED": "started",
    "casework.state_INVESTIGATING": "under investigation",
    "casework.state_REPORTING": "report under review",
    "casework.state_REVIEWING": "under trial review",
    "casework.state_COLLECTIVE": "collective study",
    "casework.state_DRAFTING": "documents being drafted",
    "casework.state_ISSUED": "decision issued",
    "casework.state_SERVING": "announcement and service",
    "casework.state_SERVED": "served and explained",
    "casework.state_TRACKING": "tracking",
    "casework.state_SUSPENDED": "suspended",
    "casework.state_TERMINATED": "terminated",
    "casework.state_CLOSED": "closed",
    "casework.comma": ", ",
    "casework.semicolon": "; ",
    "casework.demo_rule": "{index} ({notes})",
    "casework.identity_shape": (
        "An identity number has 18 places: 17 digits and then a digit or X. Check it against the document."
    ),
    "casework.identity_birthday": "Places 7 to 14 are no day of birth; check the number against the document.",
    "casework.identity_check_digit": (
        "The last place does not fit the others, so something is mistyped; check the number against the document."
    ),
    "casework.identity_needs_reason": (
        "Say why the number must be seen, in {least} to {most} characters and without repeating it."
    ),
    "casework.no_identity_number": "No identity number is kept of this person.",
    "casework.no_identity_keys": "This program has no key file for identity numbers; see the settings.",
    "casework.own_account": "Nobody changes their own account or roles here; ask the other administrator.",
    "casework.organ_name": 'An organ is named without "@"; found {found}.',
    "casework.deployment_waiting_title": "To be approved: {name}",
    "casework.deployment_waiting_text": (
        "{by} deployed it. It comes into force only when another process owner approves it on the page Deployments."
    ),
    "casework.deployment_approved_title": "Approved: {name}",
    "casework.deployment_approved_text": "{by} approved the deployment. It is in force from {day}.",
    "casework.deployment_refused_title": "Refused: {name}",
    "casework.deployment_refused_text": "{by} refused the deployment: {reason}",
    "casework.deployment_in_force_title": "In force: {name}",
    "casework.deployment_in_force_text": "The day {day} has come: new cases use the new versions.",
    "casework.recusal_pending": (
        "A request that {user} recuse is not decided yet; until then they are given nothing new in this case "
        "(Act on Administrative Sanctions, art. 47 and 48)."
    ),
    "casework.no_recusal_pending": "Nobody asked for this recusal, or it is decided already.",
    "casework.own_recusal": (
        "Nobody rules on their own recusal (Act on Administrative Sanctions, art. 48); another approver does."
    ),
    "casework.not_of_the_case": "Choose one of those who work on the case.",
    "casework.not_a_handler": "Only who works on the whole case declares recusal in it.",
    "casework.recusal_ruled_title": "Ruling on your request for recusal",
    "casework.recusal_ordered": "{user} must recuse in your case. Reason: {reason}",
    "casework.recusal_denied": "{user} need not recuse in your case. Reason: {reason}",
}
