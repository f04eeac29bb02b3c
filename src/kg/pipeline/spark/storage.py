"""Files wherever Hadoop reaches (`file:`, `hdfs:`, `s3a:`, …), for the driver only: workers have no Java to ask.

What workers read and write goes through Spark's own readers and writers.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Two letters at least: `C:` is a drive.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_CHUNK = 1 << 20


def is_remote(path: str) -> bool:
    """Tell whether a path has a scheme that Python itself cannot open."""
    return bool(_SCHEME.match(path)) and not path.startswith("file:")


def with_scheme(path: str) -> str:
    """Return a path with its scheme; a path without one is a file that every worker sees at the same place."""
    return path if _SCHEME.match(path) else "file://" + os.path.abspath(path)


class StoredFile(NamedTuple):
    """A file: its name below the folder, with `/`, its bytes, its address, and that as Spark's readers give it."""

    name: str
    size: int
    address: str
    uri: str

    @property
    def is_packed(self) -> bool:
        """Whether it is compressed."""
        return self.name.endswith((".gz", ".zst"))


class Storage:
    """A folder on shared storage. Names are paths below it, with `/`."""

    def __init__(self, session: SparkSession, folder: str) -> None:
        self._gateway: Any = session.sparkContext._gateway
        self._java: Any = session.sparkContext._jvm
        self._options: Any = session.sparkContext._jsc.hadoopConfiguration()
        root = self._java.org.apache.hadoop.fs.Path(with_scheme(folder))
        self._files: Any = root.getFileSystem(self._options)
        self.root: str = self._files.makeQualified(root).toString().rstrip("/")

    def address(self, name: str) -> str:
        """Return where a file of the folder is, for Spark's readers and writers."""
        return f"{self.root}/{name}"

    def files(self, name: str = "") -> list[StoredFile]:
        """Return the files in and below a folder, by name; none where there is no such folder."""
        folder = self._path(name)
        if not self._files.exists(folder):
            return []
        found = []
        listing = self._files.listFiles(folder, True)
        while listing.hasNext():
            status = listing.next()
            path = status.getPath()
            address = str(path.toString())
            # Java writes `file:///x`, Spark's readers `file:/x`.
            size, uri = int(status.getLen()), str(path.toUri().toString()).replace(":///", ":/", 1)
            found.append(StoredFile(address[len(self.root) + 1 :], size, address, uri))
        return sorted(found)

    def folders(self) -> list[str]:
        """Return the names of the folders in the folder itself."""
        root = self._path("")
        if not self._files.exists(root):
            return []
        return sorted(str(each.getPath().getName()) for each in self._files.listStatus(root) if each.isDirectory())

    def exists(self, name: str) -> bool:
        """Tell whether there is such a file or folder."""
        return bool(self._files.exists(self._path(name)))

    def read(self, name: str) -> bytes:
        """Return a file's bytes."""
        stream = self._java.java.io.DataInputStream(self._files.open(self._path(name)))
        try:
            return bytes(self._java.org.apache.hadoop.io.IOUtils.readFullyToByteArray(stream))
        finally:
            stream.close()

    def write(self, name: str, content: bytes) -> None:
        """Write a file, in place of one of that name; it appears whole or not at all."""
        path = self._path(name)
        # An object store shows an object when it is whole, and renames by copying.
        is_object = bool(self._files.hasPathCapability(path, "fs.capability.outputstream.abortable"))
        draft = (
            path if is_object else self._java.org.apache.hadoop.fs.Path(path.getParent(), f".{path.getName()}.new")
        )
        stream = self._files.create(draft, True)
        for start in range(0, len(content), _CHUNK):
            stream.write(bytearray(content[start : start + _CHUNK]))
        stream.close()
        if not is_object and not self._files.rename(draft, path):
            # HDFS renames over a file only by this way.
            option = self._java.org.apache.hadoop.fs.Options.Rename.OVERWRITE
            options = self._gateway.new_array(self._java.org.apache.hadoop.fs.Options.Rename, 1)
            options[0] = option
            self._java.org.apache.hadoop.fs.FileContext.getFileContext(path.toUri(), self._options).rename(
                draft, path, options
            )

    def rename(self, name: str, to: str) -> None:
        """Give a file another name. Raises `OSError` where it cannot be done."""
        if not self._files.rename(self._path(name), self._path(to)):
            raise OSError(0, "it cannot be renamed", self.address(name))

    def delete(self, name: str) -> None:
        """Delete a file, or a folder with all that is in it; that there is none is fine."""
        self._files.delete(self._path(name), True)

    def _path(self, name: str) -> Any:
        path = self._java.org.apache.hadoop.fs.Path
        return path(self.root, name) if name else path(self.root)
