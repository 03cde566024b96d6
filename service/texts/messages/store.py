"""What service.store has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {
    "store.busy": "The database was busy for {seconds} seconds. Try again.",
    "store.cursor_invalid": (
        'The position "{cursor}" in the list is not one that was given out. Begin at the first page.'
    ),
}
