using System.Text.Json;
using Baltoro.Cli.Client;

namespace Baltoro.Cli.Eval.Checks;

/// <content>Rules about tool calls.</content>
internal abstract partial record EvalCheck
{
    /// <summary>Exactly one call, of this function; its arguments do not matter.</summary>
    public sealed record ToolName(string Value) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) => answer.Calls is [{ } call] && call.Name == Value;
    }

    /// <summary>These calls and no others, whatever their order and the order of their arguments.</summary>
    public sealed record ToolCallExact(IReadOnlyList<WantedCall> Calls) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer)
        {
            List<WantedCall> open = [.. Calls];
            foreach (AnsweredCall call in answer.Calls)
            {
                int match = open.FindIndex(wanted => wanted.IsMetBy(call));
                if (match < 0)
                {
                    return false;
                }

                open.RemoveAt(match);
            }

            return open.Count == 0;
        }
    }

    /// <summary>An answer in words and no call.</summary>
    public sealed record NoToolCall : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) => answer.Calls.Count == 0 && answer.Content.Trim().Length > 0;
    }

    /// <summary>No call, and every text occurs, whatever its case: what is missing is asked for, or what came back is told.</summary>
    public sealed record SaysWithoutCall(IReadOnlyList<string> Values) : EvalCheck
    {
        public override bool Passes(ChatAnswer answer) =>
            answer.Calls.Count == 0 && Values.All(value => answer.Content.Contains(value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A call that a row expects.</summary>
    /// <param name="Name">Function name.</param>
    /// <param name="Arguments">The arguments, a JSON object.</param>
    public sealed record WantedCall(string Name, JsonElement Arguments)
    {
        /// <summary>Whether <paramref name="call"/> is this call: numbers by value, members in any order.</summary>
        public bool IsMetBy(AnsweredCall call) => call.Name == Name && IsJson(call.Arguments, Arguments);
    }
}
