"""What lies ahead of a unit: exactly, if nobody acts; and as a forecast, if work goes on as usual."""
