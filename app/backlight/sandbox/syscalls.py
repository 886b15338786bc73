"""The system calls of a sealed process, by name: which there are, which it may make, and which end it.

One table for both architectures. A call that stands in neither list is refused with EPERM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Machine:
    """An architecture: its name in ``platform.machine()``, its audit number, its column in `NUMBERS`."""

    name: str
    audit: int
    column: int


MACHINES: Mapping[str, Machine] = MappingProxyType(
    {each.name: each for each in (Machine("x86_64", 0xC000_003E, 0), Machine("aarch64", 0xC000_00B7, 1))}
)


@dataclass(frozen=True, slots=True)
class Only:
    """A call is allowed where ``argument & mask`` is one of ``values``. Arguments count from 0."""

    argument: int
    mask: int
    values: tuple[int, ...]


_PROT_EXEC = 4
_NOT_EXECUTABLE = Only(2, _PROT_EXEC, (0,))
_WAIT_AND_WAKE = Only(1, 0x7F, (0, 1, 9, 10))  # FUTEX_WAIT, WAKE, WAIT_BITSET, WAKE_BITSET; none that inherits priority
_PLAIN_ADVICE = Only(2, 0xFFFF_FFFF, (0, 1, 2, 3, 4, 8, 14, 15))  # NORMAL … DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE

ALLOWED: Mapping[str, Only | None] = MappingProxyType(
    {
        "futex": _WAIT_AND_WAKE,
        "mmap": _NOT_EXECUTABLE,
        "mprotect": _NOT_EXECUTABLE,
        "munmap": None,
        "madvise": _PLAIN_ADVICE,
        "brk": None,
        "mremap": None,
        "recvfrom": None,
        "sendto": None,
        "read": None,
        "write": None,
        "writev": None,
        "lseek": None,
        "fstat": None,
        "close": None,
        "rt_sigreturn": None,
        "rt_sigprocmask": None,
        "sigaltstack": None,
        "restart_syscall": None,
        "sched_yield": None,
        "sched_getaffinity": None,
        "clock_gettime": None,
        "clock_getres": None,
        "clock_nanosleep": None,
        "nanosleep": None,
        "gettimeofday": None,
        "time": None,
        "getcpu": None,
        "getrandom": None,
        "getrusage": None,
        "getpid": None,
        "gettid": None,
        "exit": None,
        "exit_group": None,
    }
)
"""What a process that computes, and answers on a socket that it has, cannot do without."""

_FATAL = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise
bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register
keyctl add_key request_key
unshare setns mount umount2 pivot_root chroot move_mount fsopen fsconfig fsmount fspick open_tree mount_setattr
init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff
iopl ioperm modify_ldt open_by_handle_at name_to_handle_at vmsplice
"""

KILLED = tuple(_FATAL.split())
"""What no program and no library that works here ever asks for: whoever does is attacking, and the process ends."""

_TABLE = """
read                      0  63   write                     1  64   close                     3  57
fstat                     5  80   lseek                     8  62   mmap                      9 222
mprotect                 10 226   munmap                   11 215   brk                      12 214
rt_sigaction             13 134   rt_sigprocmask           14 135   rt_sigreturn             15 139
writev                   20  66   sched_yield              24 124   mremap                   25 216
madvise                  28 233   nanosleep                35 101   getpid                   39 172
sendto                   44 206   recvfrom                 45 207   exit                     60  93
gettimeofday             96 169   getrusage                98 165   sigaltstack             131 132
gettid                  186 178   time                    201   -   futex                   202  98
sched_getaffinity       204 123   restart_syscall         219 128   clock_gettime           228 113
clock_getres            229 114   clock_nanosleep         230 115   exit_group              231  94
getcpu                  309 168   getrandom               318 278   seccomp                 317 277
landlock_create_ruleset 444 444   landlock_restrict_self  446 446   ptrace                  101 117
process_vm_readv        310 270   process_vm_writev       311 271   kcmp                    312 272
pidfd_getfd             438 438   process_madvise         440 440   bpf                     321 280
perf_event_open         298 241   userfaultfd             323 282   io_uring_setup          425 425
io_uring_enter          426 426   io_uring_register       427 427   keyctl                  250 219
add_key                 248 217   request_key             249 218   unshare                 272  97
setns                   308 268   mount                   165  40   umount2                 166  39
pivot_root              155  41   chroot                  161  51   move_mount              429 429
fsopen                  430 430   fsconfig                431 431   fsmount                 432 432
fspick                  433 433   open_tree               428 428   mount_setattr           442 442
init_module             175 105   finit_module            313 273   delete_module           176 106
kexec_load              246 104   kexec_file_load         320 294   reboot                  169 142
swapon                  167 224   swapoff                 168 225   iopl                    172   -
ioperm                  173   -   modify_ldt              154   -   open_by_handle_at       304 265
name_to_handle_at       303 264   vmsplice                278  75   open                      2   -
openat                  257  56   openat2                 437 437   creat                    85   -
stat                      4   -   newfstatat              262  79   statx                   332 291
access                   21   -   faccessat               269  48   readlinkat              267  78
getdents64              217  61   mkdirat                 258  34   unlinkat                263  35
renameat2               316 276   linkat                  265  37   symlinkat               266  36
fchmodat                268  53   fchownat                260  54   truncate                 76  45
ftruncate                77  46   mknodat                 259  33   chdir                    80  49
statfs                  137  43   utimensat               280  88   inotify_init1           294  26
fanotify_init           300 262   memfd_create            319 279   memfd_secret            447 447
socket                   41 198   socketpair               53 199   connect                  42 203
bind                     49 200   listen                   50 201   accept4                 288 242
sendmsg                  46 211   recvmsg                  47 212   sendmmsg                307 269
setsockopt               54 208   getsockname              51 204   shutdown                 48 210
dup                      32  23   dup3                    292  24   pipe2                   293  59
eventfd2                290  19   epoll_create1           291  20   signalfd4               289  74
timerfd_create          283  85   pidfd_open              434 434   pidfd_send_signal       424 424
fcntl                    72  25   ioctl                    16  29   flock                    73  32
clone                    56 220   clone3                  435 435   fork                     57   -
vfork                    58   -   execve                   59 221   execveat                322 281
kill                     62 129   tkill                   200 130   tgkill                  234 131
rt_sigqueueinfo         129 138   rt_tgsigqueueinfo       297 240   wait4                    61 260
prctl                   157 167   arch_prctl              158   -   setrlimit               160 164
prlimit64               302 261   setuid                  105 146   setgid                  106 144
setresuid               117 147   setgroups               116 159   setpriority             141 140
sched_setaffinity       203 122   sched_setscheduler      144 119   setsid                  112 157
personality             135  92   pkey_mprotect           329 288   remap_file_pages        216 234
mlock                   149 228   mbind                   237 235   move_pages              279 239
migrate_pages           256 238   shmget                   29 194   shmctl                   31 195
shmat                    30 196   semget                   64 190   msgget                   68 186
mq_open                 240 180   timer_create            222 107   setitimer                38 103
alarm                    37   -   uname                    63 160   sysinfo                  99 179
syslog                  103 116   sethostname             170 161   settimeofday            164 170
clock_settime           227 112   adjtimex                159 171   acct                    163  89
quotactl                179  60   landlock_add_rule       445 445   membarrier              324 283
rseq                    334 293   io_setup                206   0
"""

NUMBERS: Mapping[str, tuple[int | None, int | None]] = MappingProxyType(
    {
        name: (int(intel), None if arm == "-" else int(arm))
        for line in _TABLE.strip().splitlines()
        for name, intel, arm in zip(*[iter(line.split())] * 3, strict=True)
    }
)
"""The number of each call on x86-64 and on arm64; None where it does not exist there.

It names what the lists above name, what the seal itself calls, and what the tests try in vain from inside.
"""


def number_of(name: str, machine: Machine) -> int | None:
    """The number of a call on that machine, or None where there is no such call."""
    return NUMBERS[name][machine.column]
