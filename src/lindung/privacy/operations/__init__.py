"""Everything that changes holds, periods, erasures, requests, copies and breaches."""
