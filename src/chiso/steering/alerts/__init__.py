"""Alerts: rules on figures and changes, with states that do not flap, told to the people of a unit."""
