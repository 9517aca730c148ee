"""prompt_ids.py FOLDER OUT.json: the tokens of the negative prompt and the prompt, by the tokenizer of a folder of diffusers."""
import json
import pathlib
import sys

import transformers

from picture_prompt import NEGATIVE, PROMPT

folder, out = sys.argv[1:]
tokenizer = transformers.CLIPTokenizer.from_pretrained(pathlib.Path(folder) / "tokenizer")
ids = [tokenizer(text, padding="max_length", max_length=77, truncation=True)["input_ids"] for text in (NEGATIVE, PROMPT)]
pathlib.Path(out).write_text(json.dumps(ids))
