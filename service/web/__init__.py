"""The HTTP door. Flask is imported here alone."""
