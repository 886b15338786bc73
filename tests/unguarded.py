"""The pipeline without its language layer, for tests of the kernel's alone: real builtins, real modules, no refusals.

An entry point for a pool. No setting and no variable of a server leads here.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from backlight import parse, pipeline
from backlight.model.program import Namespace
from backlight.model.request import TraceRequest
from backlight.settings import Settings

LOADED_BEFORE = """
asyncio codecs concurrent.futures copy ctypes encodings.idna faulthandler gc getpass glob http.client importlib io json
linecache logging marshal mmap multiprocessing.pool multiprocessing.queues multiprocessing.shared_memory operator os
pathlib pickle resource select shelve shutil signal socket sqlite3 string stringprep subprocess sys tempfile threading
time tokenize types urllib.request warnings weakref webbrowser numpy.ctypeslib numpy.f2py torch.distributed torch.export
torch.fx torch.hub torch.jit torch.library torch.multiprocessing torch.onnx torch.package torch.profiler
torch.utils.cpp_extension torch.utils.data torch.utils.model_zoo
"""
"""What the zygote imports, so that a program under the seal, which can open no file, gets as far as it can."""


class RealModules(Mapping[str, Any]):
    """Whatever can be imported, by dotted name."""

    def __getitem__(self, name: str) -> Any:
        with contextlib.suppress(ImportError):
            return importlib.import_module(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


NAMESPACE = Namespace(RealModules(), vars(builtins), {}, lambda seed: None)


def run(request: TraceRequest, settings: Settings, namespace: Namespace) -> bytes:
    """As `backlight.pipeline.run`, in the namespace of Python itself."""
    return pipeline.run(request, settings, replace(NAMESPACE, opened=namespace.opened))


parse.check_policy = lambda *_: {}  # nothing is missing, either
parse.guard_attributes = lambda *_: None
for _module in LOADED_BEFORE.split():
    with contextlib.suppress(ImportError):
        importlib.import_module(_module)
