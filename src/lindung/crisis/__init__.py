"""After a disaster: who is inside its footprint, and whether they are safe."""
