"""form-js schemas: read, checked, and submissions validated against them. Pure."""
