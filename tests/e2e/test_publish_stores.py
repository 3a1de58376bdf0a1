"""`aipol publish` into a bucket, as a job runs it; what devices get is what a directory has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aipol.cli.app import main
from tests.e2e.test_publish import DAY, ENGINEERING, POLICY
from tests.unit.compiler.publishing import stores
from tests.unit.compiler.publishing.stores import Shelf


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """A bucket of Amazon S3 on this machine."""
    server = import_module("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    with stores.s3(monkeypatch, f"http://{host}:{port}", "bucket") as found:
        yield found
    server.stop()


def test_a_bucket_gets_what_a_directory_gets(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Shown first, refused where it looks like an accident, taken back; no secret is told."""
    monkeypatch.chdir(tmp_path)
    Path("policy.yaml").write_text(POLICY, encoding="utf-8")
    publish = ("publish", "policy.yaml", *DAY, "-t", "lists", "--to", shelf.name)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(arguments)
        said = capsys.readouterr()
        assert "canary-secret" not in said.out + said.err
        return code, said.out + said.err

    code, said = run(*publish, "--dry-run")
    assert (code, "Nothing was written." in said) == (0, True)
    assert shelf.served() == {}
    code, said = run(*publish)
    assert code == 0, said
    assert f"to {shelf.name}: " in " ".join(said.split())
    assert main(["publish", "policy.yaml", *DAY, "-t", "lists", "--to", "web"]) == 0
    capsys.readouterr()
    written = (path for path in Path("web/lists").rglob("*") if path.is_file())
    assert shelf.served() == {
        path.relative_to("web").as_posix(): path.read_bytes() for path in written
    }
    Path("policy.yaml").write_text(POLICY.replace(", deepseek]", "]"), encoding="utf-8")
    before = shelf.served()
    assert run(*publish)[0] in {0, 1}
    code, said = run(*publish, "--format", "json", "--allow-shrink", "lists")
    assert (code, json.loads(said)["to"]) == (0, shelf.name)
    assert shelf.served() != before
    code, said = run("publish", "--to", shelf.name, "--rollback")
    assert code == 0, said
    assert shelf.served() == before
    assert ENGINEERING in before


def test_a_place_that_is_none_is_wrong_usage(capsys: Any) -> None:
    """With the forms that there are."""
    assert main(["publish", "--to", "gs://bucket"]) == 2
    assert "`s3://BUCKET/PREFIX`" in capsys.readouterr().err
