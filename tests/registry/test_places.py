"""The national tile map and centroids."""

from chiso.instants import parse_instant
from chiso.registry.places import place, tiles
from chiso.registry.units import Units

OLD, NEW = parse_instant("2025-06-30T23:59"), parse_instant("2025-07-01")


def test_every_province_has_one_tile_of_its_own():
    units = Units.load()
    for at, provinces in ((OLD, 63), (NEW, 34)):
        shown = tiles(at)
        assert len(shown) == provinces + 2
        assert len({(tile.row, tile.column) for tile in shown}) == len(shown)
        assert {t.unit for t in shown if not t.archipelago} == {
            u.code for u in units.league("provinces", at=at)
        }


def test_both_archipelagos_are_on_both_maps():
    for at in (OLD, NEW):
        labels = {tile.key: (tile.label, tile.unit) for tile in tiles(at) if tile.archipelago}
        assert labels == {
            "HS": ("Quần đảo Hoàng Sa (Việt Nam)", "H17"),
            "TS": ("Quần đảo Trường Sa (Việt Nam)", "H32"),
        }
        east = max(tile.column for tile in tiles(at) if not tile.archipelago)
        assert all(tile.column > east for tile in tiles(at) if tile.archipelago)


def test_centroids():
    assert place("H01.09") is None
    long_phu = place("H01.113")
    assert 10.7 < long_phu.latitude < 10.9
    assert 105.1 < long_phu.longitude < 105.3
    assert long_phu.area_km2 == 19.21
    assert all(8 < place(f"H{n:02d}").latitude < 24 for n in range(1, 64))
