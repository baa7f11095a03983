"""What every page is drawn with. Only `state` touches the session, only `cached` remembers answers."""

import os

# Arrow reads this once, when it is loaded. Its own allocator keeps what it was given in huge pages: of 16 MB used at a
# time, 142 stayed with the server after five large files.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
