"""The verification chain before a person is found: agreement, job order, quota, permit."""
