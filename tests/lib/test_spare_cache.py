"""Redis goes away: the cache that rate limits use goes on."""

from pathlib import Path

from lib.spare_cache import SpareCache


def without_redis(folder: Path) -> SpareCache:
    return SpareCache(f"unix://{folder}/nobody.sock", {"OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1}})


def test_without_redis_a_lock_can_be_taken_once_and_given_back(tmp_path: Path) -> None:
    cache = without_redis(tmp_path)
    assert cache.add("lock", True, timeout=10)
    assert not cache.add("lock", True, timeout=10)
    cache.delete("lock")
    assert cache.add("lock", True, timeout=10)
    cache.delete("lock")


def test_without_redis_counts_are_kept_and_shared_by_threads(tmp_path: Path) -> None:
    without_redis(tmp_path).set("attempts", [1.0], 60)
    assert without_redis(tmp_path).get("attempts", []) == [1.0]
    assert without_redis(tmp_path).get("others", []) == []
