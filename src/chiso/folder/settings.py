"""Settings of a data folder: from the environment, else from its ``chiso.toml``, else as given here."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from chiso.instants import DAY
from chiso.people.rights import Role

PREFIX: Final = "CHISO_"
FILE: Final = "chiso.toml"
SWITCHES: Final = {"true": True, "1": True, "yes": True, "on": True} | dict.fromkeys(
    ("false", "0", "no", "off", ""), False
)
WRITES: Final = ("local", "on", "off")
SITE: Final = re.compile(r"\*|(https?://)?[A-Za-z0-9.*-]+(:\d+)?")
"""A site as a content policy names it (CSP 3, host-source)."""


class SettingError(ValueError):
    """A setting that cannot be read.  Names it and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """What a folder is opened with.  Each is ``CHISO_<NAME>`` in the environment or a key of the file."""

    home: str = "H01"
    """the province whose dossiers are counted here"""
    database: str = ""
    """SQLAlchemy URL; empty: SQLite inside the folder"""
    target: int = 80
    """points that the province wants to reach"""
    https: bool = False
    """whether readers come over HTTPS through a proxy: cookies are then sent over nothing else"""
    body_limit: int = 200 * 1024 * 1024
    """bytes that one request may bring"""
    bodies_limit: int = 400 * 1024 * 1024
    """bytes that all requests that are not answered yet may have brought, in each process"""
    portal: str = ""
    """address of the national portal, whose published results ``chiso watch`` takes"""
    watch: str = ""
    """when ``chiso serve`` asks the portal itself: an hour (06:00) or a number of hours (6); empty: never"""
    watch_units: str = ""
    """codes of the provinces of which all units are kept; empty: ``home``"""
    watch_procedures: str = ""
    """codes of procedures that are asked for one by one in those provinces"""
    steering_writes: str = "local"
    """who may enter documents, tasks, reports on pages: ``local`` (this machine alone), ``on``, ``off``"""
    address: str = ""
    """under which people reach the pages, for links in mails"""
    mail: str = ""
    """the mail server, ``smtp://user:password@host:587?from=chiso@example.vn``; empty: no mail is sent"""
    quiet_hours: str = "20:00-06:30"
    """when nobody is told what can wait; days off are quiet too; empty: never"""
    digest_at: str = "07:00"
    """when the digest of a working day is told"""
    second_factor: str = "administrator"
    """roles of which a second factor is asked, parted by commas; ``all``: of everybody; empty: of nobody"""
    first_password_days: int = 7
    """days for which a password holds that was made for somebody; 0: for ever"""
    sso_issuer: str = ""
    """the provider of single sign-on (OpenID Connect), ``https://sso.example.vn/realms/x``; empty: none"""
    sso_client: str = ""
    """under which name this server is registered there"""
    sso_secret: str = field(default="", repr=False)
    """its secret there; empty: a public client, by PKCE alone"""
    sso_secret_file: str = ""
    """a file with that secret, in place of ``sso_secret``"""
    sso_name: str = ""
    """what the button of the sign-in page calls the provider"""
    sso_scopes: str = "openid profile email"
    """what is asked for: where groups need a scope of their own it is added here"""
    public: bool = True
    """whether scores of all units are shown to everybody at ``/public``"""
    public_lag: int = 0
    """hours by which what is shown there lies back"""
    public_keep: int = 3
    """seconds for which a public page is given as it is; 0: each is made when it is asked for"""
    public_licence: str = ""
    """licence of the open data, with its address if it has one; empty: none has been chosen"""
    public_embed: str = "*"
    """sites that may show the public table in their pages, parted by blanks; ``*`` all, empty none"""

    @property
    def made_for(self) -> int | None:
        """Seconds for which a password holds that was made for somebody; ``None``: for ever."""
        return self.first_password_days * DAY or None

    @property
    def factor_roles(self) -> frozenset[Role]:
        """Of which roles a second factor is asked.  ValueError where one is not known."""
        named = self.second_factor.replace(",", " ").split()
        return frozenset(Role) if named == ["all"] else frozenset(Role(one) for one in named)

    @classmethod
    def read(cls, folder: Path) -> Settings:
        told: dict[str, object] = {}
        path = folder / FILE
        if path.is_file():
            try:
                told.update(tomllib.loads(path.read_text(encoding="utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingError(f"{path}: {error}") from error
        known = {one.name: one for one in fields(cls)}
        if unknown := sorted(set(told) - set(known)):
            raise SettingError(f"{path}: unknown setting {unknown[0]!r}; known: {', '.join(known)}")
        for name in known:
            if (text := os.environ.get(PREFIX + name.upper())) is not None:
                told[name] = text
        values: dict[str, object] = {}
        for name, value in told.items():
            if isinstance(getattr(cls, name), bool):
                if str(value).lower() not in SWITCHES:
                    raise SettingError(f"{name} takes true or false, not {value!r}")
                values[name] = SWITCHES[str(value).lower()]
            elif isinstance(getattr(cls, name), int):
                try:
                    values[name] = int(str(value))
                except ValueError:
                    raise SettingError(f"{name} takes a whole number, not {value!r}") from None
            else:
                values[name] = str(value)
        if values.get("steering_writes", "local") not in WRITES:
            wrong = values["steering_writes"]
            raise SettingError(f"steering_writes takes {', '.join(WRITES)}, not {wrong!r}")
        if values.get("sso_issuer"):
            for name in ("sso_client", "address"):
                if not values.get(name):
                    raise SettingError(f"sso_issuer needs {name} too")
        if secret := values.get("sso_secret_file"):
            try:
                values["sso_secret"] = Path(str(secret)).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingError(f"sso_secret_file {secret}: {type(error).__name__}") from None
        for name in ("public_lag", "public_keep", "first_password_days"):
            if int(str(values.get(name, 0))) < 0:
                raise SettingError(f"{name} takes a whole number from 0 on, not {values[name]!r}")
        for site in str(values.get("public_embed", "")).split():
            if not SITE.fullmatch(site):
                raise SettingError(f"public_embed takes sites such as https://example.vn, not {site!r}")
        found = cls(**values)  # type: ignore[arg-type]
        try:
            found.factor_roles  # noqa: B018
        except ValueError:
            roles = ", ".join(Role)
            raise SettingError(
                f"second_factor takes all, or some of {roles}; not {found.second_factor!r}"
            ) from None
        return found
