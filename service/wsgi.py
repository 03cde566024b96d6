"""The web application, for a WSGI server: `service.wsgi:application`.

The worker runs beside it, as `python -m service work`; the database must have been migrated.
"""

from __future__ import annotations

from service import wiring
from service.settings import Settings
from service.web import create_app

_settings = Settings.from_environment()
application = create_app(wiring.engine(_settings), _settings)
