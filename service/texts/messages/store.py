"""What service.store has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "store.busy": "The database was busy for {seconds} seconds. Try again.",
    "store.cursor_invalid": (
        'The position "{cursor}" in the list is not one that was given out. Begin at the first page.'
    ),
    "store.backup_exists": "{path} exists already. Name a new file.",
    "store.backup_missing": "There is no copy {path}.",
    "store.backup_tool_missing": (
        "{tool} is not installed on this machine. It comes with the PostgreSQL client programs."
    ),
    "store.backup_failed": "{tool} could not finish: {reason}",
    "store.restore_not_empty": (
        "The database holds tables already. A copy is put back into an empty place only: move the present database "
        "away, or name another one in RONGCUO_DATABASE."
    ),
}
