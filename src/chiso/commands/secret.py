"""The secret of a data folder, from the machine itself."""

from __future__ import annotations

from chiso.commands.options import KEEPING, Data, data_dir, family, opened

secret_app = family("secret", "The secret from which all keys of the data folder are made.", KEEPING)


@secret_app.command(name="renew")
def secret_renew(*, data: Data = None) -> int:
    """Take a new secret and seal everything anew with it.  Every process has to be stopped first.

    Hashes that stand for persons keep their key: nothing is left that they could be made from again.
    """
    from chiso.commands import output
    from chiso.instants import utc_now
    from chiso.ledger.renewing import renew
    from chiso.people.house import People

    folder = data_dir(data)
    with opened(data) as held:
        done = renew(held.ledger, folder)
        People(held.ledger).audit.note(utc_now(), "!", "secret_renewed", "", sealed=done.sealed)
    output.say(f"{done.sealed:,} pieces are sealed anew.")
    if done.in_place:
        output.say(f"{done.path} is the new secret: copy it to a safe place now, and to every machine.")
    else:
        output.say(f"{done.path} holds the new secret: put it where the old one is given, then remove it.")
    if done.before:
        output.say(f"{done.before} is the old secret: move it to the backups made before, which take it.")
    else:
        output.say("Backups made before take the old secret: keep it with them.")
    output.say("A standby has to be made anew.")
    return 0
