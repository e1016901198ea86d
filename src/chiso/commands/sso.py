"""Single sign-on: who of the provider is which account, by hand or by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from chiso.commands.accounts import MACHINE
from chiso.commands.options import FAILED, RUNNING, Data, Json, family, opened, wrong

if TYPE_CHECKING:
    from chiso.folder import DataFolder

sso_app = family("sso", "Single sign-on: the provider, whom it may send, and as whom.", RUNNING)


def _issuer(folder: DataFolder) -> str:
    if not folder.settings.sso_issuer:
        raise SystemExit(wrong("no provider is set: sso_issuer, sso_client and address"))
    return folder.settings.sso_issuer


@sso_app.command(name="check")
def sso_check(*, data: Data = None, json: Json = False) -> int:
    """Ask the provider for its description and keys, as the first sign-in would."""
    from chiso.commands import output
    from chiso.people.oidc import SsoError, provider_of

    with opened(data) as folder:
        _issuer(folder)
        provider = provider_of(folder.settings)
    if provider is None:
        raise AssertionError
    body: dict[str, Any] = {"issuer": provider.client.issuer, "client": provider.client.client,
                            "back": provider.client.back}  # fmt: skip
    try:
        told = provider.described()
        body["keys"] = len(provider.keys())
    except SsoError as error:
        output.say(error.message_en)
        return FAILED
    body["authorization"] = told["authorization_endpoint"]
    body["signs_out"] = "end_session_endpoint" in told
    if json:
        output.print_json(body)
    else:
        output.table("", ("", ""), [(name, str(value)) for name, value in body.items()], set())
    if not body["keys"]:
        output.say("the provider has no key whose signatures are believed")
        return FAILED
    return 0


@sso_app.command(name="list")
def sso_list(*, data: Data = None, json: Json = False) -> int:
    """The rules, and the accounts that the provider is known to."""
    from chiso.commands import output
    from chiso.people.house import People

    with opened(data) as folder:
        federation = People(folder.ledger).federation
        rules: list[dict[str, Any]] = [
            {"id": one.id, "claim": one.claim, "value": one.value, "role": one.role, "unit": one.unit}
            for one in federation.rules()
        ]
        known = [
            {"login": one.login, "claim": one.claim, "value": one.value}
            for one in federation.identities(_issuer(folder))
        ]
    if json:
        output.print_json({"rules": rules, "accounts": known})
        return 0
    told = [(one["id"], one["claim"], one["value"], f"{one['role']}@{one['unit']}") for one in rules]
    output.table("", ("Rule", "Claim", "Value", "Role"), told, {0})
    output.table("", ("Login", "Claim", "Value"), [tuple(one.values()) for one in known], set())
    return 0


@sso_app.command(name="link")
def sso_link(
    login: str,
    *,
    email: Annotated[str, Parameter(help="The address that the provider has verified.")] = "",
    subject: Annotated[str, Parameter(help="The provider's own name of the person (sub).")] = "",
    data: Data = None,
) -> int:
    """Prepare an account for somebody of the provider.

    Parameters
    ----------
    login
        The account.
    """
    from chiso.instants import utc_now
    from chiso.people.house import People

    if bool(email) == bool(subject):
        return wrong("link takes --email or --subject")
    claim = "email" if email else "sub"
    with opened(data) as folder:
        people = People(folder.ledger)
        people.federation.link(login, _issuer(folder), claim, email or subject)
        people.audit.note(utc_now(), MACHINE, "sso_linked", login, claim=claim)
    return 0


@sso_app.command(name="unlink")
def sso_unlink(login: str, *, data: Data = None) -> int:
    """Part an account from the provider; its sessions end.

    Parameters
    ----------
    login
        The account.
    """
    from chiso.commands import output
    from chiso.instants import utc_now
    from chiso.people.house import People

    with opened(data) as folder:
        people = People(folder.ledger)
        done = people.federation.unlink(login, _issuer(folder))
        people.audit.note(utc_now(), MACHINE, "sso_unlinked", login, count=done)
    output.say(f"{login}: known by {done} words before, by none now")
    return 0


@sso_app.command(name="rule")
def sso_rule(
    claim: str,
    value: str,
    *,
    role: Annotated[str, Parameter(help="leader, controller, staff, auditor, administrator.")],
    unit: Annotated[str, Parameter(help="The unit of the role.")] = "H01",
    data: Data = None,
    json: Json = False,
) -> int:
    """Give whoever has a value in a claim a role, and an account at the first sign-in.

    Parameters
    ----------
    claim
        A word of the provider: groups, department, realm_access.roles.
    value
        What it must hold.
    """
    from chiso.commands import output
    from chiso.commands.accounts import grants_of
    from chiso.instants import utc_now
    from chiso.people.house import People

    with opened(data) as folder:
        _issuer(folder)
        people = People(folder.ledger)
        (grant,) = grants_of(folder, [role], unit)
        made = people.federation.add_rule(claim, value, grant)
        people.audit.note(
            utc_now(), MACHINE, "sso_rule_added", str(made.id), claim=made.claim, value=made.value,
            role=f"{made.role}@{made.unit}",
        )  # fmt: skip
    if json:
        output.print_json({"id": made.id, "claim": made.claim, "value": made.value, "role": made.role,
                           "unit": made.unit})  # fmt: skip
    else:
        output.say(f"rule {made.id}: {made.claim} = {made.value} → {made.role}@{made.unit}")
    return 0


@sso_app.command(name="unrule")
def sso_unrule(number: int, *, data: Data = None) -> int:
    """Take a rule away.

    Parameters
    ----------
    number
        As `chiso sso list` tells it.
    """
    from chiso.instants import utc_now
    from chiso.people.house import People

    with opened(data) as folder:
        people = People(folder.ledger)
        gone = people.federation.remove_rule(number)
        people.audit.note(
            utc_now(), MACHINE, "sso_rule_removed", str(number), claim=gone.claim, value=gone.value,
            role=f"{gone.role}@{gone.unit}",
        )  # fmt: skip
    return 0
