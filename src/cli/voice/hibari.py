# Speaks a line of JSON at a time into a WAV file, so that the voice is loaded only once. Run by `kith voice render`.
import json
import sys

from hibari import Hibari

voice = Hibari(voice=sys.argv[1])
for line in sys.stdin:
    asked = json.loads(line)
    # The same seed: the same text is the same sound, on whichever day it is rendered.
    voice.save(asked["text"], asked["out"], asked["speed"], 0)
    print("kept", flush=True)
