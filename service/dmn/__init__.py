"""Decisions: DMN models read, linked and evaluated with FEEL. Pure."""
