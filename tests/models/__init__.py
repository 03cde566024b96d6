"""The shipped models under the Modeler's own linter and against one another."""
