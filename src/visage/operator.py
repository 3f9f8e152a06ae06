"""The operator: the account the command line uses on a service of one's own."""

from pathlib import Path

from contracts.settings import DatabaseSettings
from gateway.services import keys
from storage import accounts, database
from visage.embedded import secrets

EMAIL = "operator@localhost"
TIER = "business"


async def ensure(settings: DatabaseSettings, data: Path) -> str:
    """An API key of the operator: the one in `secrets.json` if the database knows it, else a new one.

    Without a password nobody can log in as the operator from the page.
    """
    known = secrets.load(data)
    await database.connect(settings)
    try:
        if known.operator_key and await keys.principal_of_key(known.operator_key):
            return known.operator_key
        user = await accounts.user_by_email(EMAIL) or await accounts.create_user(EMAIL, None, TIER)
        _, key = await keys.create_key(user, "operator")
    finally:
        await database.close()
    secrets.save(data, known.model_copy(update={"operator_key": key}))
    return key
