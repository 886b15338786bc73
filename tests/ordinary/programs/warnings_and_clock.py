import time
import warnings
import torch

warnings.filterwarnings("ignore", category=DeprecationWarning)
start = time.time()
tic = time.perf_counter()
x = torch.randn(10, requires_grad=True)
for epoch in range(2):
    epoch_start_time = time.time()
    (x ** 2).sum().backward()
    assert time.time() - epoch_start_time >= 0
    elapsed = time.perf_counter() - tic
    assert elapsed > 0
time.sleep(0.001)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    warnings.warn("not heard")
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    warnings.warn("heard", UserWarning)
    print(len(w), w[0].message, w[0].category.__name__)
print("done", time.monotonic() > 0, start <= time.time())
