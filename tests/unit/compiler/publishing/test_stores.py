"""A store of objects keeps the promises of a directory, as far as it can: S3, Azure, in memory."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from aipol.durable import OutputError
from aipol.publishing.azure_blob import BlobObjects
from aipol.publishing.guards import Consent
from aipol.publishing.objects import Changed, StoreError, only_secure
from aipol.publishing.opening import place_of
from aipol.publishing.places import Directory
from aipol.publishing.record import KEPT, PENDING, RECORD
from aipol.publishing.store import Store
from aipol.publishing.ways import backward
from tests.unit.compiler.publishing import stores
from tests.unit.compiler.publishing.conftest import NEW, OLD
from tests.unit.compiler.publishing.stores import Killed, Memory, Shelf

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """Amazon S3 on this machine."""
    server = import_module("moto.server").ThreadedMotoServer(
        ip_address="127.0.0.1", port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Azure Blob Storage on this machine."""
    with stores.azurite(tmp_path_factory.mktemp("azurite")) as address:
        yield address


@pytest.fixture(params=["memory", "s3", "azure"])
def shelf(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    """An empty place in each kind of store."""
    name = f"bucket-{next(_NUMBERS)}"
    if request.param == "memory":
        yield Shelf("memory://x", Memory())
    elif request.param == "s3":
        with stores.s3(monkeypatch, request.getfixturevalue("s3_server"), name) as found:
            yield found
    else:
        with stores.azure(monkeypatch, request.getfixturevalue("azure_server"), name) as found:
            yield found


def test_what_is_published_is_there_and_again_writes_nothing(shelf: Shelf) -> None:
    """Not a tag is another one afterwards."""
    shelf.give(OLD)
    assert shelf.served() == dict(OLD)
    before = shelf.tags()
    assert shelf.give(OLD).settled
    assert shelf.tags() == before


def test_what_changes_is_exchanged_and_can_be_taken_back(shelf: Shelf) -> None:
    """What stays the same is not written; there is one earlier version."""
    shelf.give(OLD)
    before = shelf.tags()
    shelf.give(NEW, shelf.going)
    assert shelf.served() == dict(NEW)
    assert shelf.tags()["lists/same.txt"] == before["lists/same.txt"]
    assert shelf.objects.get(PENDING) is None
    assert len(tuple(shelf.objects.below(KEPT))) == 3
    shelf.back()
    assert shelf.served() == dict(OLD)
    assert tuple(shelf.objects.below(KEPT)) == ()
    store = shelf.store
    assert [each.code for each in backward(store, Consent(), 1).refusals] == ["AIP607"]


def test_what_others_put_there_is_neither_replaced_nor_removed(shelf: Shelf) -> None:
    """Something in the way is refused; an edited list is, until it is named; the rest is theirs."""
    shelf.objects.put("lists/theirs.txt", b"theirs", "")
    tag = shelf.objects.put("lists/a.txt", b"in the way", "")
    store = shelf.store
    refused = store.carry_out(lambda: shelf.plan(store, OLD))
    assert [each.code for each in refused.refusals] == ["AIP605", "AIP602"]
    assert refused.refusals[0].span.file == f"{shelf.name}/lists/a.txt"
    assert shelf.objects.get(RECORD) is None
    shelf.objects.remove("lists/a.txt", tag)
    shelf.give(OLD)
    there = shelf.objects.get("lists/a.txt")
    assert there is not None
    shelf.objects.put("lists/a.txt", b"one.test/\nby hand\n", there.tag)
    edited = shelf.plan(shelf.store, NEW, shelf.going)
    assert [each.code for each in edited.refusals] == ["AIP604"]
    shelf.give(NEW, Consent(shelf.going.shrinking, frozenset({"lists/a.txt"})))
    assert shelf.served() == {**NEW, "lists/theirs.txt": b"theirs"}


def test_of_two_who_publish_at_once_one_stops(shelf: Shelf) -> None:
    """The other one's files are whole, and the same again goes through."""
    shelf.give(OLD)
    first = shelf.store

    def overtaken() -> Any:
        plan = shelf.plan(first, NEW, shelf.going)
        shelf.give({**OLD, "lists/a.txt": b"one.test/\ntwo.test/\nother.test/\n"})
        return plan

    with pytest.raises(OutputError, match="came first; run the same again"):
        first.carry_out(overtaken)
    assert shelf.served()["lists/a.txt"] == b"one.test/\ntwo.test/\nother.test/\n"
    assert shelf.objects.get(PENDING) is None
    shelf.give(NEW, shelf.going)
    assert shelf.served() == dict(NEW)


def test_a_publish_that_is_under_way_stops_another(shelf: Shelf) -> None:
    """Its note is there already when the other one wants to write its own."""
    first = shelf.store

    def overtaken() -> Any:
        plan = shelf.plan(first, OLD)
        shelf.objects.put(PENDING, b"{}", "")
        return plan

    with pytest.raises(OutputError, match="under way; wait"):
        first.carry_out(overtaken)
    assert shelf.served() == {}


def test_a_file_that_somebody_changes_meanwhile_is_not_overrun(shelf: Shelf) -> None:
    """Of a file the tag is what the plan has seen, or nothing is written."""
    shelf.give(OLD)
    store = shelf.store

    def meanwhile() -> Any:
        plan = shelf.plan(store, NEW, shelf.going)
        there = shelf.objects.get("lists/a.txt")
        assert there is not None
        shelf.objects.put("lists/a.txt", b"theirs", there.tag)
        return plan

    with pytest.raises(OutputError, match="changed by somebody else meanwhile; 1 of 4 files"):
        store.carry_out(meanwhile)
    assert shelf.served()["lists/a.txt"] == b"theirs"


def test_conditions_hold(shelf: Shelf) -> None:
    """What each store is relied on for."""
    objects = shelf.objects
    tag = objects.put("lists/x.txt", b"1", "")
    with pytest.raises(Changed):
        objects.put("lists/x.txt", b"2", "")
    other = objects.put("lists/x.txt", b"2", tag)
    assert other != tag
    for stale in (
        lambda: objects.put("lists/x.txt", b"3", tag),
        lambda: objects.remove("lists/x.txt", tag),
    ):
        with pytest.raises(Changed):
            stale()
    with pytest.raises(Changed):
        objects.put("lists/none.txt", b"3", tag)
    with pytest.raises(Changed):
        objects.remove("lists/none.txt", tag)
    found = objects.get("lists/x.txt")
    assert (found and found.content, found and found.tag) == (b"2", other)
    objects.remove("lists/x.txt", other)
    assert objects.get("lists/x.txt") is None


# --- faults, in memory ----------------------------------------------------------------------------

WRITES = 15


@pytest.mark.parametrize("number", range(1, WRITES))
@pytest.mark.parametrize("fault", ["killed", "killed after", "refused"])
@pytest.mark.parametrize("way", ["again", "back"])
def test_a_publish_that_was_cut_short_is_completed_or_taken_back(
    number: int, fault: str, way: str
) -> None:
    """After a kill each file is old or new; the same again, or a rollback, makes it whole."""
    memory = Memory()
    shelf = Shelf("memory://x", memory)
    shelf.give(OLD)
    memory.faults = {len(memory.written) + number: fault}
    try:
        shelf.give(NEW, shelf.going)
    except (Killed, OutputError):
        for path, content in shelf.served().items():
            assert content in {OLD.get(path), NEW.get(path)}
    memory.faults = {}
    if way == "again":
        shelf.give(NEW, shelf.going)
        assert shelf.served() == dict(NEW)
        shelf.back()
    elif backward(shelf.store, Consent(), 1).refusals == ():
        shelf.back()
    assert shelf.served() == dict(OLD)
    assert memory.get(PENDING) is None


@pytest.mark.parametrize("number", range(1, WRITES))
def test_an_answer_that_was_lost_is_no_change_of_others(number: int) -> None:
    """A library that sends it again is told that the condition does not hold: by what it wrote."""
    memory = Memory()
    shelf = Shelf("memory://x", memory)
    shelf.give(OLD)
    memory.faults = {len(memory.written) + number: "twice"}
    shelf.give(NEW, shelf.going)
    assert shelf.served() == dict(NEW)
    assert memory.get(PENDING) is None


OTHER = {**OLD, "lists/a.txt": b"one.test/\ntwo.test/\nother.test/\n", "lists/b.txt": b"b.test/\n"}


ALL = Consent(frozenset({"lists"}))


@pytest.mark.parametrize("other_files", [OTHER, {**NEW, "lists/a.txt": OTHER["lists/a.txt"]}, OLD])
@pytest.mark.parametrize("number", range(1, WRITES))
def test_two_who_publish_at_once_never_overrun_each_other(
    number: int, other_files: dict[str, bytes]
) -> None:
    """Whoever is stopped, each file is one that somebody published, and the next run is whole."""
    memory = Memory()
    shelf = Shelf("memory://x", memory)
    shelf.give(OLD)
    stopped: list[str] = []

    def other() -> None:
        try:
            shelf.give(other_files, ALL)
        except OutputError as error:
            stopped.append(str(error))

    memory.meanwhile = {len(memory.written) + number: other}
    try:
        shelf.give(NEW, ALL)
    except OutputError as error:
        stopped.append(str(error))
    assert len(stopped) <= 1
    if memory.get(PENDING) is None:
        assert shelf.served() in (dict(other_files), dict(NEW))
    for path, content in shelf.served().items():
        assert content in {OLD.get(path), NEW.get(path), other_files.get(path)}
    memory.meanwhile = {}
    shelf.give(NEW, ALL)
    assert shelf.served() == dict(NEW)
    assert memory.get(PENDING) is None
    assert shelf.give(NEW).settled


def test_what_refers_comes_after_what_it_refers_to() -> None:
    """First the note and what is kept; then new lists, changed ones, rules; last what goes."""
    memory = Memory()
    shelf = Shelf("memory://x", memory)
    shelf.give(OLD)
    memory.written.clear()
    shelf.give(NEW, shelf.going)
    seen = [path for path in memory.written if not path.startswith(KEPT)]
    assert seen == [
        PENDING,
        "lists/deep/new.txt",
        "lists/a.txt",
        "lists/rules.csv",
        "-lists/gone.txt",
        RECORD,
        f"-{PENDING}",
    ]
    assert memory.written[1:4] == [path for path in memory.written if path.startswith(KEPT)]


def test_a_store_that_knows_no_conditions_is_refused() -> None:
    """It would let two publishers overrun each other without a word."""
    memory = Memory(conditional=False)
    with pytest.raises(OutputError, match="If-None-Match"):
        Shelf("memory://x", memory).give(OLD)
    assert memory.get("lists/a.txt") is None
    assert memory.get(RECORD) is None


def test_a_record_that_is_none_is_told_with_its_address() -> None:
    """Whatever somebody put there."""
    memory = Memory()
    memory.put(RECORD, b"[]", "")
    with pytest.raises(
        OutputError, match=r"`memory://x/\.aipol-publish\.json` is not what aipol wrote"
    ):
        Shelf("memory://x", memory).give(OLD)


# --- what is named --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("gs://bucket", "of no kind that is known"),
        ("s3://", "names no place"),
        ("s3://bucket//x", "names no place"),
        ("s3://bucket/../x", "names no place"),
        ("s3://bucket/.aipol-publish", "names no place"),
        ("https://acme.blob.core.windows.net", "names no container"),
        ("http://127.0.0.1:1/acme", "names no container"),
        ("https://acme.blob.core.windows.net/c?sig=canary", "credentials come from"),
        ("https://key:canary@acme.blob.core.windows.net/c", "credentials come from"),
        ("http://acme.blob.core.windows.net/a/c", "is not https://"),
    ],
)
def test_what_names_no_place_is_told(name: str, told: str) -> None:
    """And never with what may be a secret."""
    with pytest.raises(OutputError, match=told) as raised:
        place_of(name, os.environ)
    assert "canary" not in str(raised.value)


def test_a_name_without_a_scheme_is_a_directory() -> None:
    """As ever."""
    assert place_of("web/lists", os.environ) == Directory(Path("web/lists"))


def test_an_endpoint_has_to_be_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says is held to it, too."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3.example")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with pytest.raises(OutputError, match="is not https://"):
        place_of("s3://bucket", os.environ)
    only_secure("https://s3.example")
    only_secure("http://[::1]:9000")
    with pytest.raises(StoreError):
        only_secure("http://localhost.example")


def test_without_credentials_it_says_which_to_set(
    s3_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And asks no service of a cloud for them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_server)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with pytest.raises(OutputError, match="AWS_ACCESS_KEY_ID"):
        place_of("s3://bucket", os.environ).history()


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        (
            {"AZURE_STORAGE_SAS_TOKEN": "sv=1", "AZURE_STORAGE_KEY": stores.KEY},
            "AzureSasCredential",
        ),
        ({"AZURE_STORAGE_KEY": stores.KEY}, "SharedKeyCredentialPolicy"),
        ({}, "DefaultAzureCredential"),
    ],
)
def test_azure_is_signed_in_to_as_its_tools_do(
    variables: dict[str, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The narrowest first; nothing is asked for before it is needed."""
    for name in ("AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    place = place_of("https://acme.blob.core.windows.net/lists/edl", os.environ)
    assert isinstance(place, Store)
    assert isinstance(place.objects, BlobObjects)
    assert place.objects.prefix == "edl/"
    found = place.objects.container
    assert found.url.startswith("https://acme.blob.core.windows.net/lists")
    assert kind in {type(found.credential).__name__, _credential_of(found)}


def _credential_of(container: Any) -> str:
    sas = "sv=1" in container.url
    return "AzureSasCredential" if sas else ""


def test_a_bucket_that_is_not_there_is_no_empty_one(shelf: Shelf) -> None:
    """It is told, and nothing is taken for absent."""
    if isinstance(shelf.objects, Memory):
        return
    bucket = next(part for part in shelf.name.split("/") if part.startswith("bucket-"))
    with pytest.raises(OutputError, match="cannot read"):
        place_of(shelf.name.replace(bucket, "not-there"), os.environ).history()


def test_without_the_extra_it_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Directories need none of it."""

    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", missing)
    with pytest.raises(OutputError, match=r"pip install '\.\[s3\]'"):
        place_of("s3://bucket", os.environ)
    with pytest.raises(OutputError, match=r"pip install '\.\[azure-blob\]'"):
        place_of("https://acme.blob.core.windows.net/c", os.environ)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (404, "BlobNotFound", Changed),
        (404, "ContainerNotFound", StoreError),
        (409, "BlobAlreadyExists", Changed),
        (412, "ConditionNotMet", Changed),
        (403, "AuthorizationFailure", StoreError),
    ],
)
def test_what_azure_refuses(status: int, code: str, kind: type[StoreError]) -> None:
    """What is gone, or not as it was, has changed; only what is gone can be read as nothing."""
    from azure.core.exceptions import HttpResponseError

    class Container:
        """Refuses everything."""

        def delete_blob(self, name: str, **_: object) -> None:
            """As the service does."""
            error = HttpResponseError(name)
            error.status_code, error.error_code = status, code  # type: ignore[attr-defined]
            raise error

        download_blob = delete_blob

    objects = BlobObjects("lists/", Container())
    with pytest.raises(StoreError, match="lists/a") as caught:
        objects.remove("a", "tag")
    assert type(caught.value) is kind
    if code == "BlobNotFound":
        assert objects.get("a") is None
        return
    with pytest.raises(StoreError):
        objects.get("a")
