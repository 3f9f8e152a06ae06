"""The operator's key opens administration, also on a service that knew no admins when it was made."""

from pathlib import Path

from contracts.settings import DatabaseSettings
from gateway.services import keys
from gateway.services.accounts import register
from storage.admin import users
from storage.admin.deeds import By
from storage.models import User
from visage import operator
from visage.embedded import secrets


async def test_a_key_from_before_there_were_admins_is_replaced_once(
    postgres_server: DatabaseSettings, database: None, tmp_path: Path
) -> None:
    data = secrets.private_folder(tmp_path / "data")
    user = await register("old@example.com", None, "business")
    _, old = await keys.create_key(user, "operator")
    secrets.save(data, secrets.load(data).model_copy(update={"operator_key": old}))

    key = await operator.ensure(postgres_server, data)
    principal = await keys.principal_of_key(key)
    assert principal is not None and principal.is_admin and key != old
    assert await operator.ensure(postgres_server, data) == key
    assert secrets.load(data).operator_key == key


async def test_a_blocked_operator_does_not_keep_the_service_from_starting(
    postgres_server: DatabaseSettings, database: None, tmp_path: Path
) -> None:
    data = secrets.private_folder(tmp_path / "data")
    key = await operator.ensure(postgres_server, data)
    await users.block_user(By(None), (await User.get(email=operator.EMAIL)).id)
    assert await operator.ensure(postgres_server, data) == key
