"""Every shipped process played through the real engine, with a set clock and a restart between every two steps."""
