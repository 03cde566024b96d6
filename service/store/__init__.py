"""Tables and every query on them, one module an aggregate. SQLAlchemy is imported here alone."""
