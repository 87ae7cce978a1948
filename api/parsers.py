"""What a request may carry: JSON in UTF-8."""

import json
import re
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

HALF = re.compile(r"\\u[dD][89a-fA-F]")  # perhaps half of a character, which nothing can store


class StrictJSONParser(JSONParser):
    """Refuses what is no JSON, and what is nested deeper than anything here ever is."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            if HALF.search(text):
                json.dumps(json.loads(text), ensure_ascii=False).encode()
            return json.loads(text, parse_constant=strict_constant)
        except ValueError as error:
            raise ParseError(f"This is no JSON: {error}") from None
        except RecursionError:
            raise ParseError("This is nested too deeply.") from None
