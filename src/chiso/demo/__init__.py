"""A province to try: An Giang's year 2026 up to 2026-10-10T06:00+07:00, as its senders would have told it.

``stream.make(dossiers, seed)`` draws the province; ``stream.lines(province)`` tells its year in order of the
instants at which each message was pushed; ``trickle.trickle(province)`` goes on after it.  Everything is
invented but unit names, the published results of 34 provinces, and the totals at which the year ends.
"""
