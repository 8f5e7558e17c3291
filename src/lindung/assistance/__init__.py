"""Help around a case: letters, claims, referrals, shelter, interpreters, proposals of sanction."""
