"""What service.casework has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {}
