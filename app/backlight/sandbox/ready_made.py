"""Ready-made code: torch computes without writing machine code, for no memory of a sealed process can be executable.

oneDNN can be switched off. FBGEMM, which multiplies 64-bit integers and adds embeddings up, asks the library cpuinfo
for vector units and writes code for those that there are; for a processor without any it has ready-made code.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import torch

QUESTIONS = tuple(f"fbgemmHas{unit}Support" for unit in ("Avx512Bf16", "Avx512Vnni", "Avx512", "Avx2"))
ANSWERS_BYTES = 64
"""Where cpuinfo keeps a byte for each thing that the processor can do: at least so many, the oldest of them first."""


def compute_with_ready_made_code() -> None:
    """Have torch use compiled code alone, from now on and in every process forked from this one."""
    torch.backends.mkldnn.enabled = False
    torch.backends.cpu.get_cpu_capability()  # torch's own kernels are chosen now, by what the processor can do
    if sys.platform == "linux":
        folder = Path(torch.__file__).parent / "lib"
        _hide_vector_units(ctypes.CDLL(str(folder / "libc10.so")), ctypes.CDLL(str(folder / "libtorch_cpu.so")))


def _hide_vector_units(answers: ctypes.CDLL, fbgemm: ctypes.CDLL) -> None:
    """Change what cpuinfo tells FBGEMM. Which byte a question reads shows in its answer."""
    try:
        known = (ctypes.c_uint8 * ANSWERS_BYTES).in_dll(answers, "cpuinfo_isa")
        questions = [getattr(fbgemm, f"_ZN6fbgemm{len(name)}{name}Ev") for name in QUESTIONS]
    except (ValueError, AttributeError):
        return  # a torch that was built without them
    for has_unit in questions:
        has_unit.restype = ctypes.c_bool
        for position in range(ANSWERS_BYTES):
            if not has_unit():
                break
            before, known[position] = known[position], 0
            if has_unit():
                known[position] = before
