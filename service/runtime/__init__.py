"""Use cases of the engine, one module a concept; each works inside one unit of work."""
