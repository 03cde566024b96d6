"""What scripts in the browser say; `scripts` of third parties get these through their translate service.

The English text is what the script asks for. A test holds this list against the installed packages.
"""

from __future__ import annotations


def N_(text: str) -> str:
    """Mark a text for the catalogues."""
    return text


ISLAND_WORDS: tuple[str, ...] = (
    # Our own scripts.
    N_("The draft could not be saved; what you typed stays on this page."),
    N_("The server did not answer; what you typed stays on this page. Send it again."),
    N_("{count} entries need attention"),
    N_("Your session has ended; what you typed stays on this page."),
    N_("Sign in again"),
    N_("Compare"),
    N_("Remove list item {number}"),
    N_("A file is still on its way; wait until it has arrived."),
    N_("A file was not taken: remove it from the list, or choose another."),
    N_("At most {limit} each."),
    N_("Cancel"),
    N_("Cancel {name}"),
    N_("Does not fit here; expected: {accept}."),
    N_("Larger than {limit}, the most for one file ({size})."),
    N_("Remove"),
    N_("Remove {name}"),
    N_("Sending {name}"),
    N_("The connection broke; choose the file again."),
    N_("The file could not be sent; choose it again."),
    N_("Zoom in"),
    N_("Zoom out"),
    N_("Whole diagram"),
    # form-js: validation.
    N_("Field is required."),
    N_("Field must be a valid email."),
    N_("Field must be a valid international phone number. (e.g. +4930664040900)"),
    N_("Field must have maximum length of {value}."),
    N_("Field must have maximum value of {value}."),
    N_("Field must have minimum length of {value}."),
    N_("Field must have minimum value of {value}."),
    N_("Field must match pattern {value}."),
    N_("Date and time must both be entered."),
    N_("Max validation value is not a valid number."),
    N_("Min validation value is not a valid number."),
    N_("Please select a valid value, the two nearest valid values are {previousValue} and {nextValue}."),
    N_("Value is expected to be an integer."),
    N_("Value is expected to have at most 1 decimal digit."),
    N_("Value is expected to have at most {value} decimal digits."),
    N_("Value is not a number."),
    # form-js: controls.
    N_("Add new"),
    N_("All values selected"),
    N_("Browse"),
    N_("Clear"),
    N_("Click to remove sorting"),
    N_("Click to sort by {value} ascending"),
    N_("Click to sort by {value} descending"),
    N_("Collapse"),
    N_("Decrement"),
    N_("Document reference is not defined."),
    N_("Download {fileName}"),
    N_("Expand all ({value})"),
    N_("External content couldn't be loaded."),
    N_("Increment"),
    N_("Next page"),
    N_("No content to show."),
    N_("No files selected"),
    N_("No results"),
    N_("Nothing to show."),
    N_("Previous page"),
    N_("Remove tag"),
    N_("Search"),
    N_("Select"),
    N_("Skip to search"),
    N_("Unable to download document"),
    N_("{page} of {total}"),
    N_("{value} files selected"),
)
