"""Has bytes looked at by the content rules in a child process behind walls, so that a fault in the rule engine, or a file
made for it, costs one look and nothing else. Reads no file itself; knows no events."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from periderm.flow.payloads import NOBODY, answer_of
from periderm.model.content import Inspected
from periderm.model.errors import FormatError, PeridermError, SandboxError
from periderm.ports.sandbox import Mate, Sandbox, Tell

MEMORY = 768 << 20
ANSWER = 8 << 20
SECONDS = 60.0
_encode = msgspec.msgpack.Encoder().encode
_decoder = msgspec.msgpack.Decoder(list[bytes])

Rules = Sequence[tuple[str, str]]  # file and text of users' rules


def _nothing(_text: str, _done: float | None) -> None:
    return None


class Inspection:
    """`rules` gives the users' rules each time anew. `problem` is '' or what is wrong with them: then those that held
    before still do. `changed` is called when other rules hold than before: what was looked at is worth another look."""

    def __init__(self, sandbox: Sandbox, rules: Callable[[], Rules], changed: Callable[[], None] = lambda: None) -> None:
        self._sandbox = sandbox
        self._rules = rules
        self._changed = changed
        self._good: Rules = ()
        self._tried: Rules = ()
        self.problem = ""

    def __call__(self, payloads: Sequence[bytes]) -> Sequence[bytes]:
        """For each payload the answer, in order. Raises SandboxError."""
        wanted = tuple(self._rules())
        if wanted != self._tried:
            self._tried = wanted
            try:
                self._run((), wanted)
            except (FormatError, SandboxError) as error:
                self.problem = str(error)
            else:
                self._good, self.problem = wanted, ""
                self._changed()
        return self._run(payloads, self._good)

    def _run(self, payloads: Sequence[bytes], rules: Rules) -> Sequence[bytes]:
        def work(_tell: Tell, _mate: Mate | None) -> bytes:
            from periderm.engines.content import ContentEngine, UserRules

            engine = ContentEngine([UserRules(where, text) for where, text in rules])
            answers = []
            for data in payloads:
                matches, unfinished = engine.inspect(data)
                answers.append(answer_of(Inspected(suspect=NOBODY, digest="", size=0, matches=matches, unfinished=unfinished)))
            return _encode(answers)

        try:
            answer = self._sandbox.run(
                work, _nothing, readable=(), writable=(), memory=MEMORY, file=0, answer=ANSWER, seconds=SECONDS
            )
            answers = _decoder.decode(answer)
        except msgspec.MsgspecError as error:
            raise SandboxError("The child that looks at files said what it must not say.") from error
        except (FormatError, SandboxError):
            raise
        except PeridermError as error:
            raise SandboxError(error.what) from error
        if len(answers) != len(payloads):
            raise SandboxError("The child that looks at files left some out.")
        return answers
