"""Users, roles and permission checks."""
