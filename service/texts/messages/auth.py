"""What service.auth has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "auth.no_permission": "This needs permission {permission}, which these roles have: {roles}.",
    "auth.no_such_task": "There is no task {key}, or it is not yours to see.",
    "auth.no_such_case": "There is no case {key}, or it is not yours to see.",
    "auth.not_yours_to_assign": "Only the holder of task {key} or a supervisor may hand it to somebody.",
    "auth.claimed_by_another": "Task {key} is held by somebody else.",
    "auth.not_a_candidate": "Task {key} is not offered to you.",
    "auth.claim_first": "Claim task {key} before working on it.",
    "auth.target_not_a_candidate": "Task {key} is not offered to {user}; choose somebody with the role it asks for.",
    "auth.only_the_subject": "Only the person held accountable may do this ({permission}).",
    "auth.bad_user_name": (
        '"{name}" cannot be a user name: use 2 to 63 lower case letters, digits, dots, dashes and '
        "underscores, beginning with a letter."
    ),
    "auth.no_display_name": "User {name} needs a name to be shown.",
    "auth.name_taken": "There is a user {name} already.",
    "auth.no_such_user": "There is no user {name}.",
    "auth.unknown_role": "{role} is no role; expected one of: {expected}.",
    "auth.roles_exclude": "Roles {one} and {other} exclude one another; {name} cannot hold both.",
    "auth.role_not_held": "User {name} does not hold role {role}.",
    "auth.locked": "Too many failed tries; try again in {minutes} minutes.",
    "auth.wrong_credentials": "User name or password is wrong.",
    "auth.old_password_wrong": "The old password is wrong.",
    "auth.password_unchanged": "The new password is the old one.",
    "auth.password_too_short": "A password has at least {minimum} characters.",
    "auth.password_too_long": "A password has at most {maximum} characters.",
    "auth.password_too_plain": (
        "A password mixes at least {classes} of: lower case, upper case, digits, other characters."
    ),
    "auth.password_holds_name": "A password must not contain the user name.",
    "auth.password_too_common": "This password is among the first to be guessed; choose another.",
    "auth.client_name_bad": "An API client needs a name of at most {limit} characters.",
    "auth.too_many_clients": "You have {limit} API clients already; revoke one first.",
    "auth.no_such_client": "You have no API client {client}.",
    "auth.key_file_broken": (
        "The key file {path} for identity numbers is missing or damaged; put back the copy kept with the backups."
    ),
    "auth.key_does_not_fit": (
        "No key in {path} opens this identity number; put back the key file that belongs to this database."
    ),
}
