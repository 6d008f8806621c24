"""A client of `autocommit mcp` that is not ours: the protocol's Python SDK. Takes the server's command line as its
arguments and a JSON list of steps on standard input; prints a JSON list of what came back."""

import asyncio
import json
import os
import pathlib
import sys

from mcp import ClientSession, StdioServerParameters, stdio_client


def plain(result):
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


async def tools(session, wanted):
    """What is offered; with a number, once it is so many, or after half a minute."""
    for _ in range(300):
        offered = plain(await session.list_tools())
        if wanted in (None, len(offered["tools"])):
            break
        await asyncio.sleep(0.1)
    return offered


async def step(session, what, arguments):
    try:
        if what == "tools":
            return await tools(session, arguments.get("wanted"))
        if what == "resources":
            return plain(await session.list_resources())
        if what == "write":  # A file, between two requests.
            return {"written": pathlib.Path(arguments["path"]).write_text(arguments["text"])}
        if what == "read":
            return plain(await session.read_resource(arguments["uri"]))
        return plain(await session.call_tool(what, arguments))
    except Exception as error:  # The server's answer to a request that it does not accept.
        return {"refused": str(error)}


async def main():
    steps = json.load(sys.stdin)
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ))
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        hello = plain(await session.initialize())
        print(json.dumps([hello] + [await step(session, what, arguments) for what, arguments in steps]))


asyncio.run(main())
