"""The map with a tile server of the test's own, and without any."""

import pytest

from requests_app.maps import tiles
from tests.tile_server import TileServer


@pytest.fixture
def no_map(settings):
    """The town hall has not said where its tiles are."""
    settings.MAP_TILES_URL = ""


@pytest.fixture
def tile_server(settings, tmp_path, monkeypatch):
    """A tile server of the test's own, which the settings name."""
    server = TileServer()
    server.start()
    settings.MAP_TILES_URL, settings.MAP_ATTRIBUTION = server.template, "© les auteurs de la carte d’essai"
    settings.CACHES = settings.CACHES | {"tiles": settings.CACHES["tiles"] | {"LOCATION": str(tmp_path / "tiles")}}
    monkeypatch.setattr(tiles, "PATIENCE", server.patience)
    assert server.largest == tiles.LARGEST
    yield server
    server.shutdown()
    server.server_close()
