"""Message catalogues for every door: code and facts to words. No Flask."""
