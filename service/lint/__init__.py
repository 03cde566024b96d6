"""Rules over a whole deployment, one module a rule. Pure."""
