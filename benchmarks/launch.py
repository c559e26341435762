"""Run one command, wait for it, and print what it took as JSON.

A process of its own, and one that imports next to nothing: Linux counts the memory of whoever starts a process towards
that process's peak.
"""

import json
import os
import signal
import sys
import threading
import time


def main(limit: str, said: str, *command: str) -> None:
    """Run the command and write what it says to a file; stop it after some seconds."""
    with open(said, "wb") as stream:  # noqa: PTH123 - pathlib would be memory too
        begun = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, stream.fileno(), number) for number in (1, 2)]
        number = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
        stop = threading.Timer(float(limit), os.kill, (number, signal.SIGKILL))
        stop.daemon = True
        stop.start()
        try:
            _, status, usage = os.wait4(number, 0)
        except BaseException:
            os.kill(number, signal.SIGKILL)
            raise
        seconds = time.perf_counter() - begun
        stop.cancel()
    # NOTE: kibibytes on Linux, bytes on macOS.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    code = os.waitstatus_to_exitcode(status)
    took = {"seconds": seconds, "peak": peak, "processor": usage.ru_utime + usage.ru_stime, "code": code}
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:])
