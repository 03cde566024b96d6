"""What service.runtime has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "runtime.audit_gap": "Audit entry {sequence} is missing, or an entry before it was removed.",
    "runtime.audit_chain_broken": (
        "Audit entry {sequence} does not follow the entry before it: one of the two was changed."
    ),
    "runtime.audit_entry_changed": "Audit entry {sequence} was changed after it was written.",
    "runtime.audit_end_missing": (
        "The audit log ends before entry {sequence}, but its head knows a later or another one."
    ),
    "runtime.decision_not_found": 'There is no live decision "{id}" {version}. Deploy it, or correct the id.',
    "runtime.definition_not_found": "There is no {kind} definition with key {key}.",
    "runtime.definition_not_live": (
        'Version {version} of "{id}" is not in use: it waits for a second person or its day, or was refused.'
    ),
    "runtime.definition_unreadable": 'The file stored for {kind} "{id}" (key {key}) no longer holds it.',
    "runtime.deployment_decided": "Deployment {key} has been decided already ({release}).",
    "runtime.deployment_empty": "There are no files to deploy. Choose at least one .bpmn, .dmn or .form file.",
    "runtime.deployment_needs_second_person": (
        "Deployment {key} must be let in by somebody else than the person who uploaded it."
    ),
    "runtime.task_one_by_one": 'Tasks of the step "{name}" are completed one by one, each on its own page.',
    "runtime.effective_day_past": "The day {day} is past; today is {today}. Choose today or a later day.",
    "runtime.refusal_without_reason": "Say why it is refused, so that whoever deployed it can mend it.",
    "runtime.deployment_not_found": "There is no deployment {key}.",
    "runtime.deployment_too_large": (
        "The files have {size} MB together; at most {limit} MB are accepted. Deploy them in parts."
    ),
    "runtime.deployment_too_many_files": (
        "There are {count} files; at most {limit} are accepted. Deploy them in parts."
    ),
    "runtime.duplicate_file": 'Two files are called "{id}". Rename one of them.',
    "runtime.duplicate_process": 'Process "{id}" stands in {other} already. Give one of them another id.',
    "runtime.duplicate_decision": 'Decision "{id}" stands in {other} already. Give one of them another id.',
    "runtime.duplicate_model": 'The model id "{id}" is used by {other} already. Give one of the files another id.',
    "runtime.duplicate_form": 'Form "{id}" stands in {other} already. Give one of them another id.',
    "runtime.evaluation_not_found": "There is no stored evaluation {key}.",
    "runtime.file_kind_unknown": "Files of kind {found} cannot be deployed. Use .bpmn, .dmn or .form.",
    "runtime.file_too_large": "{file} has {size} MB; at most {limit} MB are accepted.",
    "runtime.form_not_deployed": (
        'The form "{id}" of user task {key} is not deployed. Deploy it and open the task again.'
    ),
    "runtime.form_without_id": "The form has no id, so no diagram can name it. Set its id in the Modeler.",
    "runtime.handler_not_found": 'Nothing here handles the topic "{topic}" of job {key}.',
    "runtime.incident_not_found": "There is no incident {key}.",
    "runtime.incident_resolved": "Incident {key} has been resolved already.",
    "runtime.instance_ended": "Process instance {key} has ended.",
    "runtime.instance_not_found": "There is no process instance {key}.",
    "runtime.instance_not_root": "Process instance {key} was called by {root}; cancel that one.",
    "runtime.job_activation_invalid": "A lease must be longer than nothing and take at least one job.",
    "runtime.job_failed": (
        "The step failed: {error}. It was tried until no retries were left; mend the cause and retry."
    ),
    "runtime.job_worker_lost": (
        "The program that ran the job ended in the middle of it {times} times. Look into its log before trying again."
    ),
    "runtime.job_failed_already": "Job {key} has no retries left; retry its incident first.",
    "runtime.job_failed_outside": "The program that did the work reported: {message}",
    "runtime.not_a_starter": ('Only {groups} may start "{process}"; ask one of them.'),
    "runtime.job_of_handler": "Jobs of topic {topic} are done by this service itself; choose another topic.",
    "runtime.job_not_found": "There is no open job {key}.",
    "runtime.job_retries_invalid": "A job needs at least one retry; found {retries}.",
    "runtime.message_many_wait": (
        "{count} receivers wait for message {name}; name the business key or the process instance of one of them."
    ),
    "runtime.message_known": 'A message with id "{id}" is kept already.',
    "runtime.message_lives_too_long": "A message can be kept for {days} days at most.",
    "runtime.message_ring": (
        "Processes answered one another more than {limit} times in one step. Break the ring in the diagrams."
    ),
    "runtime.message_without_name": "A message or signal needs a name.",
    "runtime.no_start_form": 'Process "{id}" has no start form, so it takes no submission.',
    "runtime.process_not_found": 'There is no live process "{id}" {version}. Deploy it, or correct the id.',
    "runtime.reference_not_found": 'There is no {kind} "{id}" for binding {binding} {version}. Deploy it and retry.',
    "runtime.reference_latest_missing": (
        'The {kind} "{target}" is neither among the files nor deployed. Deploy it together with this file.'
    ),
    "runtime.reference_deployment_missing": (
        'The {kind} "{target}" is bound by "deployment", but is not among the files. Deploy it together with this file.'
    ),
    "runtime.reference_versiontag_missing": (
        'No {kind} "{target}" bears the version tag "{tag}". Deploy that version, or correct the tag.'
    ),
    "runtime.reference_version_missing": (
        'The {kind} "{target}" has no version {tag}. Deploy that version, or correct the number.'
    ),
    "runtime.file_damaged": (
        "The stored content of file {id} is not what was uploaded (SHA-256 {sha256}); nothing is handed out. "
        "Tell your administrator, who restores it from a backup."
    ),
    "runtime.file_empty": "The file {name} is empty; choose it again.",
    "runtime.file_exists": "There is a document {id} already; choose another id, or none.",
    "runtime.file_in_use": "File {id} belongs to a case or a process and stays with it.",
    "runtime.file_name_unfit": (
        "The name of the file is empty, has more than {limit} characters, or holds control characters; rename it."
    ),
    "runtime.file_not_found": "There is no such file, or none that you may read.",
    "runtime.file_of_another": "Only the person who uploaded a file may remove it.",
    "runtime.upload_too_large": "The file {name} is larger than {limit}, which is the most for one file.",
    "runtime.file_type_forbidden": (
        "Files like {name} are not taken. Possible endings: {allowed}. Save it as one of these, a PDF for example."
    ),
    "runtime.file_type_unlike": (
        "The content of {name} is not that of a file ending in .{ending}, or holds macros. "
        "Open it, save it anew in that format, and choose it again."
    ),
    "runtime.file_unknown": (
        "The reference to file {id} fits no file that may be used here: it is gone, differs, or belongs elsewhere."
    ),
    "runtime.too_many_uploads": (
        "Too many of your uploads wait to be submitted (at most {files} files and {size}). Submit or remove some first."
    ),
    "runtime.resource_not_found": "There is no stored file {key}.",
    "runtime.variable_not_found": "There is no variable {key} that you may see.",
    "runtime.scope_not_found": "There is no running process instance or element {key}.",
    "runtime.superseded": "Somebody else changed the same thing at the same moment. Look at it again and repeat.",
    "runtime.user_task_closed": "User task {key} is closed ({state}); nothing was changed.",
    "runtime.user_task_not_found": "There is no user task {key}.",
    "runtime.user_task_taken": "Somebody else works on user task {key}.",
}
