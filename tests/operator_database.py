"""PyTorch's own database of operators, without what its import does to the rest of the process."""

from __future__ import annotations

import warnings
from unittest import mock

import torch

# Importing it forbids assignments such as torch.backends.cudnn.benchmark = False, which ordinary programs make.
with warnings.catch_warnings(), mock.patch.object(torch.backends, "disable_global_flags", create=True):
    warnings.simplefilter("ignore")
    from torch.testing._internal.common_methods_invocations import op_db

assert not torch.backends.flags_frozen()

__all__ = ["op_db"]
