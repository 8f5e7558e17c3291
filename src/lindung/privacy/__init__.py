"""Rights over personal data: how long what is kept and why, erasure, copies, holds, breaches."""
