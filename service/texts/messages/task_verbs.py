"""What the verbs of tasks have to say, in English: handing over, going back, and why that is refused."""

MESSAGES: dict[str, str] = {
    "bpmn.signer_last": "Somebody must sign the step; the last one cannot be removed.",
    "bpmn.signers_in_order": "They sign one after the other; who comes later cannot be removed.",
    "bpmn.signers_not_names": "The step {element} runs over something else than people, so that nobody can be added.",
    "bpmn.signers_of_one": "The step {element} is done by one person; there is nobody to add or to remove.",
    "runtime.choose_signer": "Choose a signer who has not signed yet.",
    "runtime.signs_already": "This person signs already. Choose somebody else.",
    "runtime.notice_added": "You are to sign: {task}",
    "runtime.notice_added_text": "{who} added you as a signer of “{task}”. Reason: {text}",
    "runtime.notice_removed": "You need not sign: {task}",
    "runtime.notice_removed_text": "{who} removed you as a signer of “{task}”. Reason: {text}",
    "bpmn.back_into_many": "The step is done by several people; what one of them has submitted cannot be taken back.",
    "bpmn.back_other_branch": "That step lies in another branch; no way leads from there to here.",
    "bpmn.back_out_of_handler": (
        "What goes on here was set off by an event and lies outside the ordinary course, which cannot be gone back to."
    ),
    "bpmn.back_outputs": "The results of {element} cannot be written; ask the process owner to look at its mappings.",
    "bpmn.back_scope_ended": "The part of the procedure in which that step lay has ended.",
    "casework.back_after_sending": (
        "“{step}” has gone out since; what was sent cannot be unsaid. Go on, and correct it by the way the procedure "
        "has."
    ),
    "casework.back_against_line": "{person}'s rectification, filing or appeal has gone on; it cannot be set back.",
    "casework.back_against_state": (
        "{person}'s procedure stands at “{stands_at}”, after which “{follows}” may not follow again. Use the way back "
        "that the procedure itself has."
    ),
    "casework.reader_out_of_reach": "{user} does not see this case; copies go only to people who work on it.",
    "runtime.choose_people": "Choose at least one person.",
    "runtime.choose_person": "Choose a person.",
    "runtime.draft_changed": (
        "This form was changed in another window or on another device meanwhile (version {version}; yours began from "
        "version {base}). Both are kept: compare them and decide which to go on with."
    ),
    "runtime.holds_it_already": "This person holds the task already. Choose somebody else.",
    "runtime.reason_missing": "Write the reason in a few words.",
    "runtime.reminded_today": "You have reminded of this task today already, at {at}. You may do so again tomorrow.",
    "runtime.task_delegated": (
        "This task was delegated to you: fill it in and give it back; whoever delegated it submits it."
    ),
    "runtime.task_not_delegated": "This task is not delegated any more; look at it again.",
    "runtime.text_too_long": "At most {limit} characters; you wrote {found}.",
    "runtime.too_many_copies": "At most {limit} people at a time.",
    "runtime.verb_not_offered": "The step “{task}” does not offer this: its diagram leaves it out.",
    "runtime.verb_not_yours": "Only who holds the task may do this; look at who holds it now.",
    "runtime.notice_transferred_to_you": "Handed over to you: {task}",
    "runtime.notice_transferred_to_you_text": "{who} handed the task “{task}” over to you. Reason: {text}",
    "runtime.notice_transferred_from_you": "Handed over to somebody else: {task}",
    "runtime.notice_transferred_from_you_text": (
        "{who} handed the task “{task}”, which you held, over to somebody else. Reason: {text}"
    ),
    "runtime.notice_delegated": "Delegated to you: {task}",
    "runtime.notice_delegated_text": (
        "{who} asks you to do the task “{task}” and to give it back to them. What is asked: {text}"
    ),
    "runtime.notice_answered": "Given back to you: {task}",
    "runtime.notice_answered_text": "{who} has done the task “{task}” and given it back to you. Answer: {text}",
    "runtime.notice_recalled": "Taken back: {task}",
    "runtime.notice_recalled_text": "{who} has taken the delegated task “{task}” back. {text}",
    "runtime.notice_copied": "For your information: {task}",
    "runtime.notice_copied_text": "{who} sends you the task “{task}” for reading. {text}",
    "runtime.notice_reminded": "Reminder: {task}",
    "runtime.notice_reminded_text": "{who} reminds you of the task “{task}”. {text}",
    "runtime.notice_remarked": "Remark on: {task}",
    "runtime.notice_remarked_text": "{who} remarked on the task “{task}”: {text}",
    "runtime.back_ends_others": (
        "“{step}” is under way beside it and would be broken off. Wait until it is done, or settle it with its holder."
    ),
    "runtime.back_while_working": "The service is at work on “{step}”. Wait a moment and try again.",
    "runtime.choose_step": "Choose the step to return it to.",
    "runtime.not_straight": "From there it cannot come straight back: the steps between must be gone through again.",
    "runtime.withdraw_done": "“{step}” has been done since; it is too late to withdraw. Ask its holder to return it.",
    "runtime.withdraw_ended": "What came next has ended; there is nothing left to withdraw from.",
    "runtime.withdraw_not_yours": "Only who submitted “{task}” may withdraw it, where its step offers that.",
    "runtime.withdraw_opened": (
        "“{step}” has been opened or claimed already; it is too late to withdraw. Ask its holder to return it."
    ),
    "runtime.notice_returned": "Returned to be done again: {task}",
    "runtime.notice_returned_text": "{who} returned it from “{left}” to “{task}”. Reason: {text}",
    "runtime.notice_withdrawn": "Withdrawn: {task}",
    "runtime.notice_withdrawn_text": "{who} withdrew what they had submitted in “{task}”. Reason: {text}",
}
