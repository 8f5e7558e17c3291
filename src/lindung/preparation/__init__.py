"""Ready to leave: orientation, insurance, clearance card, border."""
