"""The HTTP door. Flask is imported here alone.

A page is a blueprint module in `pages/` entered in `PAGES`, a REST resource one in `api/` entered in `RESOURCES`. Views
open one unit of work, call one use case of `casework` or `runtime`, commit and answer; they neither query the store nor
read or run a model.
"""

from service.web.application import create_app

__all__ = ["create_app"]
