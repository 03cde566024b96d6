"""The domain: case files, and what processes do to them."""
