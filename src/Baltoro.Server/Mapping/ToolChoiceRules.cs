using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>
/// <c>tool_choice</c>. A demanded call with thinking is refused by the platform profile, in its words; the seed profile
/// takes every form in both modes.
/// </summary>
internal static class ToolChoiceRules
{
    public static WireError? TryMap(
        WireToolChoice? wire, IReadOnlyList<ToolDefinition> tools, CardProfile profile, bool thinking, out ToolChoice choice)
    {
        choice = ToolChoice.Auto;
        if (wire is null)
        {
            return null;
        }

        bool isLegacy = wire.Field == "function_call";
        switch (wire.Mode)
        {
            case "auto":
                choice = new ToolChoice(ToolChoiceMode.Auto, wire.Names);
                break;
            case "none":
                choice = ToolChoice.None;
                break;
            case "required" when !isLegacy:
                choice = new ToolChoice(ToolChoiceMode.Required, wire.Names);
                break;
            case "function" when wire.Names is not null:
                choice = new ToolChoice(ToolChoiceMode.Required, wire.Names);
                break;
            default:
                string allowed = isLegacy ? "'auto', 'none' or an object with a name" : "'auto', 'none', 'required' or an object";
                return WireError.Field(wire.Field, $"must be {allowed}, found '{JsonDescription.Cut(wire.Mode)}'");
        }

        return Check(wire, choice, tools, thinking && profile == CardProfile.Platform);
    }

    private static WireError? Check(WireToolChoice wire, ToolChoice choice, IReadOnlyList<ToolDefinition> tools, bool mayNotDemand)
    {
        if (choice.Mode == ToolChoiceMode.Required && mayNotDemand)
        {
            string form = wire.Mode == "function" ? "specified" : "required";
            return WireError.Exact($"tool_choice '{form}' is incompatible with thinking enabled", wire.Field);
        }

        if (choice.Mode == ToolChoiceMode.Required && tools.Count == 0)
        {
            return WireError.Field(wire.Field, "demands a call, but no tools were sent");
        }

        return choice.Names?.FirstOrDefault(name => tools.All(tool => tool.Name != name)) is { } unknown
            ? WireError.Field(wire.Field, $"names the function '{JsonDescription.Cut(unknown)}', which is not among the tools")
            : null;
    }
}
