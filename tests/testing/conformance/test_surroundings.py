"""Code that asks for the time, chance or the machine is found by line and name; code that is told is left alone."""

from __future__ import annotations

import pytest

from selfdata_sdk.testing.conformance.surroundings import asked

ASKING = {
    "from datetime import datetime\ndatetime.now()": (2, "datetime.datetime.now"),
    "import datetime as dt\nx = dt.date.today()": (2, "datetime.date.today"),
    "import time\nprint(time.time())": (2, "time.time"),
    "from time import time as clock\n\nclock()": (3, "time.time"),
    "import random\nrandom.choice([1])": (2, "random.choice"),
    "import random\nrandom.Random()": (2, "random.Random()"),
    "from random import shuffle\ndef f(x):\n    shuffle(x)": (3, "random.shuffle"),
    "import numpy as np\nnp.random.rand(3)": (2, "numpy.random.rand"),
    "import numpy as np\nnp.random.default_rng()": (2, "numpy.random.default_rng()"),
    "from numpy.random import default_rng\ndefault_rng()": (2, "numpy.random.default_rng()"),
    'import numpy as np\nnp.datetime64("now")': (2, "numpy.datetime64()"),
    "import uuid\nuuid.uuid4()": (2, "uuid.uuid4"),
    "import secrets\nsecrets.token_hex(4)": (2, "secrets.token_hex"),
    "import os\nos.environ.get('A')": (2, "os.environ"),
    "from os import getenv\ngetenv('A')": (2, "os.getenv"),
    "def f():\n    import platform\n    return platform.node()": (3, "platform.node"),
    "import pandas as pd\npd.Timestamp.now()": (2, "pandas.Timestamp.now"),
}

TOLD = (
    "def f(context):\n    return context.now, context.random.random()",
    "import numpy as np\nfrom random import Random\ndef f(random: Random):\n    np.random.default_rng(random.getrandbits(8))",
    "from datetime import datetime\ndatetime(2025, 1, 1).replace(hour=3)",
    "import random\nrandom.Random(3).random()",
    'import numpy as np\nnp.datetime64("2025-01-01")',
    "import os.path\nos.path.join('a', 'b')",
    "from . import time\ntime.time()",
    "def now():\n    return 1\nnow()",
    "import time\nfrom datetime import timedelta\nsecrets = {}\nsecrets.get(1)",
)


@pytest.mark.parametrize("source", ASKING)
def test_what_asks_is_named(source: str) -> None:
    assert list(asked(source)) == [ASKING[source]]


@pytest.mark.parametrize("source", TOLD)
def test_what_is_told_is_left_alone(source: str) -> None:
    assert list(asked(source)) == []
