"""The relative's pages: how somebody is, when they come home, and what became of a call for help."""
