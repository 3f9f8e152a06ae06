"""The shared fixtures hand over real, empty servers."""

from tests.conftest import OpenBus

from contracts.settings import Settings
from storage import accounts
from storage.s3 import S3Store


async def test_settings_name_all_servers(settings: Settings) -> None:
    assert settings.nats.url is not None
    assert settings.database.url is not None
    assert settings.s3.url is not None


async def test_database_holds_tiers_and_nobody(database: None) -> None:
    assert [tier.name for tier in await accounts.tiers()] != []
    assert await accounts.user_by_email("left@over.example") is None
    await accounts.create_user("left@over.example", None, "free")


async def test_database_was_emptied(database: None) -> None:
    assert await accounts.user_by_email("left@over.example") is None


async def test_store_keeps_what_it_is_given(store: S3Store) -> None:
    await store.put("a/b", b"bytes")
    assert await store.read("a/b") == b"bytes"


async def test_store_was_emptied(store: S3Store) -> None:
    assert [item async for item in store.list("")] == []


async def test_bus_connects_as_an_actor(bus: OpenBus) -> None:
    scheduler = await bus("scheduler")
    assert scheduler.is_connected
