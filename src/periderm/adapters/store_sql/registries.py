"""Watched registries, the tags that were seen there, what is to be looked at early, and digests that name an image too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family, chunks
from periderm.adapters.store_sql.part import Part
from periderm.model.query import Page, Query
from periderm.model.watching import LookState, RegistryCall, RegistryTag, WatchedRegistry

_watches = msgspec.msgpack.Decoder(WatchedRegistry)
_states = msgspec.msgpack.Decoder(LookState)
_calls = msgspec.msgpack.Decoder(RegistryCall)


def _columns(tag: RegistryTag) -> Mapping[str, object]:
    state = "gone" if tag.gone else "there" if tag.chosen else "passed"
    return {
        "time": tag.changed,
        "kind": tag.watch,
        "image_digest": tag.images[0].image if tag.images else "",
        "state": state,
        "search": searchable(tag.reference, tag.digest, *(image.image for image in tag.images)),
    }


TAGS: Family[RegistryTag] = Family(
    what="registry",
    table=schema.registry_tags,
    decoder=msgspec.msgpack.Decoder(RegistryTag),
    key=lambda tag: tag.id,
    columns=_columns,
)


def put_aliases(connection: Connection, image_digest: str, digests: Iterable[str]) -> None:
    """The image is named by these digests too, of its manifest or of an index that lists it."""
    put_names(connection, ((digest, image_digest) for digest in digests))


def put_names(connection: Connection, named: Iterable[tuple[str, str]]) -> None:
    """(digest, the image that it names) each, those that are not known yet."""
    wanted = {(plain(digest), plain(image)) for digest, image in named if digest and image and digest != image}
    columns = schema.image_aliases.c
    known: set[tuple[str, str]] = set()
    for some in chunks(sorted({image for _, image in wanted})):
        rows = connection.execute(select(columns.id, columns.image_digest).where(columns.image_digest.in_(some)))
        known.update((row.id, row.image_digest) for row in rows)
    new = [{"id": digest, "image_digest": image} for digest, image in sorted(wanted - known)]
    if new:
        connection.execute(insert(schema.image_aliases), new)


class SqlRegistries(Part):
    """`ports.store.WatchStore`."""

    def put_registry(self, watch: WatchedRegistry) -> None:
        """Store or replace; how looking went stays known."""
        watch = clean(watch)
        name = plain(watch.name)
        columns = schema.registries.c
        with self._database.writing() as transaction:
            found = transaction.connection.execute(select(columns.doc).where(columns.id == name)).scalar()
            if found is None:
                row = {"id": name, "next": 0, "doc": encode(watch), "state": encode(LookState())}
                transaction.connection.execute(insert(schema.registries), [row])
            elif found != encode(watch):
                change = update(schema.registries).where(columns.id == name).values(doc=encode(watch), next=0)
                transaction.connection.execute(change)
            else:
                return
            transaction.tell("registry", name)

    def remove_registry(self, name: str) -> bool:
        """It is watched no more, and its tags are forgotten; what its images' scans found stays. False if it was not."""
        plain_name = plain(name)
        with self._database.writing() as transaction:
            gone = transaction.connection.execute(delete(schema.registries).where(schema.registries.c.id == plain_name))
            tags, calls = schema.registry_tags, schema.registry_calls
            transaction.connection.execute(delete(tags).where(tags.c.kind == plain_name))
            transaction.connection.execute(delete(calls).where(calls.c.registry == plain_name))
            if gone.rowcount:
                transaction.tell("registry", plain_name)
            return bool(gone.rowcount)

    def registry(self, name: str) -> WatchedRegistry | None:
        """The watched registry of this name."""
        columns = schema.registries.c
        with self._database.reading() as connection:
            row = connection.execute(select(columns.doc).where(columns.id == plain(name))).scalar()
        return None if row is None else decode(row, _watches)

    def registries(self) -> Sequence[tuple[WatchedRegistry, LookState]]:
        """All, by name, with how looking at them goes."""
        columns = schema.registries.c
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.doc, columns.state).order_by(columns.id)).all()
        return [(decode(row.doc, _watches), decode(row.state, _states)) for row in rows]

    def put_look(self, name: str, state: LookState) -> None:
        """How looking at it goes; nothing if it is not watched any more."""
        state = clean(state)
        columns = schema.registries.c
        with self._database.writing() as transaction:
            change = update(schema.registries).where(columns.id == plain(name))
            done = transaction.connection.execute(change.values(state=encode(state), next=bounded(state.next)))
            if done.rowcount:
                transaction.tell("registry", name)

    def put_tags(self, tags: Iterable[RegistryTag]) -> None:
        """Store or replace, and remember by which digests their images are named."""
        given = list(tags)
        with self._database.writing() as transaction:
            TAGS.put(transaction, given, lambda _old, new: new, tells=_tells)
            named = ((digest, i.image) for tag in given for i in tag.images for digest in (tag.digest, i.manifest))
            put_names(transaction.connection, named)

    def tags(self, query: Query) -> Page[RegistryTag]:
        """A page of tags, those that changed last first. `query.kind` is a watched registry's name, `query.state` 'there',
        'passed' (the filter leaves it out) or 'gone', `query.image_digest` that of an image."""
        return self._page(TAGS, query)

    def tags_of(self, name: str, repository: str = "") -> Sequence[RegistryTag]:
        """All tags of a watched registry, or of one repository in it."""
        columns = schema.registry_tags.c
        start = f"{plain(name)}/{plain(repository)}:" if repository else f"{plain(name)}/"
        wanted = select(columns.doc).where(columns.kind == plain(name), columns.id.startswith(start, autoescape=True))
        with self._database.reading() as connection:
            return [decode(row, TAGS.decoder) for row in connection.execute(wanted.order_by(columns.id)).scalars()]

    def put_call(self, call: RegistryCall, most: int = 10_000) -> bool:
        """Something is to be looked at early; the same again is one. False if there are `most` of that registry."""
        call = clean(call)
        table = schema.registry_calls
        name, registry = plain(call.id), plain(call.watch)
        with self._database.writing() as transaction:
            connection = transaction.connection
            if connection.execute(select(table.c.id).where(table.c.id == name)).first() is not None:
                return True
            held = connection.execute(select(func.count()).select_from(table).where(table.c.registry == registry)).scalar_one()
            if held >= most:
                return False
            row = {"id": name, "registry": registry, "not_before": bounded(call.not_before), "doc": encode(call)}
            connection.execute(insert(table), [row])
            return True

    def calls(self, now: int, limit: int = 1000) -> Sequence[RegistryCall]:
        """What is to be looked at by now, the oldest first."""
        columns = schema.registry_calls.c
        due = select(columns.doc).where(columns.not_before <= bounded(now)).order_by(columns.not_before, columns.id)
        with self._database.reading() as connection:
            return [decode(row, _calls) for row in connection.execute(due.limit(limit)).scalars()]

    def end_calls(self, calls: Iterable[RegistryCall]) -> None:
        """They were looked at."""
        table = schema.registry_calls
        with self._database.writing() as transaction:
            for some in chunks([plain(call.id) for call in calls]):
                transaction.connection.execute(delete(table).where(table.c.id.in_(some)))

    def digests_of(self, image_digest: str) -> Sequence[str]:
        """All digests by which an image is named, its own first."""
        columns = schema.image_aliases.c
        named = select(columns.id).where(columns.image_digest == plain(image_digest)).order_by(columns.id)
        with self._database.reading() as connection:
            return [image_digest, *connection.execute(named).scalars()]

    def images_named(self, digest: str) -> Sequence[str]:
        """Images that a digest of a manifest or index names; the digest itself if nothing is known of it."""
        columns = schema.image_aliases.c
        named = select(columns.image_digest).where(columns.id == plain(digest)).order_by(columns.image_digest)
        with self._database.reading() as connection:
            return list(connection.execute(named).scalars()) or [digest]


def _tells(old: RegistryTag, new: RegistryTag) -> bool:
    """Whether more changed than that it was seen again."""
    return msgspec.structs.replace(old, last_seen=new.last_seen) != new
