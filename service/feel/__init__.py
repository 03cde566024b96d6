"""FEEL, the expression language: text to syntax tree to value. Knows neither database, settings, network nor wall clock."""
