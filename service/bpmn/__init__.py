"""Our BPMN dialect on SpiffWorkflow, which is imported here alone."""
