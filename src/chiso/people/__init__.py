"""People who sign in: accounts, what each may do and where, sessions, and the record of what was done."""
