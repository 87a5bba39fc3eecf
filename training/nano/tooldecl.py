"""Tool declarations in TypeScript style, as the K2.5 template prints them (no $ref: the project's tools have none)."""
import json

LIMITS = {"string": ("maxLength", "minLength", "pattern"), "number": ("maximum", "minimum"),
          "integer": ("maximum", "minimum"), "array": ("maxItems", "minItems")}


def _comment(text, pad):
    return [pad + "// " + line if line else "" for line in text.split("\n")]


def _default(value):
    if isinstance(value, (bool, int, float)):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _notes(schema, pad):
    """Comment lines above a field: description, limits, default."""
    out = []
    if schema.get("description"):
        out += _comment(schema["description"], pad)
    keys = [k for k in LIMITS.get(schema.get("type"), ()) if k in schema]
    if keys:
        out.append(pad + "// " + ", ".join("%s: %s" % (k, schema[k]) for k in sorted(keys)))
    if "default" in schema:
        out.append(pad + "// Default: " + _default(schema["default"]))
    return out


def _type(schema, indent):
    """TypeScript type of one schema at the given indent."""
    if schema is True or schema == {}:
        return "any"
    if schema is False:
        return "null"
    if "anyOf" in schema:
        return " | ".join(_type(s, indent) for s in schema["anyOf"])
    if "enum" in schema:
        return " | ".join('"%s"' % v if isinstance(v, str) else _default(v) for v in schema["enum"])
    kind = schema["type"]
    if isinstance(kind, list):
        names = {"object": "{}", "array": "Array<any>", "integer": "number"}
        return " | ".join(names.get(k, k) for k in kind)
    if kind == "object":
        return _object(schema, indent)
    if kind == "array":
        return _array(schema, indent)
    return "number" if kind == "integer" else kind


def _array(schema, indent):
    items = schema.get("items")
    if not items:
        return "Array<any>"
    notes = _notes(items, indent + "  ") if isinstance(items, dict) else []
    if notes:
        return "Array<\n%s\n%s%s\n%s>" % ("\n".join(notes), indent + "  ", _type(items, indent + "  "), indent)
    return "Array<%s>" % _type(items, indent)


def _object(schema, indent):
    fields = schema.get("properties", {})
    required = [k for k in sorted(fields) if k in schema.get("required", [])]
    optional = [k for k in sorted(fields) if k not in required]
    pad, parts = indent + "  ", []
    for k in required + optional:
        mark = ": " if k in required else "?: "
        parts.append("\n".join(_notes(fields[k], pad) + [pad + k + mark + _type(fields[k], pad)]))
    if "additionalProperties" in schema:
        more = schema["additionalProperties"]
        name = "any" if more is True else "never" if more is False else _type(more, pad)
        parts.append(pad + "[k: string]: " + name)
    if not parts:
        return "{}"
    return "{\n" + ",\n".join(parts) + "\n" + indent + "}"


def declare(tools):
    """Body of the tool_declare message, or None when no tool is a function."""
    blocks = []
    for tool in tools:
        if tool.get("type") != "function":
            continue
        f = tool["function"]
        lines = _comment(f["description"], "") if f.get("description") else []
        params = f.get("parameters") or {"type": "object", "properties": {}}
        lines.append("type %s = (_: %s) => any;" % (f["name"], _type(params, "")))
        blocks.append("\n".join(lines))
    if not blocks:
        return None
    return "# Tools\n\n## functions\nnamespace functions {\n" + "\n".join(blocks) + "\n}\n"
