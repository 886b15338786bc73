"""The page's files go out compressed where the client can read that, and the build leaves the copies for it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backlight.api.compressed import accepted_codings
from backlight.api.site import SITE, install_site
from backlight.gallery import list_examples

SCRIPT = "export const answer = 42;\n" * 100


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/main.js").write_text(SCRIPT)
    (tmp_path / "assets/main.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "assets/plain.css").write_text("body { margin: 0 }")
    (tmp_path / "index.html").write_text("<!doctype html><title>Backlight</title>")
    app = FastAPI()
    install_site(app, tmp_path)
    with TestClient(app) as client:
        yield client


def test_a_client_that_reads_gzip_gets_the_copy(site: TestClient) -> None:
    response = site.get("/assets/main.js", headers={"Accept-Encoding": "gzip, br"})
    assert response.text == SCRIPT
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-type"].startswith("text/javascript")
    assert int(response.headers["content-length"]) < len(SCRIPT) / 10
    assert response.headers["vary"] == "Accept-Encoding"
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("header", ["identity", "br", "gzip;q=0, identity", "deflate"])
def test_any_other_client_gets_the_file(site: TestClient, header: str) -> None:
    response = site.get("/assets/main.js", headers={"Accept-Encoding": header})
    assert response.text == SCRIPT
    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding"


def test_a_file_without_a_copy_is_sent_as_it_is(site: TestClient) -> None:
    response = site.get("/assets/plain.css", headers={"Accept-Encoding": "gzip, br"})
    assert response.text.startswith("body")
    assert "content-encoding" not in response.headers


def test_the_page_names_what_it_will_ask_for_first(site: TestClient) -> None:
    first = list_examples()[0].name
    link = site.get("/", headers={"Accept-Encoding": "gzip"}).headers["link"]
    assert [part.partition(">;") for part in link.split(", ")] == [
        ("</api/v1/examples", ">;", " rel=preload; as=fetch; crossorigin"),
        (f"</api/v1/examples/{first}", ">;", " rel=preload; as=fetch; crossorigin"),
    ]
    assert "link" not in site.get("/assets/main.js").headers


def test_codings_are_read_with_their_weights() -> None:
    assert accepted_codings("gzip, BR ; q=0.8, deflate;q=0, zstd;q=0.000") == {"gzip", "br"}
    assert accepted_codings("") == {""}


@pytest.mark.skipif(not (SITE / "index.html").is_file(), reason="the front end is not built")
def test_the_build_leaves_compressed_copies_of_the_large_files() -> None:
    scripts = [path for path in (SITE / "assets").glob("*.js") if path.stat().st_size >= 1024]
    assert scripts
    for path in scripts:
        assert gzip.decompress(path.with_name(path.name + ".gz").read_bytes()) == path.read_bytes()
        assert path.with_name(path.name + ".br").is_file()
