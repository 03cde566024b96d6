"""Messages of the settings: code to English text."""

MESSAGES: dict[str, str] = {
    "settings.demo_not_loopback": (
        "{variable} is {found}, but the demo profile has known passwords and listens on this machine only. "
        "Use 127.0.0.1, or set RONGCUO_PROFILE=production."
    ),
    "settings.not_a_choice": "{variable} is {found}; expected one of: {expected}.",
    "settings.not_a_number": "{variable} is {found}; expected a whole number from {low} to {high}.",
    "settings.unknown_zone": "{variable} is {found}, which is not a known time zone; an example is Asia/Shanghai.",
    "settings.unknown_database": (
        "{variable} begins with {found}; expected sqlite:///path or postgresql://user@host/name."
    ),
    "settings.unknown_file_type": (
        "{variable} holds {found}, whose content cannot be recognised; expected some of: {expected}."
    ),
    "settings.secret_too_short": "{variable} must have at least {minimum} characters.",
    "settings.secret_file_broken": (
        "The key file {path} holds fewer than {minimum} characters; delete it to have a new one written."
    ),
}
