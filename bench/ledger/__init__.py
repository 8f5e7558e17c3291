"""What a node of the exchange bench does with a message: it writes down that it came, in order."""
