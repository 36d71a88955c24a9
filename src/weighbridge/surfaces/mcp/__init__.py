"""Tools for assistants over the Model Context Protocol: the same answers as everywhere, said in words and as JSON.

Only `server` needs the optional package `mcp`; what the tools are and what they answer does not.
"""
