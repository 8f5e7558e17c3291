"""A stand-in for X-Road security servers, and a member behind one; from the protocol's text alone."""
