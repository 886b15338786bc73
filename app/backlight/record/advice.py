"""Advice: what is said under an error's own message, where its cause is plain.

In: an exception of the program's. Out: lines to add to what Python or torch say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from backlight.messages import message

USUAL_IMPORTS: Mapping[str, str] = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "Tensor": "from torch import Tensor",
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "random": "import random",
    "time": "import time",
    "itertools": "import itertools",
    "partial": "from functools import partial",
    "dataclass": "from dataclasses import dataclass",
    "defaultdict": "from collections import defaultdict",
    "deepcopy": "from copy import deepcopy",
    "DataLoader": "from torch.utils.data import DataLoader",
    "TensorDataset": "from torch.utils.data import TensorDataset",
}
"""What people call by these names, and forget to import."""


def advice_on(error: BaseException, text: str, inputs: str | None) -> Iterator[str]:
    """What to do about an ``error`` that says ``text``; ``inputs`` names those that an expression was not given."""
    if inputs is not None and _may_be_of_shapes(error, text):
        yield inputs
    if type(error) is AttributeError and (kind := _without_backward(text)) is not None:
        yield message("note", "no-backward", kind=kind)
    if type(error) is NameError and (name := _missing(text)) is not None:
        yield message("note", "import", name=name, statement=USUAL_IMPORTS[name])


def _may_be_of_shapes(error: BaseException, text: str) -> bool:
    """Whether an error may be due to the shape of a tensor: for all that is said of no gradient, type or name it is."""
    if isinstance(error, TypeError):
        return "0-d" in text  # such as `len() of a 0-d tensor`
    of_others = ("does not require grad", "derivative for", "Can't call numpy()", "only for real scalar outputs")
    is_other = isinstance(error, NotImplementedError) or any(each in text for each in of_others)
    return isinstance(error, RuntimeError | LookupError | ValueError) and not is_other


def _without_backward(text: str) -> str | None:
    """The type of what was asked for a backward pass, and is no tensor."""
    found = re.fullmatch(r"'([\w.]+)' object has no attribute 'backward'", text)
    return None if found is None else found[1]


def _missing(text: str) -> str | None:
    """The name that Python did not find, where everybody knows what it stands for."""
    name = text.removeprefix("name '").removesuffix("' is not defined")
    return name if name in USUAL_IMPORTS and text == f"name '{name}' is not defined" else None
