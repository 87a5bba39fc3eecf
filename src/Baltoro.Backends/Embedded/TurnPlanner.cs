using System.Text.Json;
using System.Text.Json.Nodes;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Grammar.Turn;
using Baltoro.Kimi.Schema;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Embedded;

/// <summary>
/// Request → rules of its answers: which tools may be called, what their arguments and the text must be. Grammars are kept
/// per tenant. Safe for concurrent use.
/// </summary>
internal sealed class TurnPlanner(SpecialTokens special)
{
    private static readonly JsonElement _noParameters =
        JsonSerializer.SerializeToElement(new JsonObject { ["type"] = "object", ["additionalProperties"] = false });

    private readonly GrammarCache _grammars = new();

    /// <exception cref="RequestRefusedException">A schema cannot be enforced, or a tool choice has no tool.</exception>
    public TurnPlan Plan(ChatRequest request)
    {
        List<string> relaxed = [];
        IReadOnlyList<ToolGrammar> tools = PlanTools(request, relaxed);
        string? notice = relaxed.Count == 0
            ? null
            : $"arguments are held to JSON objects only, because a schema cannot be enforced: {string.Join("; ", relaxed)}";
        return new TurnPlan(
            new TurnRules
            {
                Special = special,
                Content = PlanText(request),
                ContentPrefix = PrefixOf(request),
                ContentPrefixField = $"messages[{request.Messages.Count - 1}].content",
                ToolUse = UseOf(request.ToolChoice.Mode, tools.Count),
                Tools = tools,
                Parallel = request.ParallelToolCalls,
            },
            notice);
    }

    private static ToolUse UseOf(ToolChoiceMode mode, int toolCount) => mode switch
    {
        ToolChoiceMode.Required when toolCount == 0 => throw new RequestRefusedException("tool_choice", "tool_choice demands a call and there is no tool to call"),
        ToolChoiceMode.Required => ToolUse.Required,
        ToolChoiceMode.Auto when toolCount > 0 => ToolUse.Auto,
        ToolChoiceMode.Auto or ToolChoiceMode.None => ToolUse.None,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
    };

    private List<ToolGrammar> PlanTools(ChatRequest request, List<string> relaxed)
    {
        List<ToolGrammar> planned = [];
        for (int i = 0; i < request.Tools.Count; i++)
        {
            ToolDefinition tool = request.Tools[i];
            if (request.ToolChoice.Mode != ToolChoiceMode.None && request.ToolChoice.Names?.Contains(tool.Name) is not false)
            {
                planned.Add(new ToolGrammar(tool.Name, PlanArguments(request.TenantId, tool, i, relaxed)));
            }
        }

        return planned;
    }

    private CompiledGrammar PlanArguments(string tenantId, ToolDefinition tool, int index, List<string> relaxed)
    {
        if (!tool.Strict)
        {
            return _grammars.AnyObject;
        }

        try
        {
            return _grammars.GetOrCompile(tenantId, tool.Parameters is { } schema ? ObjectOf(schema) : _noParameters);
        }
        catch (SchemaNotSupportedException e) when (tool.MayRelax)
        {
            relaxed.Add($"{tool.Name}: {e.Message}");
            return _grammars.AnyObject;
        }
        catch (SchemaNotSupportedException e)
        {
            string field = tool.ParametersField(index);
            throw new RequestRefusedException(field, $"{field} cannot be enforced: {e.Message}");
        }
    }

    /// <summary>Arguments are an object even where the schema does not say so.</summary>
    private static JsonElement ObjectOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || schema.TryGetProperty("type", out _))
        {
            return schema;
        }

        JsonObject typed = JsonObject.Create(schema)!; // An object: checked above.
        typed = (JsonObject)typed.DeepClone();
        typed.Insert(0, "type", "object");
        return JsonSerializer.SerializeToElement(typed);
    }

    private CompiledGrammar? PlanText(ChatRequest request)
    {
        switch (request.ResponseFormat)
        {
            case ResponseFormat.Text:
                return null;
            case ResponseFormat.JsonObject or ResponseFormat.JsonSchema { Strict: false }:
                return _grammars.AnyObject;
            case ResponseFormat.JsonSchema format:
                try
                {
                    return _grammars.GetOrCompile(request.TenantId, format.Schema);
                }
                catch (SchemaNotSupportedException e)
                {
                    const string Field = "response_format.json_schema.schema";
                    throw new RequestRefusedException(Field, $"{Field} cannot be enforced: {e.Message}");
                }

            default:
                throw new ArgumentOutOfRangeException(nameof(request), request.ResponseFormat, "no such format");
        }
    }

    private static string PrefixOf(ChatRequest request) => request.Messages is [.., { Partial: true } last]
        ? string.Concat(last.Content.OfType<ContentPart.Text>().Select(part => part.Value))
        : "";
}
