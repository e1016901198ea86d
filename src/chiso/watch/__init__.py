"""Takes the portal's published results on a schedule."""
