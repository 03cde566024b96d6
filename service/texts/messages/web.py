"""What service.web has to say, in English, which is the msgid of the catalogues."""

MESSAGES: dict[str, str] = {}
